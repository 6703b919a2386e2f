import { ConfigError, descriptorOf } from "../base/mod.ts";
import { DescriptorOutput, isSpecialFile, outputNameOf } from "../link/mod.ts";
import { type ByteSink, FileSink } from "./byte_sink.ts";
import { describeFileError } from "./file_error.ts";

/** Stands for standard output where a file is written. */
export const STANDARD_OUTPUT = "-";

const STANDARD_OUTPUT_FD = 1;
/** How often a pipe is tried that nobody reads yet. */
const RETRY_MS = 50;
/** How long it is tried before the user is told. */
const PATIENCE_MS = 2000;

/** How an output is opened. */
export interface OpenOptions {
  /** What named the path, for errors. */
  readonly option: string;
  /** Bytes at the start of a file that stay; what is behind them is cut off. The file has to have them. */
  readonly keptBytes?: number;
  /**
   * Whether a full disk is waited for, until the file is given up; else it is a failure at once.
   *
   * @default {false}
   */
  readonly waitsForSpace?: boolean;
  /** Ends the waiting for the reader of a pipe. */
  readonly signal?: AbortSignal | null;
  /** Called when that takes long. */
  readonly onWait?: (text: string) => void;
}

/** How an output is called in messages. */
export function outputName(path: string): string {
  return outputDescriptor(path) === STANDARD_OUTPUT_FD
    ? "standard output"
    : `"${path}"`;
}

/** The file descriptor that an output names: 1 for "-" and `/dev/stdout`; null for a file that is opened. */
export function outputDescriptor(path: string): number | null {
  return path === STANDARD_OUTPUT ? STANDARD_OUTPUT_FD : descriptorOf(path);
}

/**
 * Opens an output: a file, empty from now on, a descriptor of the process, a named pipe once somebody reads it, or a
 * device.
 *
 * @throws {ConfigError} when it cannot be opened for writing
 * @throws the reason of `signal` when that aborts before a pipe has a reader
 */
export async function openSink(
  path: string,
  { keptBytes, onWait, option, signal }: OpenOptions,
): Promise<ByteSink> {
  let waitedMs = 0;
  for (;;) {
    signal?.throwIfAborted();
    const sink = tryOpening(path, option, keptBytes);
    if (sink !== null) return sink;
    if (waitedMs === PATIENCE_MS) {
      onWait?.(`${option}: waiting for a reader of ${outputName(path)}`);
    }
    await sleep(RETRY_MS, signal ?? null);
    waitedMs += RETRY_MS;
  }
}

/**
 * As `openSink`, but returns at once: a pipe without a reader takes nothing until it has one.
 *
 * @throws {ConfigError} when it cannot be opened for writing
 */
export function openSinkNow(
  path: string,
  { keptBytes = 0, option }: Pick<OpenOptions, "keptBytes" | "option">,
): ByteSink {
  return tryOpening(path, option, keptBytes) ?? new UnreadPipe(path, option);
}

/** A named pipe that nobody reads yet. */
class UnreadPipe implements ByteSink {
  readonly #path: string;
  readonly #option: string;
  #sink: ByteSink | null = null;

  constructor(path: string, option: string) {
    this.#path = path;
    this.#option = option;
  }

  async write(bytes: Uint8Array): Promise<number> {
    this.#sink ??= tryOpening(this.#path, this.#option);
    if (this.#sink !== null) return await this.#sink.write(bytes);
    await sleep(RETRY_MS, null);
    return 0;
  }

  close(): void {
    this.#sink?.close();
  }
}

function tryOpening(
  path: string,
  option: string,
  keptBytes = 0,
): ByteSink | null {
  try {
    const fd = outputDescriptor(path);
    if (fd !== null) return DescriptorOutput.inherited(fd);
    outputNameOf(path);
    if (!isSpecialFile(path)) return FileSink.open(path, keptBytes);
    // Opened through the C library, which Deno's permissions do not reach.
    const { state } = Deno.permissions.querySync({ name: "write", path });
    return state === "granted"
      ? DescriptorOutput.open(path)
      : FileSink.open(path, keptBytes);
  } catch (error) {
    throw new ConfigError(
      option,
      `Cannot open ${outputName(path)} for writing: ${
        describeFileError(error)
      }`,
      outputDescriptor(path) === null
        ? "Name a file in a directory that you may write to"
        : "Name a descriptor that is open for writing",
      error,
    );
  }
}

/** Resolves after `ms`, or earlier when `signal` aborts. */
function sleep(ms: number, signal: AbortSignal | null): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const onAbort = (): void => resolve();
  signal?.addEventListener("abort", onAbort);
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  });
}
