import { ConfigError } from "../base/mod.ts";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const CHUNK_BYTES = 1 << 18;
/** Far above what any list needs; keeps input without line ends from filling the memory. */
const MAX_LINE_BYTES = 1 << 20;

/** Where bytes come from; `Deno.stdin` is one. */
export interface ByteSource {
  /** Reads some bytes into `buffer` and returns how many, or null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
}

/** Whole lines in `bytes` from 0 to `end`: each with its line end, but for the last of all input. */
export type LinesTaker = (bytes: Uint8Array, end: number) => Promise<void>;

/**
 * Reads a stream in blocks of whole lines, each given to `take`, which must not keep it.
 *
 * @param separatesAt the offset behind the last line end that ends a record, or 0; by default each does: LF, CR LF
 * or CR alone
 * @throws {ConfigError} when a record has more than 1 MiB
 */
export async function readLines(
  source: ByteSource,
  take: LinesTaker,
  separatesAt: (bytes: Uint8Array, end: number) => number = lastLineEnd,
): Promise<void> {
  let buffer = new Uint8Array(2 * CHUNK_BYTES);
  let filled = 0;
  for (;;) {
    if (buffer.length - filled < CHUNK_BYTES) {
      const larger = new Uint8Array(buffer.length * 2);
      larger.set(buffer.subarray(0, filled));
      buffer = larger;
    }
    const count = await source.read(buffer.subarray(filled));
    if (count === null) break;
    filled += count;
    const end = separatesAt(buffer, filled);
    if (end > 0) {
      await take(buffer, end);
      buffer.copyWithin(0, end, filled);
      filled -= end;
    }
    if (filled > MAX_LINE_BYTES) {
      throw new ConfigError(
        "standard input",
        "A line has more than 1 MiB",
        "Give one address or result per line",
      );
    }
  }
  if (filled > 0) await take(buffer, filled);
}

function lastLineEnd(bytes: Uint8Array, end: number): number {
  const behindFeed = bytes.subarray(0, end).lastIndexOf(LINE_FEED) + 1;
  // A CR at the end is no line end yet: LF may follow.
  const tail = bytes.subarray(behindFeed, Math.max(behindFeed, end - 1));
  return behindFeed + tail.lastIndexOf(CARRIAGE_RETURN) + 1;
}

/** Calls `take` with the place of each line, its line end included. */
export function eachLine(
  bytes: Uint8Array,
  end: number,
  take: (from: number, to: number) => void,
): void {
  const placeOf = (byte: number, from: number): number => {
    const at = bytes.indexOf(byte, from);
    return at < 0 || at > end ? end : at;
  };
  let feed = -1;
  let carriageReturn = -1;
  for (let from = 0; from < end;) {
    if (feed < from) feed = placeOf(LINE_FEED, from);
    if (carriageReturn < from) carriageReturn = placeOf(CARRIAGE_RETURN, from);
    // The line feed behind a CR belongs to the same line.
    const last = carriageReturn < feed - 1 ? carriageReturn : feed;
    const to = Math.min(last + 1, end);
    take(from, to);
    from = to;
  }
}

/** Writes all bytes; false when nobody reads them any more. */
export async function writeFully(
  sink: { write(bytes: Uint8Array): Promise<number> },
  bytes: Uint8Array,
): Promise<boolean> {
  try {
    for (let at = 0; at < bytes.length;) {
      at += await sink.write(bytes.subarray(at));
    }
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
}
