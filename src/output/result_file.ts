import type { ByteSink } from "./byte_sink.ts";
import { FileFate } from "./file_fate.ts";
import { type OpenOptions, openSink, outputName } from "./open_sink.ts";
import { PatientWriter } from "./patient_writer.ts";
import { isDataLost } from "./out_of_space.ts";
import type { Chunk } from "./row_encoder.ts";
import { countRows, RowSample, wholeRowsBytes } from "./row_sample.ts";
import { Surrender } from "./surrender.ts";

/**
 * How a result file stands: still taking bytes; its reader has gone (`| head -1`); a write failed, for example on a
 * full disk, or was given up; or closed.
 */
export type ResultFileStatus = "open" | "reader-gone" | "failed" | "closed";

/**
 * Where result rows go. Bytes are written in the order of the calls, each call complete before the next.
 * A write that fails never throws: it changes `status`, and what comes later is dropped and counted. A file
 * is then cut behind the last row that it took whole.
 */
export class ResultFile {
  /** How it is called in messages. */
  readonly name: string;
  readonly #sink: ByteSink;
  /** Writes to the sink where a full disk is waited for. */
  readonly #patient: PatientWriter | null;
  readonly #sample = new RowSample();
  #queue: Promise<void> = Promise.resolve();
  #status: ResultFileStatus = "open";
  #isSinkClosed = false;
  #failure: unknown = null;
  #writtenBytes = 0;
  #pendingBytes = 0;
  /** What was asked of the file and is not done yet. */
  #tasks = 0;
  #discardedBytes = 0;
  #discardedRows = 0;
  /** Bytes behind the last row end that was written. */
  #openRowBytes = 0;
  readonly #fate = new FileFate();
  #blockedMs = 0;
  readonly #surrender = new Surrender();

  /**
   * Takes over `sink`, and closes it in `close`.
   *
   * @param patient writes to the sink; null: a full disk is not waited for
   */
  constructor(
    sink: ByteSink,
    name: string,
    patient: PatientWriter | null = null,
  ) {
    this.#sink = sink;
    this.#patient = patient;
    this.name = name;
  }

  /**
   * Opens a file, empty from now on; standard output for "-"; a pipe, once somebody reads it.
   *
   * @throws {ConfigError} when it cannot be opened for writing
   * @throws the reason of the signal in `options` when that aborts before
   */
  static async open(path: string, options: OpenOptions): Promise<ResultFile> {
    const sink = await openSink(path, options);
    const isPatient = options.waitsForSpace && sink.isOnDisk;
    const patient = isPatient ? new PatientWriter(sink) : null;
    return new ResultFile(sink, outputName(path), patient);
  }

  /** How the file stands. */
  get status(): ResultFileStatus {
    return this.#status;
  }

  /** What made a write fail; null unless `status` is "failed". */
  get failure(): unknown {
    return this.#failure;
  }

  /** Why its disk takes nothing for now, as it is full; null: it has taken what it was given last. */
  get shortage(): unknown {
    return this.#status === "open" ? this.#patient?.shortage ?? null : null;
  }

  /** Bytes that the file took. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** Bytes handed to `write` and not yet taken by the file. They wait in memory. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Whether something that was asked of it is not done yet. */
  get isBusy(): boolean {
    return this.#tasks > 0;
  }

  /** Bytes that came after the reader had gone, that it did not read, or that could not be written. */
  get discardedBytes(): number {
    return this.#discardedBytes;
  }

  /** Rows, header included, that are not wholly in the file because it did not take them. */
  get discardedRows(): number {
    return this.#discardedRows;
  }

  /** Bytes that the file took, and that somebody else has cut since. */
  get missingBytes(): number {
    return this.#fate.missingBytes;
  }

  /** About how many rows these are. */
  get missingRows(): number {
    return this.#sample.rowsIn(this.#fate.missingBytes);
  }

  /** Somebody else has deleted the file. */
  get isDeleted(): boolean {
    return this.#fate.isDeleted;
  }

  /** The path leads to another file by now, or to none; the rows are in the one that it led to at first. */
  get isMoved(): boolean {
    return this.#fate.isMoved;
  }

  /** Rows that are not in the file, whatever the cause; infinite when it is deleted. */
  get lostRows(): number {
    return this.#fate.isDeleted
      ? Infinity
      : this.#discardedRows + this.missingRows;
  }

  /** Time that writes took so far, in milliseconds. */
  get blockedMs(): number {
    return this.#blockedMs;
  }

  /**
   * Writes bytes behind all earlier ones; resolves, never rejects, when they are written or discarded. The
   * caller leaves the bytes alone until then. Bytes without more are rows of one line each.
   */
  write(rows: Uint8Array | Chunk): Promise<void> {
    const bytes = rows instanceof Uint8Array ? rows : rows.bytes;
    const chunkRows = rows instanceof Uint8Array || rows.isCuttable
      ? null
      : rows.rows;
    this.#pendingBytes += bytes.length;
    return this.#enqueue(async () => {
      await this.#writeNow(bytes, chunkRows);
      this.#pendingBytes -= bytes.length;
    });
  }

  /** As `write`, for a text that is made while it is written, with nothing of others between its pieces. */
  writePieces(pieces: Iterable<Uint8Array>): Promise<void> {
    return this.#enqueue(async () => {
      for (const piece of pieces) await this.#writeNow(piece);
    });
  }

  /** Looks what has become of the file, behind all writes. Resolves, never rejects. */
  inspect(): Promise<void> {
    return this.#enqueue(() => this.#inspectNow());
  }

  /**
   * Resolves to true when all that was asked of it before is done and on the disk, to false when it is not, and never
   * will be. Where there is no disk, what was taken counts as stored.
   */
  async sync(): Promise<boolean> {
    let isSynced = false;
    await this.#enqueue(async () => {
      if (this.#status !== "open") return;
      try {
        const synced = this.#sink.sync?.().then(() => true) ??
          Promise.resolve(true);
        isSynced = await this.#surrender.unless(synced) ?? false;
      } catch (error) {
        isSynced = false;
        // The kernel may have dropped what it could not write, and does not say so twice, `fsync(2)`.
        if (isDataLost(error)) this.#fail(error);
      }
    });
    return isSynced;
  }

  /** Resolves to true when all that was asked of it before is done, to false when it is not, and never will be. */
  async drain(): Promise<boolean> {
    await this.#enqueue(() => Promise.resolve());
    return this.#status === "open";
  }

  /**
   * Waits for the sink no longer: what it has not taken is discarded. The failure is that its disk is full, or else
   * `reason`.
   */
  abandon(reason: string): void {
    if (this.#status !== "open") return;
    this.#fail(this.shortage ?? new Error(reason));
  }

  /** Waits for all writes, then closes the file. May be called again. */
  async close(): Promise<void> {
    await this.inspect();
    if (this.#isSinkClosed) return;
    this.#isSinkClosed = true;
    this.#discardUnread();
    if (this.#status === "open") this.#status = "closed";
    this.#sink.close();
  }

  /** Removes what a later run would go on from, where that is another file; once it is closed. */
  discardPart(): void {
    this.#sink.discardPart?.();
  }

  #fail(error: unknown): void {
    this.#status = "failed";
    this.#failure = error;
    this.#surrender.giveUp();
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    this.#tasks++;
    this.#queue = this.#queue.then(async () => {
      const startMs = performance.now();
      const hold = this.#sink.hold?.() ?? Promise.resolve(() => {});
      const release = await this.#surrender.unless(hold);
      await task();
      // Also where the turn comes after it was given up.
      if (release === null) hold.then((release) => release());
      else release();
      this.#blockedMs += performance.now() - startMs;
      this.#tasks--;
    });
    return this.#queue;
  }

  /** @param chunkRows see `countRows` */
  async #writeNow(
    bytes: Uint8Array,
    chunkRows: number | null = null,
  ): Promise<void> {
    const sink = this.#patient ?? this.#sink;
    let at = 0;
    let isTorn = false;
    try {
      while (at < bytes.length && this.#status === "open") {
        const rest = at === 0 ? bytes : bytes.subarray(at);
        const writing = sink.write(rest);
        const taken = await this.#surrender.unless(writing);
        isTorn = taken === null && this.#failure === this.#patient?.shortage;
        // A try at a full disk is over soon, and may have had success.
        const length = taken ?? (isTorn ? await writing : 0);
        at += length;
        this.#writtenBytes += length;
      }
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) {
        this.#status = "reader-gone";
      } else {
        this.#fail(error);
        isTorn = true;
      }
    }
    if (isTorn) at -= await this.#cut(bytes, at, chunkRows);
    this.#sample.note(bytes, chunkRows);
    if (at < bytes.length) {
      this.#discardedRows += countRows(bytes, Math.max(0, at), chunkRows);
    }
    const whole = wholeRowsBytes(bytes, Math.max(0, at), chunkRows);
    this.#openRowBytes = at - whole + (whole === 0 ? this.#openRowBytes : 0);
    this.#discardedBytes += bytes.length - at;
  }

  /** Cuts a row that was written in part, also by earlier writes; returns how many bytes that were. */
  async #cut(
    bytes: Uint8Array,
    at: number,
    chunkRows: number | null,
  ): Promise<number> {
    const whole = wholeRowsBytes(bytes, at, chunkRows);
    const part = at - whole + (whole === 0 ? this.#openRowBytes : 0);
    if (this.#sink.truncate === undefined || part === 0) return 0;
    try {
      // Where the file ends only the file itself knows: somebody else may have cut it.
      const end = (await this.#sink.inspect?.())?.lengthBytes ??
        this.#writtenBytes;
      await this.#sink.truncate(Math.max(0, end - part));
      this.#writtenBytes -= part;
      return part;
    } catch {
      return 0;
    }
  }

  async #inspectNow(): Promise<void> {
    if (this.#status !== "open" || this.#sink.inspect === undefined) return;
    try {
      const facts = await this.#surrender.unless(this.#sink.inspect());
      if (facts === null) return;
      this.#fate.note(facts, this.#writtenBytes);
    } catch {
      // What cannot be looked at may still be written to.
    }
  }

  /** A reader that left in the end may have left something unread. */
  #discardUnread(): void {
    if (this.#status !== "open") return;
    const unread = this.#sink.unreadBytes?.() ?? 0;
    if (unread === 0) return;
    this.#status = "reader-gone";
    this.#discardedRows += this.#sample.rowsIn(unread);
    this.#discardedBytes += unread;
    this.#writtenBytes = Math.max(0, this.#writtenBytes - unread);
  }
}
