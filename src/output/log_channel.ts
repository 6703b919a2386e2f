import { formatCount } from "../base/mod.ts";
import type { ByteSink } from "./byte_sink.ts";
import { LineQueue, type QueuedLine } from "./line_queue.ts";
import { PatientWriter } from "./patient_writer.ts";
import { StatusArea } from "./status_area.ts";

/** Text that is written at once. */
const BATCH_LENGTH = 1 << 14;
const NEWLINE = 10;
/** How long the end waits for a reader that takes nothing, and for one that takes little. */
const STUCK_MS = 1000;
const SLOW_MS = 10_000;
/** How long a write that is given up may take to return. */
const RETURN_MS = 500;
/** Importance of a status line: below that of all log lines, the least of which is 0. */
const STATUS_RANK = -1;
/** Importance of what is said in the end: above that of all log lines. */
const SUMMARY_RANK = 100;

/** What a log channel works with. */
export interface LogChannelParts {
  readonly sink: Pick<
    ByteSink,
    "close" | "cover" | "hold" | "isOnDisk" | "write"
  >;
  /** Columns of the terminal behind it; null where there is none. */
  readonly columns: (() => number) | null;
  /** Puts the channel's own words into the form of a log line. */
  readonly formatNotice: (text: string) => string;
  /** Called with the first error of writing. */
  readonly onFailure: (error: unknown) => void;
  /** Resolves after `ms` milliseconds, or as soon as `until` does. */
  readonly rest: (ms: number, until: Promise<unknown>) => Promise<void>;
}

/**
 * Where log lines, status lines and the summary go, in the order of the calls. No call waits: lines are written one
 * batch at a time, and wait in memory meanwhile. When there are too many, status lines go first, then the least
 * severe log lines; how many is said as soon as something can be said again. A full disk is waited for like a slow
 * reader. An error of writing loses lines, and nothing else.
 */
export class LogChannel {
  readonly #parts: LogChannelParts;
  /** Writes to the sink; null: it is no file, whose disk may be full. */
  readonly #patient: PatientWriter | null;
  readonly #queue = new LineQueue();
  readonly #encoder = new TextEncoder();
  #idle = Promise.withResolvers<void>();
  #isWriting = false;
  readonly #end = Promise.withResolvers<void>();
  #isClosed = false;
  #isGivenUp = false;
  #isReaderGone = false;
  #failure: unknown = null;
  /** Where the status stands in a terminal; null: there is none. */
  readonly #area: StatusArea | null;
  /** The last line that was written lacks its end. */
  #isTorn = false;
  /** Counts what was taken, to tell a slow reader from none. */
  #progress = 0;
  #lostLines = 0;
  #unsaidLines = 0;

  constructor(parts: LogChannelParts) {
    this.#parts = parts;
    const { rest, sink } = parts;
    this.#patient = sink.isOnDisk === true
      ? new PatientWriter(sink, (ms) => rest(ms, this.#end.promise))
      : null;
    const area = parts.columns === null ? null : new StatusArea(parts.columns);
    this.#area = area;
    if (area === null) return;
    parts.sink.cover?.({
      erase: () => area.erase(),
      redraw: () => area.redraw(),
    });
  }

  /** Lines that were dropped, or could not be written, so far. */
  get lostLines(): number {
    return this.#lostLines;
  }

  /** The first error of writing, other than that the reader has gone; null: there was none. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Appends a log line; a higher `rank` is more severe. */
  log(text: string, rank: number): void {
    this.#push({ kind: "line", text, rank });
  }

  /** Appends a status of one line or several, which the next one replaces in a terminal that is wide enough. */
  status(text: string): void {
    this.#push({ kind: "status", text, rank: STATUS_RANK });
  }

  /** Appends lines that are not dropped before all others. */
  lines(lines: readonly string[]): void {
    for (const text of lines) {
      this.#push({ kind: "line", text, rank: SUMMARY_RANK });
    }
  }

  /** Leaves the status line that stands in the terminal. */
  finish(): void {
    if (this.#area === null) return;
    this.#push({ kind: "finish", text: "", rank: SUMMARY_RANK });
  }

  /**
   * Waits until all lines are written, but no longer than a second in which none is taken. Lines that come later
   * are dropped. May be called again.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    if (this.#lostLines > this.#unsaidLines) {
      this.#unsaidLines = this.#lostLines;
    }
    this.finish();
    this.#start();
    this.#isClosed = true;
    for (let waitedMs = 0; this.#isWriting && waitedMs < SLOW_MS;) {
      const before = this.#progress;
      await this.#parts.rest(STUCK_MS, this.#idle.promise);
      if (this.#progress === before) break;
      waitedMs += STUCK_MS;
    }
    if (this.#isWriting) {
      this.#isGivenUp = true;
      this.#end.resolve();
      this.#lose(this.#queue.clear());
      const { shortage = null } = this.#patient ?? {};
      if (shortage !== null) {
        this.#fail(shortage);
        await this.#parts.rest(RETURN_MS, this.#idle.promise);
      }
    }
    this.#parts.sink.close();
  }

  #push(line: QueuedLine): void {
    if (this.#isClosed || this.#isReaderGone) return;
    this.#lose(this.#queue.push(line));
    this.#start();
  }

  #lose(count: number): void {
    this.#lostLines += count;
    this.#unsaidLines += count;
  }

  #start(): void {
    if (this.#isWriting) return;
    this.#isWriting = true;
    this.#idle = Promise.withResolvers();
    this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    while (
      !this.#isGivenUp && (this.#queue.length > 0 || this.#unsaidLines > 0)
    ) {
      const isWritten = await this.#writeBatch();
      // What cannot be written now is tried again with the next line.
      if (!isWritten && this.#queue.length === 0) break;
    }
    this.#isWriting = false;
    this.#idle.resolve();
  }

  /** Writes what waits, or its first part, once it has its turn; false when that failed. */
  async #writeBatch(): Promise<boolean> {
    const { sink } = this.#parts;
    const release = sink.hold === undefined ? null : await sink.hold();
    try {
      return await this.#writeHeld();
    } finally {
      release?.();
    }
  }

  async #writeHeld(): Promise<boolean> {
    const unsaid = this.#unsaidLines;
    this.#unsaidLines = 0;
    let text = this.#isTorn ? "\n" : "";
    if (unsaid > 0) text += this.#lineOf(this.#noticeOf(unsaid));
    while (text.length < BATCH_LENGTH) {
      const line = this.#queue.shift();
      if (line === undefined) break;
      text += this.#textOf(line);
    }
    if (this.#area !== null) text += this.#area.redraw();
    const lostLines = await this.#write(text);
    if (lostLines === 0) return true;
    this.#lose(lostLines);
    if (unsaid > 0 && !this.#isReaderGone) {
      // The notice itself is no loss, but has to be given again.
      this.#lostLines--;
      this.#unsaidLines += unsaid - 1;
    }
    return false;
  }

  #noticeOf(lostLines: number): string {
    const isOne = lostLines === 1;
    return this.#parts.formatNotice(
      `${formatCount(lostLines)} line${
        isOne ? "" : "s"
      } of the log and status ${
        isOne ? "was" : "were"
      } dropped, as they could not be written`,
    );
  }

  #textOf({ kind, text }: QueuedLine): string {
    const area = this.#area;
    if (kind === "finish") return area?.finish() ?? "";
    return kind === "status" && area !== null
      ? area.show(text)
      : this.#lineOf(text);
  }

  #lineOf(text: string): string {
    return this.#area?.print(text) ?? `${text}\n`;
  }

  /** Writes text; returns how many of its lines are not wholly written. */
  async #write(text: string): Promise<number> {
    const { sink } = this.#parts;
    const writer = this.#patient ?? sink;
    const bytes = this.#encoder.encode(text);
    let at = 0;
    try {
      while (at < bytes.length && !this.#isGivenUp) {
        const length = await writer.write(bytes.subarray(at));
        at += length;
        if (length > 0) this.#progress++;
      }
    } catch (error) {
      this.#fail(error);
    }
    if (at > 0) this.#isTorn = at < bytes.length && bytes[at - 1] !== NEWLINE;
    return bytes.subarray(at).filter((byte) => byte === NEWLINE).length;
  }

  #fail(error: unknown): void {
    if (error instanceof Deno.errors.BrokenPipe) {
      this.#isReaderGone = true;
      this.#lose(this.#queue.clear());
      this.#unsaidLines = 0;
    } else if (this.#failure === null) {
      this.#failure = error;
      this.#parts.onFailure(error);
    }
  }
}
