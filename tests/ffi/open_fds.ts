import { F_GETFD } from "../../ffi/constants.ts";
import { openLibc } from "../../ffi/libc.ts";

/** How many file descriptors below 4096 are open, the ones opened through FFI included. */
export function countOpenFds(): number {
  const libc = openLibc();
  let count = 0;
  for (let fd = 0; fd < 4096; fd++) {
    if (libc.fcntl(fd, F_GETFD, 0) >= 0) count++;
  }
  return count;
}
