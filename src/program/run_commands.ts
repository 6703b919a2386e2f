import { runCli } from "../cli/run_cli.ts";
import type { ProgramSignals } from "../signals/mod.ts";
import { COMMANDS } from "./commands.ts";

/** Runs the command that the arguments name, or a scan; returns the exit code. */
export function runCommands(
  args: readonly string[],
  signals: ProgramSignals,
): Promise<number> {
  return runCli(args, COMMANDS, signals);
}
