import { readBuildFacts, versionText } from "./build_facts.ts";
import { EXIT_CODE, printOut, reportError } from "./terminal.ts";

/** Prints the version as the whole program, errors included, and returns the exit code. */
export function answerVersion(commit: string | null): number {
  try {
    printOut(`${versionText(readBuildFacts(commit))}\n`);
    return EXIT_CODE.done;
  } catch (error) {
    return reportError(error);
  }
}
