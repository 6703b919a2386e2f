import { cString } from "./_c_string.ts";
import {
  AT_FDCWD,
  AT_SYMLINK_NOFOLLOW,
  ENOENT,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  STATX_BASIC_STATS,
} from "./constants.ts";
import { checkResult, errnoWord } from "./errno.ts";
import { STATX } from "./layout.ts";
import { openLibc } from "./libc.ts";

/** What the kernel knows of a name in a directory, `statx(2)`: a symbolic link is not followed. */
export interface NameFacts {
  readonly kind: "link" | "directory" | "file" | "other";
  /** User id of the owner. */
  readonly owner: number;
  /** Names that the file has. */
  readonly links: number;
  /** Bits of the rights, `chmod(2)`; of a link without meaning. */
  readonly rights: number;
}

const KINDS: ReadonlyMap<number, NameFacts["kind"]> = new Map([
  [S_IFLNK, "link"],
  [S_IFDIR, "directory"],
  [S_IFREG, "file"],
]);
/** <linux/limits.h>: PATH_MAX. */
const PATH_MAX = 4096;

/**
 * What a path names; null when that is nothing.
 *
 * @throws {ErrnoError} when a part before the last cannot be followed
 */
export function nameFacts(path: string): NameFacts | null {
  const view = new DataView(new ArrayBuffer(STATX.size));
  const result = openLibc().statx(
    AT_FDCWD,
    cString(path),
    AT_SYMLINK_NOFOLLOW,
    STATX_BASIC_STATS,
    new Uint8Array(view.buffer),
  );
  if (result < 0 && errnoWord()[0] === ENOENT) return null;
  checkResult(`look at "${path}"`, result);
  const mode = view.getUint16(STATX.stx_mode, true);
  return {
    kind: KINDS.get(mode & S_IFMT) ?? "other",
    owner: view.getUint32(STATX.stx_uid, true),
    links: view.getUint32(STATX.stx_nlink, true),
    rights: mode & ~S_IFMT,
  };
}

/**
 * What a symbolic link leads to, `readlink(2)`.
 *
 * @throws {ErrnoError} when it is none
 */
export function readLink(path: string): string {
  const target = new Uint8Array(PATH_MAX);
  const length = openLibc()
    .readlink(cString(path), target, BigInt(target.length));
  checkResult(`follow "${path}"`, Number(length));
  return new TextDecoder().decode(target.subarray(0, Number(length)));
}
