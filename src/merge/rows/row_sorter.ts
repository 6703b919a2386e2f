// HOT PATH
import { compareBytes, KEY_WORDS, type RowKeys } from "./row_keys.ts";

const LINE_FEED = 10;
/** Bytes that a row takes besides its own: key, place, and its part of the sort and what that takes for itself. */
const ROW_BYTES = 4 * KEY_WORDS + 4 + 4 + 16;
/** Share of the memory that rows get; the rest is for what is above. */
const TEXT_SHARE = 0.5;
/** Bytes that are handed on at a time. */
const PIECE_BYTES = 1 << 18;

/** Sorts as many rows as its memory holds, and drops repeats. */
export class RowSorter {
  readonly #keys: RowKeys;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #order: Uint32Array;
  #count = 0;
  #filled = 0;

  /** @param memoryBytes memory that it takes at most */
  constructor(keys: RowKeys, memoryBytes: number) {
    this.#keys = keys;
    const textBytes = Math.floor(memoryBytes * TEXT_SHARE);
    const rows = Math.floor((memoryBytes - textBytes) / ROW_BYTES);
    this.#bytes = new Uint8Array(textBytes);
    this.#words = new Uint32Array(KEY_WORDS * rows);
    this.#starts = new Uint32Array(rows + 1);
    this.#order = new Uint32Array(rows);
  }

  /** Rows that it has. */
  get count(): number {
    return this.#count;
  }

  /** Longest row that it can take, without its line end. */
  get longestRow(): number {
    return this.#bytes.length - 1;
  }

  /** Takes a row with its key; false: there is no room for it. */
  add(
    bytes: Uint8Array,
    start: number,
    end: number,
    key: Uint32Array,
  ): boolean {
    const length = end - start + 1;
    const isFull = this.#count === this.#order.length ||
      this.#filled + length > this.#bytes.length;
    if (isFull) return false;
    // The line end lies behind the row.
    this.#bytes.set(bytes.subarray(start, end), this.#filled);
    this.#bytes[this.#filled + length - 1] = LINE_FEED;
    this.#words.set(key, KEY_WORDS * this.#count);
    this.#starts[this.#count] = this.#filled;
    this.#filled += length;
    this.#count++;
    this.#starts[this.#count] = this.#filled;
    return true;
  }

  /** Hands all rows on, in order and each once, and forgets them. Of those with the same key the first one counts. */
  flush(write: (bytes: Uint8Array) => void): void {
    const order = this.#order.subarray(0, this.#count);
    for (let i = 0; i < order.length; i++) order[i] = i;
    order.sort((a, b) => this.#compare(a, b) || a - b);
    const piece = new Uint8Array(PIECE_BYTES);
    let filled = 0;
    let last = -1;
    for (const row of order) {
      if (last >= 0 && this.#compare(last, row) === 0) continue;
      last = row;
      const [start, end] = [this.#starts[row]!, this.#starts[row + 1]!];
      const bytes = this.#bytes.subarray(start, end);
      if (filled + bytes.length > piece.length) {
        write(piece.subarray(0, filled));
        filled = 0;
      }
      if (bytes.length > piece.length) write(bytes);
      else {
        piece.set(bytes, filled);
        filled += bytes.length;
      }
    }
    if (filled > 0) write(piece.subarray(0, filled));
    this.#count = 0;
    this.#filled = 0;
  }

  #compare(a: number, b: number): number {
    const [aAt, bAt] = [KEY_WORDS * a, KEY_WORDS * b];
    const words = this.#words;
    const order = this.#keys.compare(words, aAt, words, bAt);
    if (order !== 0 || !this.#keys.isWholeRow(words, aAt)) return order;
    return compareBytes(
      this.#bytes,
      this.#starts[a]!,
      this.#starts[a + 1]! - 1,
      this.#bytes,
      this.#starts[b]!,
      this.#starts[b + 1]! - 1,
    );
  }
}
