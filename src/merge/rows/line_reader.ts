import { describeFileError } from "../../output/mod.ts";
import { rowsError } from "./row_error.ts";

const LINE_FEED = 10;
const QUOTE = 34;
/** Longest row in bytes: no probe has answers of such a length. */
const LONGEST_ROW = 1 << 24;

/** Where rows are read from. */
export interface LineSource {
  /** What is named in errors. */
  readonly name: string;
  readonly file: Deno.FsFile;
  /** First byte, and the one behind the last; null: up to the end of the file. */
  readonly start: number;
  readonly end: number | null;
  /** Whether line ends between quotes belong to a row, as in RFC 4180. */
  readonly isQuoted: boolean;
  /** Bytes that are read at once. */
  readonly bufferBytes: number;
}

/**
 * Reads rows one after the other. The row of a `next` is good until the following one. The file may be shared with other
 * readers, as each says where it reads.
 */
export class LineReader {
  readonly #source: LineSource;
  /** Where the next bytes are read from. */
  #at: number;
  #filled = 0;
  #next = 0;
  /** The first quote that was not looked at yet: looking for it from each row anew would go to the end each time. */
  #quoteAt = -1;
  #isOver = false;
  /** Rows read so far, the present one included. */
  row = 0;
  /** The present row lies from `start` up to `end`, without its line end. */
  bytes: Uint8Array;
  start = 0;
  end = 0;

  constructor(source: LineSource) {
    this.#source = source;
    this.#at = source.start;
    this.bytes = new Uint8Array(source.bufferBytes);
  }

  /** What is named in errors. */
  get name(): string {
    return this.#source.name;
  }

  /**
   * Moves on to the next row; false: there is none.
   *
   * @throws {ConfigError} when the last row has no end, or one is too long, or the file cannot be read
   */
  next(): boolean {
    let from = this.#next;
    let isInside = false;
    for (;;) {
      const end = this.bytes.indexOf(LINE_FEED, from);
      if (end >= 0 && end < this.#filled) {
        if (this.#source.isQuoted) {
          isInside = this.#quotesIn(from, end) % 2 === 1 ? !isInside : isInside;
        }
        from = end + 1;
        if (isInside) continue;
        this.start = this.#next;
        this.end = end;
        this.#next = end + 1;
        this.row++;
        return true;
      }
      // What was looked through need not be again, but for the quotes before the next line end.
      const looked = from - this.#next;
      if (!this.#fill()) return false;
      from = this.#next + looked;
    }
  }

  #quotesIn(first: number, end: number): number {
    let quotes = 0;
    if (this.#quoteAt < first) this.#findQuote(first);
    while (this.#quoteAt < end) {
      quotes++;
      this.#findQuote(this.#quoteAt + 1);
    }
    return quotes;
  }

  #findQuote(from: number): void {
    const at = this.bytes.indexOf(QUOTE, from);
    this.#quoteAt = at < 0 ? Infinity : at;
  }

  /** Reads more behind what is there; false: there is nothing more, and nothing is left. */
  #fill(): boolean {
    const left = this.#filled - this.#next;
    if (this.#isOver) {
      if (left === 0) return false;
      throw this.#torn();
    }
    if (left === this.bytes.length) this.#grow();
    else this.bytes.copyWithin(0, this.#next, this.#filled);
    this.#next = 0;
    this.#quoteAt = -1;
    this.#filled = left;
    const count = this.#read(this.bytes.subarray(left));
    this.#filled += count;
    return true;
  }

  #grow(): void {
    if (this.bytes.length >= LONGEST_ROW) {
      throw rowsError(
        this.name,
        `row ${this.row + 1} has more than ${LONGEST_ROW >> 20} MiB`,
      );
    }
    const grown = new Uint8Array(2 * this.bytes.length);
    grown.set(this.bytes.subarray(this.#next, this.#filled));
    this.bytes = grown;
  }

  #read(into: Uint8Array): number {
    const { end, file } = this.#source;
    const most = end === null
      ? into.length
      : Math.min(into.length, end - this.#at);
    let count: number | null = null;
    try {
      if (most > 0) {
        file.seekSync(this.#at, Deno.SeekMode.Start);
        count = file.readSync(into.subarray(0, most));
      }
    } catch (error) {
      throw rowsError(this.name, describeFileError(error));
    }
    if (count === null || count === 0) this.#isOver = true;
    this.#at += count ?? 0;
    return count ?? 0;
  }

  #torn(): Error {
    return rowsError(
      this.name,
      `its last row, number ${this.row + 1}, has no end: the file is torn`,
      "Take the file of a scan that has ended, or go on with that scan: pacemap resume",
    );
  }
}
