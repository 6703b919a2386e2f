import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  ENOENT,
  S_IFBLK,
  S_IFDIR,
  S_IFIFO,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  STATX_BASIC_STATS,
} from "./constants.ts";
import { cString } from "./_c_string.ts";
import { checkResult, errnoWord } from "./errno.ts";
import { STATX } from "./layout.ts";
import { openLibc } from "./libc.ts";

/** What kind of file something is; `device` for terminals and all else that is written character by character. */
export type FileKind = "file" | "directory" | "pipe" | "socket" | "device";

/** What the kernel knows of a file, `statx(2)`. */
export interface FileFacts {
  readonly kind: FileKind;
  /** The same for two descriptors or paths of one file, and for no others. */
  readonly place: string;
  /** Names that the file has; 0: deleted. */
  readonly links: number;
  /** User id. */
  readonly owner: number;
  readonly lengthBytes: number;
}

const KINDS: ReadonlyMap<number, FileKind> = new Map([
  [S_IFREG, "file"],
  // Written like a file: it never waits for a reader.
  [S_IFBLK, "file"],
  [S_IFDIR, "directory"],
  [S_IFIFO, "pipe"],
  [S_IFSOCK, "socket"],
]);

/**
 * What the kernel knows of an open file.
 *
 * @throws {ErrnoError} when the descriptor is not open
 */
export function descriptorFacts(fd: number): FileFacts {
  const view = new DataView(new ArrayBuffer(STATX.size));
  const result = statx(fd, "", { flags: AT_EMPTY_PATH, view });
  checkResult(`use file descriptor ${fd}`, result);
  return factsOf(view);
}

/**
 * What the kernel knows of the file that a path leads to; null when there is none. Unlike Deno's it also looks at
 * `/dev` and `/proc`.
 *
 * @throws {ErrnoError} when the path cannot be followed
 */
export function pathFacts(path: string): FileFacts | null {
  const view = new DataView(new ArrayBuffer(STATX.size));
  const result = statx(AT_FDCWD, path, { flags: 0, view });
  if (result < 0 && errnoWord()[0] === ENOENT) return null;
  checkResult(`look at "${path}"`, result);
  return factsOf(view);
}

function statx(
  directory: number,
  path: string,
  { flags, view }: { readonly flags: number; readonly view: DataView },
): number {
  return openLibc().statx(
    directory,
    cString(path),
    flags,
    STATX_BASIC_STATS,
    new Uint8Array(view.buffer as ArrayBuffer),
  );
}

function factsOf(view: DataView): FileFacts {
  const device = [STATX.stx_dev_major, STATX.stx_dev_minor]
    .map((at) => view.getUint32(at, true));
  const inode = view.getBigUint64(STATX.stx_ino, true);
  return {
    kind: KINDS.get(view.getUint16(STATX.stx_mode, true) & S_IFMT) ?? "device",
    place: `${device.join(":")}/${inode}`,
    owner: view.getUint32(STATX.stx_uid, true),
    links: view.getUint32(STATX.stx_nlink, true),
    lengthBytes: Number(view.getBigUint64(STATX.stx_size, true)),
  };
}
