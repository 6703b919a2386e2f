// HOT PATH
import { LineReader, type LineSource } from "./line_reader.ts";
import { rowsError } from "./row_error.ts";
import { compareBytes, KEY_WORDS, type RowKeys } from "./row_keys.ts";

/** Rows of one source with their keys. */
export class KeyedRows {
  readonly reader: LineReader;
  readonly key: Uint32Array = new Uint32Array(KEY_WORDS);
  readonly #keys: RowKeys;

  /** @param skip rows to pass over first: a header */
  constructor(source: LineSource, keys: RowKeys, skip = 0) {
    this.reader = new LineReader(source);
    this.#keys = keys;
    for (let row = 0; row < skip; row++) this.reader.next();
  }

  /**
   * Moves on to the next row; false: there is none.
   *
   * @throws {ConfigError} for a row that is none
   */
  next(): boolean {
    const { key, reader } = this;
    if (!reader.next()) return false;
    const { bytes, end, start } = reader;
    const wrong = this.#keys.read(bytes, start, end, key, 0);
    if (wrong === "") return true;
    throw rowsError(reader.name, `row ${reader.row} ${wrong}`);
  }
}

/** Compares the present rows of two sources: below 0 when the first comes first, 0 when they are the same. */
export function compareRows(
  a: KeyedRows,
  b: KeyedRows,
  keys: RowKeys,
): number {
  const order = keys.compare(a.key, 0, b.key, 0);
  if (order !== 0 || !keys.isWholeRow(a.key, 0)) return order;
  const [one, other] = [a.reader, b.reader];
  return compareBytes(
    one.bytes,
    one.start,
    one.end,
    other.bytes,
    other.start,
    other.end,
  );
}

/** A copy of a row, to be compared with later ones. */
export class KeptRow {
  readonly #key: Uint32Array = new Uint32Array(KEY_WORDS);
  #bytes: Uint8Array = new Uint8Array(1024);
  #length = 0;

  /** Copies the present row of a source. */
  keep({ key, reader: { bytes, end, start } }: KeyedRows, keys: RowKeys): void {
    this.#key.set(key);
    if (!keys.isWholeRow(key, 0)) return;
    this.#length = end - start;
    if (this.#length > this.#bytes.length) {
      this.#bytes = new Uint8Array(2 * this.#length);
    }
    this.#bytes.set(bytes.subarray(start, end));
  }

  /** Compares the row with the present one of a source: below 0 when it comes first, 0 when they are the same. */
  compareTo(
    { key, reader: { bytes, end, start } }: KeyedRows,
    keys: RowKeys,
  ): number {
    const order = keys.compare(this.#key, 0, key, 0);
    return order !== 0 || !keys.isWholeRow(key, 0)
      ? order
      : compareBytes(this.#bytes, 0, this.#length, bytes, start, end);
  }
}

/**
 * Merges sources whose rows are in order: a heap of sources, by their present rows. Of rows that are the same, that of
 * the first source comes first.
 */
export class MergedSources {
  readonly #keys: RowKeys;
  readonly #sources: readonly KeyedRows[];
  /** Indexes of sources; each comes before those at twice its place, and one more. */
  readonly #heap: number[] = [];

  constructor(sources: readonly KeyedRows[], keys: RowKeys) {
    this.#sources = sources;
    this.#keys = keys;
    sources.forEach((source, index) => {
      if (source.next()) this.#heap.push(index);
    });
    for (let at = this.#heap.length >> 1; at >= 0; at--) this.#sink(at);
  }

  /** The source with the first row; null: all are at their end. */
  get first(): KeyedRows | null {
    const index = this.#heap[0];
    return index === undefined ? null : this.#sources[index]!;
  }

  /** Moves on behind the first row. */
  advance(): void {
    const heap = this.#heap;
    if (!this.#sources[heap[0]!]!.next()) {
      const last = heap.pop()!;
      if (heap.length === 0) return;
      heap[0] = last;
    }
    this.#sink(0);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const { length } = heap;
    let at = from;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= length) return;
      const right = left + 1;
      const child = right < length && this.#isBefore(heap[right]!, heap[left]!)
        ? right
        : left;
      if (!this.#isBefore(heap[child]!, heap[at]!)) return;
      const moved = heap[at]!;
      heap[at] = heap[child]!;
      heap[child] = moved;
      at = child;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const order = compareRows(this.#sources[a]!, this.#sources[b]!, this.#keys);
    return order < 0 || (order === 0 && a < b);
  }
}
