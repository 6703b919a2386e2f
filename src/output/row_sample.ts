/** Ends a row of formats with a line for each; within a row it is escaped or inside of quotes. */
const NEWLINE = 10;
/** Bytes of each write that are looked at. */
const SAMPLE_BYTES = 4096;

/**
 * Rows that end at `from` or behind it.
 *
 * @param chunkRows rows of all bytes where lines do not tell: then all of them end with the last byte; else null
 */
export function countRows(
  bytes: Uint8Array,
  from: number,
  chunkRows: number | null = null,
): number {
  if (chunkRows !== null) return from < bytes.length ? chunkRows : 0;
  let rows = 0;
  for (
    let at = bytes.indexOf(NEWLINE, from);
    at >= 0;
    at = bytes.indexOf(NEWLINE, at + 1)
  ) rows++;
  return rows;
}

/** Bytes up to the end of the last row that is whole before `end`; `chunkRows` is as for `countRows`. */
export function wholeRowsBytes(
  bytes: Uint8Array,
  end: number,
  chunkRows: number | null = null,
): number {
  if (chunkRows !== null) return end === bytes.length ? end : 0;
  return end === 0 ? 0 : bytes.lastIndexOf(NEWLINE, end - 1) + 1;
}

/** The mean length of rows, from the beginning of each write. */
export class RowSample {
  #rows = 0;
  #bytes = 0;

  /** Looks at what is written; `rows` says how many it is where lines do not. */
  note(bytes: Uint8Array, rows: number | null = null): void {
    if (rows !== null) {
      this.#rows += rows;
      this.#bytes += rows === 0 ? 0 : bytes.length;
      return;
    }
    const part = bytes.subarray(0, SAMPLE_BYTES);
    const whole = part.length === bytes.length
      ? bytes.length
      : wholeRowsBytes(part, part.length);
    this.#rows += countRows(part, 0);
    this.#bytes += whole;
  }

  /** About how many rows so many bytes are: at least one, if there are any. */
  rowsIn(lengthBytes: number): number {
    if (lengthBytes <= 0) return 0;
    if (this.#bytes === 0) return 1;
    return Math.max(1, Math.round(lengthBytes * this.#rows / this.#bytes));
  }
}
