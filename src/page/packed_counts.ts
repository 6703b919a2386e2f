/**
 * Counts as short text: each is a number of seven bits a byte, the lowest first, and what repeats is written once with
 * the number of times. Most of the address space repeats.
 *
 * @module
 */

/** From so many equal counts on a run is shorter than they are. */
const LEAST_RUN = 2;
/** Bytes that become text at a time: the arguments of a call are limited. */
const PIECE = 1 << 13;

/** Packs counts, each from 0 to 2^32, as Base64. */
export function packCounts(counts: ArrayLike<number>): string {
  const bytes: number[] = [];
  for (let at = 0; at < counts.length;) {
    const count = counts[at]!;
    let run = 1;
    while (at + run < counts.length && counts[at + run] === count) run++;
    if (run >= LEAST_RUN) {
      append(bytes, count * 2 + 1);
      append(bytes, run);
    } else append(bytes, count * 2);
    at += run;
  }
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.slice(at, at + PIECE));
  }
  return btoa(text);
}

/**
 * Unpacks what `packCounts` has made.
 *
 * @param length how many counts there are; what is missing is 0, and what is too much is left out
 */
export function unpackCounts(packed: string, length: number): Float64Array {
  const text = atob(packed);
  const counts = new Float64Array(length);
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1;; scale *= 128) {
      const byte = text.charCodeAt(at++);
      value += (byte & 0x7f) * scale;
      if (!(byte >= 0x80)) return value;
    }
  };
  for (let to = 0; to < length && at < text.length;) {
    const value = next();
    const count = Math.floor(value / 2);
    const run = value % 2 === 1 ? next() : 1;
    counts.fill(count, to, to + run);
    to += run;
  }
  return counts;
}

function append(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push(rest % 128 + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}
