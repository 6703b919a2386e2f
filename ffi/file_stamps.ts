import { AT_FDCWD, STATX_BASIC_STATS } from "./constants.ts";
import { STATX } from "./layout.ts";
import { openLibc } from "./libc.ts";

/** Words of a stamp: inode, length, and time of the last change in seconds and nanoseconds. */
const STAMP_WORDS = [
  STATX.stx_ino,
  STATX.stx_ino + 4,
  STATX.stx_size,
  STATX.stx_ctime,
  STATX.stx_ctime + 8,
].map((at) => at >> 2);

/**
 * What changes in the kernel's record of a file as soon as the file is written, replaced or copied, `statx(2)`: some
 * words for each file, in the order of the paths. Null when there is no file at one of them.
 */
export function fileStamps(paths: readonly string[]): Uint32Array | null {
  const { statx } = openLibc();
  const names = new TextEncoder().encode(`${paths.join("\0")}\0`);
  const facts = new Uint8Array(STATX.size);
  const words = new Uint32Array(facts.buffer);
  const stamps = new Uint32Array(paths.length * STAMP_WORDS.length);
  let next = 0;
  for (let at = 0; at < names.length;) {
    const end = names.indexOf(0, at) + 1;
    const name = names.subarray(at, end);
    if (statx(AT_FDCWD, name, 0, STATX_BASIC_STATS, facts) < 0) return null;
    for (const word of STAMP_WORDS) stamps[next++] = words[word]!;
    at = end;
  }
  return stamps;
}
