import { runCli, runDoctorCommand } from "../cli/mod.ts";
import { COMPANIONS } from "../companions/mod.ts";
import { runDemo } from "../demo/mod.ts";
import type { RateSignals } from "../signals/mod.ts";

/**
 * Runs the command that the arguments name, or a scan. Prints errors itself and returns the exit code.
 *
 * @param rateSignals taken before this module is loaded, which takes longer than all else at the start
 */
export async function runProgram(
  args: readonly string[],
  rateSignals: RateSignals,
): Promise<number> {
  const demo = {
    summary:
      "Build a test network on this machine, scan it and remove it again",
    options: [],
    run: runDemo,
  };
  const doctor = {
    summary: "Check whether this machine can run a scan, and how fast",
    options: "scan" as const,
    run: runDoctorCommand,
  };
  const commands = { demo, doctor, ...COMPANIONS };
  return await runCli(args, commands, rateSignals);
}
