import { cString } from "./_c_string.ts";
import { F_GETFD, RLIMIT_NOFILE, SEEK_CUR } from "./constants.ts";
import { checkResult } from "./errno.ts";
import { RLIMIT, STATVFS } from "./layout.ts";
import { openLibc } from "./libc.ts";

/** Room for 8192 processors, the most that Linux can be built for. */
const CPU_MASK_BYTES = 1024;

/**
 * Numbers of the processors that the calling thread may run on, `sched_getaffinity(2)`.
 *
 * @throws {ErrnoError} when the kernel refuses to tell
 */
export function allowedProcessors(): number[] {
  const mask = new Uint8Array(new ArrayBuffer(CPU_MASK_BYTES));
  checkResult(
    "read processor affinity",
    openLibc().sched_getaffinity(0, BigInt(mask.length), mask),
  );
  const processors: number[] = [];
  mask.forEach((bits, index) => {
    for (let bit = 0; bit < 8; bit++) {
      if ((bits & (1 << bit)) !== 0) processors.push(index * 8 + bit);
    }
  });
  return processors;
}

/**
 * Lets the calling thread run on one processor only, `sched_setaffinity(2)`; threads that it starts later too.
 *
 * @throws {ErrnoError} EINVAL when there is no such processor, or this thread may not use it
 */
export function pinThread(processor: number): void {
  const mask = new Uint8Array(new ArrayBuffer(CPU_MASK_BYTES));
  // A number outside of the mask leaves it empty, which the kernel refuses.
  mask[processor >>> 3] = 1 << (processor & 7);
  checkResult(
    `run on processor ${processor}`,
    openLibc().sched_setaffinity(0, BigInt(mask.length), mask),
  );
}

/**
 * The most descriptors that this process may have open, `getrlimit(2)`; Infinity for no limit.
 *
 * @throws {ErrnoError} when the kernel refuses to tell
 */
export function openFileLimit(): number {
  const limit = new DataView(new ArrayBuffer(RLIMIT.size));
  checkResult(
    "read the limit of open files",
    openLibc().getrlimit(RLIMIT_NOFILE, new Uint8Array(limit.buffer)),
  );
  const current = limit.getBigUint64(RLIMIT.rlim_cur, true);
  return current === 2n ** 64n - 1n ? Infinity : Number(current);
}

/**
 * How many more descriptors this process may open, counted up to `most`: those below its limit that are not in use,
 * `fcntl(2)`.
 *
 * @throws {ErrnoError} when the kernel refuses to tell the limit
 */
export function freeDescriptors(most: number): number {
  const limit = openFileLimit();
  const { fcntl } = openLibc();
  let free = 0;
  for (let fd = 0; fd < limit && free < most; fd++) {
    if (fcntl(fd, F_GETFD, 0) < 0) free++;
  }
  return free;
}

/** Room of a file system, `statvfs(3)`. */
export interface FileSystemSpace {
  /** Bytes that this user may still write. */
  readonly freeBytes: number;
  /** Files that may still be made; Infinity where the file system does not count them. */
  readonly freeFiles: number;
}

/** Room of the file system that a path lies on; null when the path does not lead anywhere. */
export function fileSystemSpace(path: string): FileSystemSpace | null {
  return readSpace((space) => openLibc().statvfs(cString(path), space));
}

/**
 * Room of the file system that standard output is written to; null when that is no file: a terminal, a
 * pipe, or closed.
 */
export function standardOutputSpace(): FileSystemSpace | null {
  const libc = openLibc();
  // Terminals and pipes have no position.
  if (Number(libc.lseek(1, 0n, SEEK_CUR)) < 0) return null;
  return readSpace((space) => libc.fstatvfs(1, space));
}

function readSpace(
  read: (space: Uint8Array<ArrayBuffer>) => number,
): FileSystemSpace | null {
  const view = new DataView(new ArrayBuffer(STATVFS.size));
  if (read(new Uint8Array(view.buffer)) < 0) return null;
  const field = (at: number): number => Number(view.getBigUint64(at, true));
  // File systems without an own count of blocks or files, such as /dev's, report 0 of 0.
  const hasSize = field(STATVFS.f_blocks) > 0;
  const freeFiles = field(STATVFS.f_favail);
  return {
    freeBytes: hasSize
      ? field(STATVFS.f_bavail) * field(STATVFS.f_frsize)
      : Infinity,
    freeFiles: field(STATVFS.f_files) > 0 ? freeFiles : Infinity,
  };
}
