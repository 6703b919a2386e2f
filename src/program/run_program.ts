import { splitBuildWords } from "../cli/build_facts.ts";
import type { ProgramSignals } from "../signals/mod.ts";
import { preparedProgram } from "./prepared.ts";

type Commands = typeof import("./run_commands.ts");

/** What asks for the version and nothing else, as it is written most often. */
const VERSION_WORDS: readonly string[] = ["--version", "-V"];

/**
 * Runs the command that the arguments name, or a scan. Prints errors itself and returns the exit code. Loads no more
 * code than that needs: loading takes longer than all else at the start.
 *
 * @param signals taken before this module is loaded
 */
export async function runProgram(
  args: readonly string[],
  signals: ProgramSignals,
): Promise<number> {
  const { commit, words } = splitBuildWords(args);
  if (words.length === 1 && VERSION_WORDS.includes(words[0]!)) {
    const { answerVersion } = await import("../cli/answer_version.ts");
    return answerVersion(commit);
  }
  const { runCommands } = await loadCommands();
  return await runCommands(args, signals);
}

/** All commands: from the prepared program where there is one, else from the source. */
async function loadCommands(): Promise<Commands> {
  const prepared = Deno.build.standalone
    ? null
    : preparedProgram(new URL("../..", import.meta.url));
  return prepared === null
    ? await import("./run_commands.ts")
    : await import(prepared.href);
}
