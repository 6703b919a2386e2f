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

/** What each exit code means, in one line. */
export const EXIT_CODE_MEANINGS: readonly (readonly [
  code: number,
  meaning: string,
])[] = [
  [EXIT_CODE.done, "done"],
  [
    EXIT_CODE.endedEarly,
    "ended early, by a signal for example, or an output has not all that belongs into it",
  ],
  [EXIT_CODE.badInput, "bad input: an option, a list file"],
  [
    EXIT_CODE.environment,
    "this machine cannot run the scan: rights, library, interface, route, gateway, full disk",
  ],
  [EXIT_CODE.lossy, "done, but more was lost than --loss-target allows"],
  [EXIT_CODE.interrupted, "interrupted twice"],
];

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

/** What went wrong, and what to do. */
export interface ErrorReport {
  /** The option, file and line, or part of the machine; empty for a fault in pacemap. */
  readonly place: string;
  readonly message: string;
  /** Empty: nothing is known to help. */
  readonly remedy: string;
  readonly exitCode: number;
  /** The same for people, with line ends. */
  readonly text: string;
}

/** Describes an error that has ended the program. */
export function errorReport(cause: unknown): ErrorReport {
  const error = lacksDescriptors(cause) ? tooManyFiles(cause) : cause;
  if (error instanceof ConfigError || error instanceof PreflightError) {
    const { message, remedy } = error;
    const isInput = error instanceof ConfigError;
    const place = isInput ? error.option : error.check;
    const exitCode = isInput ? EXIT_CODE.badInput : EXIT_CODE.environment;
    const text = errorText(place, message, remedy);
    return { place, message, remedy, exitCode, text };
  }
  const exitCode = EXIT_CODE.endedEarly;
  if (error instanceof OutputError) {
    const { message } = error;
    const text = `pacemap: ${printable(message)}\n`;
    return { place: "standard output", message, remedy: "", exitCode, text };
  }
  const trace = error instanceof Error
    ? error.stack ?? error.message
    : String(error);
  const text = `pacemap: This is a fault in pacemap, please report it:\n${
    escapeUnsafeInLines(trace)
  }\n`;
  const message = `Fault in pacemap: ${trace}`;
  return { place: "", message, remedy: "Report it", exitCode, text };
}

/** Tells the user what went wrong and what to do, and returns the exit code for it. */
export function reportError(error: unknown): number {
  const { exitCode, text } = errorReport(error);
  printError(text);
  return exitCode;
}

/** Whether this process, or the system, may not open another file. */
function lacksDescriptors(error: unknown): boolean {
  if (error instanceof ErrnoError) {
    return error.code === "EMFILE" || error.code === "ENFILE";
  }
  return error instanceof Error && /\(os error 2[34]\)/.test(error.message);
}

function tooManyFiles(cause: unknown): PreflightError {
  return new PreflightError(
    "open-files",
    "Too many files are open",
    "Raise the limit: ulimit -n 1024",
    cause,
  );
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
