// HOT PATH
import type { RowKeys } from "./row_keys.ts";
import { KeptRow, type KeyedRows } from "./sorted_rows.ts";

const LINE_FEED = 10;
/** Bytes that are written at a time. */
const PIECE_BYTES = 1 << 20;

/** Hands sorted rows on, each once. */
export class RowOutput {
  readonly #keys: RowKeys;
  readonly #write: (bytes: Uint8Array) => void;
  readonly #piece: Uint8Array = new Uint8Array(PIECE_BYTES);
  #filled = 0;
  readonly #before = new KeptRow();
  /** Rows that were handed on. */
  written = 0;

  constructor(keys: RowKeys, write: (bytes: Uint8Array) => void) {
    this.#keys = keys;
    this.#write = write;
  }

  /** Takes the present row of a source, which is none before the row before. */
  take(rows: KeyedRows): void {
    const keys = this.#keys;
    if (this.written > 0 && this.#before.compareTo(rows, keys) === 0) return;
    this.written++;
    this.#before.keep(rows, keys);
    const { bytes, end, start } = rows.reader;
    this.#put(bytes, start, end);
  }

  /** Hands on what waits. */
  flush(): void {
    if (this.#filled > 0) this.#write(this.#piece.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #put(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start + 1;
    if (this.#filled + length > this.#piece.length) this.flush();
    // The line end lies behind the row.
    const row = bytes.subarray(start, end + 1);
    if (length > this.#piece.length) this.#write(row);
    else {
      this.#piece.set(row, this.#filled);
      this.#piece[this.#filled + length - 1] = LINE_FEED;
      this.#filled += length;
    }
  }
}
