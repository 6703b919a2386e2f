import {
  DOCTOR_HELP,
  RESUME_HELP,
  runCli,
  runDoctorCommand,
  runInterruptibly,
  runResumeCommand,
  runStatusCommand,
  STATUS_HELP,
} from "../cli/mod.ts";
import { COMPANIONS } from "../companions/mod.ts";
import { runDemo } from "../demo/mod.ts";
import type { ProgramSignals } from "../signals/mod.ts";

/**
 * Runs the command that the arguments name, or a scan. Prints errors itself and returns the exit code.
 *
 * @param signals taken before this module is loaded, which takes longer than all else at the start
 */
export async function runProgram(
  args: readonly string[],
  signals: ProgramSignals,
): Promise<number> {
  const demo = {
    summary:
      "Build a test network on this machine, scan it and remove it again",
    options: [],
    run: (rest: string[], { ends, status }: ProgramSignals): Promise<number> =>
      runInterruptibly((signal) =>
        runDemo(rest, {
          signal,
          answerWith: (answer) => status.answerWith(answer),
        }), ends),
  };
  const doctor = {
    summary: "Check whether this machine can run a scan, and how fast",
    options: "scan" as const,
    help: DOCTOR_HELP,
    run: runDoctorCommand,
  };
  const resume = {
    summary: "Go on with a scan that ended before all was done",
    options: "scan" as const,
    help: RESUME_HELP,
    run: runResumeCommand,
  };
  const status = {
    summary: "Show how far a scan is, running or not",
    options: [],
    help: STATUS_HELP,
    run: runStatusCommand,
  };
  const commands = { demo, doctor, resume, status, ...COMPANIONS };
  return await runCli(args, commands, signals);
}
