import {
  ConfigError,
  escapeUnsafe,
  escapeUnsafeInLines,
  PreflightError,
} from "../base/mod.ts";
import { ErrnoError } from "../link/errors.ts";
import { describeFileError } from "../output/file_error.ts";

/** Exit codes of the program. */
export const EXIT_CODE = {
  done: 0,
  endedEarly: 1,
  badInput: 2,
  environment: 3,
  /** Done, but more was lost than is allowed. */
  lossy: 4,
  /** 128 and the number of SIGINT, as shells count it. */
  interrupted: 130,
} as const;

/** Standard output does not take what it should. */
class OutputError extends Error {
  override readonly name = "OutputError";
}

/** Anything that takes bytes, such as `Deno.stdout`. */
interface Stream {
  writeSync(bytes: Uint8Array): number;
}

/**
 * Writes text to standard output; a reader that has gone (`--help | head -1`) is no error.
 *
 * @throws {OutputError} when it cannot be written
 */
export function printOut(text: string): void {
  try {
    writeAll(Deno.stdout, text);
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return;
    throw new OutputError(
      `Cannot write standard output: ${describeFileError(error)}`,
      { cause: error },
    );
  }
}

/** Writes text to standard error. What cannot be written there cannot be told either; the exit code remains. */
export function printError(text: string): void {
  try {
    writeAll(Deno.stderr, text);
  } catch {
    // Nothing is left to tell it on.
  }
}

/** Tells the user what went wrong and what to do, and returns the exit code for it. */
export function reportError(error: unknown): number {
  if (error instanceof ConfigError) {
    printError(errorText(error.option, error.message, error.remedy));
    return EXIT_CODE.badInput;
  }
  if (error instanceof PreflightError) {
    printError(errorText(error.check, error.message, error.remedy));
    return EXIT_CODE.environment;
  }
  if (error instanceof OutputError) {
    printError(`pacemap: ${printable(error.message)}\n`);
    return EXIT_CODE.endedEarly;
  }
  if (lacksDescriptors(error)) {
    const remedy = "Raise the limit: ulimit -n 1024";
    printError(errorText("open-files", "Too many files are open", remedy));
    return EXIT_CODE.environment;
  }
  const trace = error instanceof Error
    ? error.stack ?? error.message
    : String(error);
  printError(
    `pacemap: This is a fault in pacemap, please report it:\n${
      escapeUnsafeInLines(trace)
    }\n`,
  );
  return EXIT_CODE.endedEarly;
}

/** Whether this process, or the system, may not open another file. */
function lacksDescriptors(error: unknown): boolean {
  if (error instanceof ErrnoError) {
    return error.code === "EMFILE" || error.code === "ENFILE";
  }
  return error instanceof Error && /\(os error 2[34]\)/.test(error.message);
}

/** The error on one line and, if there is a remedy, that on the next. */
export function errorText(
  place: string,
  message: string,
  remedy: string,
): string {
  const line = `pacemap: ${printable(place)}: ${printable(message)}\n`;
  return remedy === "" ? line : `${line}  ${printable(remedy)}\n`;
}

/**
 * Text for one line of a terminal: control characters, and others that it may obey, are written as `\u001b`. Input
 * files, host names and packets could smuggle them in.
 */
export function printable(text: string): string {
  return escapeUnsafe(text);
}

function writeAll(stream: Stream, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    at += stream.writeSync(bytes.subarray(at));
  }
}
