import { F_GETFD } from "../../ffi/constants.ts";
import { descriptorFacts, pathFacts } from "../../ffi/file_facts.ts";
import { openLibc } from "../../ffi/libc.ts";

const MOST_FDS = 4096;

/** How many file descriptors are open, the ones opened through FFI included: in a process that runs one test. */
export function countOpenFds(): number {
  return openFds().length;
}

/** How many file descriptors lead to the file at `path`. Other tests may run in the same process. */
export function countFdsOf(path: string): number {
  const place = pathFacts(path)?.place;
  return openFds().filter((fd) => placeOf(fd) === place).length;
}

/** Undefined where it has just been closed. */
function placeOf(fd: number): string | undefined {
  try {
    return descriptorFacts(fd).place;
  } catch {
    return undefined;
  }
}

function openFds(): number[] {
  const libc = openLibc();
  return Array.from({ length: MOST_FDS }, (_, fd) => fd)
    .filter((fd) => libc.fcntl(fd, F_GETFD, 0) >= 0);
}
