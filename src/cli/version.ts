import { EXIT_CODE, printOut, reportError } from "./terminal.ts";

/** Version of the program; the same as in `deno.json`. */
export const VERSION = "0.1.0";

/** Prints the version. */
export function printVersion(): void {
  printOut(`pacemap ${VERSION}\n`);
}

/** Prints the version as the whole program, errors included, and returns the exit code. */
export function answerVersion(): number {
  try {
    printVersion();
    return EXIT_CODE.done;
  } catch (error) {
    return reportError(error);
  }
}
