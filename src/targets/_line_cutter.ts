import { ConfigError } from "../base/mod.ts";

export const LINE_FEED = 10;
export const CARRIAGE_RETURN = 13;
/** Far above what any list needs; keeps a file without line ends from filling the memory. */
const MAX_LINE_BYTES = 1 << 20;

/** Takes whole lines: the bytes from `at` to `end`, of which only the last line may lack its line end. */
export type LineReader = (bytes: Uint8Array, at: number, end: number) => void;

/**
 * Takes a file in pieces of any size and hands it on in whole lines, copying only lines cut in two. A line ends
 * with LF, CR LF or CR alone; CR LF is never cut in two.
 */
export class LineCutter {
  readonly #read: LineReader;
  readonly #name: string;
  #rest: Uint8Array = new Uint8Array(0);

  /** @param name the file, for the error */
  constructor(name: string, read: LineReader) {
    this.#name = name;
    this.#read = read;
  }

  /**
   * Takes the next piece; `bytes` can be reused after the call.
   *
   * @throws {ConfigError} when a line has more than 1 MiB
   */
  push(bytes: Uint8Array): void {
    const end = lastLineEnd(bytes);
    if (end === 0) {
      this.#keep(joined(this.#rest, bytes));
      return;
    }
    let at = 0;
    if (this.#rest.length > 0) {
      at = firstLineEnd(bytes);
      const lines = joined(this.#rest, bytes.subarray(0, at));
      this.#read(lines, 0, lines.length);
    }
    this.#read(bytes, at, end);
    this.#rest = bytes.slice(end);
  }

  /** Hands on the last line if it lacks its line end. */
  finish(): void {
    this.#read(this.#rest, 0, this.#rest.length);
    this.#rest = new Uint8Array(0);
  }

  #keep(rest: Uint8Array): void {
    this.#rest = rest;
    if (rest.length <= MAX_LINE_BYTES) return;
    throw new ConfigError(
      this.#name,
      `Cannot read ${this.#name}: a line has more than 1 MiB`,
      "Give one entry a line",
    );
  }
}

/** Offset behind the last line end, 0 without one. A CR at the end is none yet: LF may follow. */
function lastLineEnd(bytes: Uint8Array): number {
  const behindFeed = bytes.lastIndexOf(LINE_FEED) + 1;
  const tail = bytes.subarray(behindFeed, -1);
  const behindReturn = tail.lastIndexOf(CARRIAGE_RETURN) + 1;
  return behindFeed + behindReturn;
}

/** Offset behind the first line end of bytes that have one. */
function firstLineEnd(bytes: Uint8Array): number {
  const feed = bytes.indexOf(LINE_FEED);
  const head = feed < 0 ? bytes : bytes.subarray(0, feed);
  const carriageReturn = head.indexOf(CARRIAGE_RETURN);
  if (carriageReturn < 0) return feed + 1;
  return carriageReturn + 1 === feed ? feed + 1 : carriageReturn + 1;
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}
