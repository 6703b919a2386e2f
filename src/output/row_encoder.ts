/** Bytes of whole rows on their way to an output. They belong to whoever takes them. */
export interface Chunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Rows in them; a header or footer is none. */
  readonly rows: number;
  /** Each row is a line of its own: behind any line feed the bytes may be cut, and what stands before is good. */
  readonly isCuttable: boolean;
}

/** Turns records into the bytes of one output, in memory. */
export interface RowEncoder<R> {
  /** Bytes that wait to be taken. */
  readonly lengthBytes: number;
  /**
   * What a later run needs to know to go on behind the rows so far, but for the bytes themselves: see
   * `OutputContext.memory`.
   *
   * @default {[]}
   */
  readonly memory?: readonly number[];
  /** Encodes one record; keeps nothing of it. Not to be called after `finish`. */
  append(record: R): void;
  /** Returns the bytes of all whole rows since the last call. The header, if any, comes first. */
  take(): Chunk;
  /** Returns what is left, and the footer, if the format has one; nothing when it is called again. */
  finish(): Chunk;
}

/** No bytes. */
export const EMPTY_CHUNK: Chunk = {
  bytes: new Uint8Array(0),
  rows: 0,
  isCuttable: true,
};
