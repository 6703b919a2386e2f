import { ConfigError } from "../base/mod.ts";

/** Ends a row of any format; within a row it is escaped or inside of quotes. */
const NEWLINE = 10;

/**
 * How a result file stands: still taking bytes; its reader has gone (`| head -1`), which is no error; a write
 * failed, for example on a full disk; or closed.
 */
export type ResultFileStatus = "open" | "reader-gone" | "failed" | "closed";

/** What is behind a result file; `Deno.FsFile` and `Deno.stdout` are. */
export interface ByteSink {
  /** Writes some of the bytes, from the first on, and returns how many; rejects when it cannot. */
  write(bytes: Uint8Array): Promise<number>;
  /** Cuts what has been written; for files. Rejects where that is not possible. */
  truncate?(lengthBytes: number): Promise<void>;
  /** Releases the sink. Called at most once. */
  close(): void;
}

/**
 * Where result rows go. Bytes are written in the order of the calls, each call complete before the next.
 * A write that fails never throws: it changes `status`, and what comes later is dropped and counted. A file
 * is then cut behind the last row that it took whole.
 */
export class ResultFile {
  readonly #sink: ByteSink;
  readonly #ownsSink: boolean;
  #queue: Promise<void> = Promise.resolve();
  #status: ResultFileStatus = "open";
  #isSinkClosed = false;
  #failure: unknown = null;
  #writtenBytes = 0;
  #pendingBytes = 0;
  #discardedBytes = 0;
  #discardedRows = 0;
  #blockedMs = 0;

  /** Takes over `sink`, and closes it in `close` if `ownsSink`. */
  constructor(sink: ByteSink, ownsSink: boolean) {
    this.#sink = sink;
    this.#ownsSink = ownsSink;
  }

  /**
   * Opens a file, empty from now on, or standard output when `path` is null.
   *
   * @param option for the error: what named the path
   * @throws {ConfigError} when the file cannot be opened for writing
   */
  static async open(
    path: string | null,
    option: string = "--output-file",
  ): Promise<ResultFile> {
    if (path === null) return new ResultFile(Deno.stdout, false);
    try {
      const file = await Deno.open(path, {
        write: true,
        create: true,
        truncate: true,
      });
      return new ResultFile(file, true);
    } catch (error) {
      throw new ConfigError(
        option,
        `Cannot open "${path}" for writing: ${describeFileError(error)}`,
        "Name a file in a directory that you may write to",
        error,
      );
    }
  }

  /** How the file stands. */
  get status(): ResultFileStatus {
    return this.#status;
  }

  /** What made a write fail; null unless `status` is "failed". */
  get failure(): unknown {
    return this.#failure;
  }

  /** Bytes that the file took. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** Bytes handed to `write` and not yet taken by the file. They wait in memory. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Bytes that came after the reader had gone, or that could not be written. */
  get discardedBytes(): number {
    return this.#discardedBytes;
  }

  /** Rows, header included, that are not wholly in the file because a write failed. */
  get discardedRows(): number {
    return this.#discardedRows;
  }

  /** Time that writes took so far, in milliseconds. */
  get blockedMs(): number {
    return this.#blockedMs;
  }

  /**
   * Writes bytes behind all earlier ones; resolves, never rejects, when they are written or discarded. The
   * caller leaves `bytes` alone until then.
   */
  write(bytes: Uint8Array): Promise<void> {
    this.#pendingBytes += bytes.length;
    this.#queue = this.#queue.then(() => this.#writeNow(bytes));
    return this.#queue;
  }

  /** Waits for all writes, then closes a file that `open` opened. May be called again. */
  async close(): Promise<void> {
    await this.#queue;
    if (this.#isSinkClosed) return;
    this.#isSinkClosed = true;
    if (this.#status === "open") this.#status = "closed";
    if (this.#ownsSink) this.#sink.close();
  }

  async #writeNow(bytes: Uint8Array): Promise<void> {
    const start = performance.now();
    let at = 0;
    try {
      while (at < bytes.length && this.#status === "open") {
        at += await this.#sink.write(at === 0 ? bytes : bytes.subarray(at));
      }
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) {
        this.#status = "reader-gone";
      } else {
        this.#status = "failed";
        this.#failure = error;
        at = await this.#cut(bytes, at);
      }
    }
    if (this.#status === "failed") this.#discardedRows += countRows(bytes, at);
    this.#blockedMs += performance.now() - start;
    this.#writtenBytes += at;
    this.#discardedBytes += bytes.length - at;
    this.#pendingBytes -= bytes.length;
  }

  /** Cuts a row that was written in part; returns how many of the bytes remain. */
  async #cut(bytes: Uint8Array, at: number): Promise<number> {
    const wholeRows = at === 0 ? 0 : bytes.lastIndexOf(NEWLINE, at - 1) + 1;
    try {
      await this.#sink.truncate?.(this.#writtenBytes + wholeRows);
      return this.#sink.truncate === undefined ? at : wholeRows;
    } catch {
      // A pipe or a device: what it took is gone.
      return at;
    }
  }
}

/** Rows that end at `from` or behind it. */
function countRows(bytes: Uint8Array, from: number): number {
  let rows = 0;
  for (
    let at = bytes.indexOf(NEWLINE, from);
    at >= 0;
    at = bytes.indexOf(NEWLINE, at + 1)
  ) rows++;
  return rows;
}

/** The cause of a failed file operation in a few words: `no such file or directory`, `permission denied`. */
export function describeFileError(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file or directory";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.IsADirectory) return "is a directory";
  if (error instanceof Deno.errors.NotADirectory) {
    return "a part of the path is not a directory";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return `not allowed to this program (${error.message})`;
  }
  return error instanceof Error ? error.message : String(error);
}
