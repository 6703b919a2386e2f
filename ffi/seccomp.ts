import { ErrnoError } from "./errno.ts";
import { SOCK_FPROG } from "./ring_layout.ts";
import {
  SECCOMP_FILTER_FLAG_SPEC_ALLOW,
  SECCOMP_FILTER_FLAG_TSYNC,
  SECCOMP_SET_MODE_FILTER,
} from "./sandbox_constants.ts";
import { addressOf, systemCall } from "./system_call.ts";

const INSTRUCTION_BYTES = 8;

/** Which threads a filter is for. */
export type FilteredThreads = "calling" | "all";

/**
 * Has the kernel judge each system call by a program from now on, `seccomp(2)`: for good, and in addition to the
 * programs that are there. Needs `no_new_privs`, which "all" sets in all threads, too.
 *
 * @param program instructions of `struct sock_filter`, <linux/filter.h>
 * @throws {ErrnoError} when the kernel refuses, or has no such filters
 */
export function filterSystemCalls(
  program: Uint8Array<ArrayBuffer>,
  threads: FilteredThreads,
): void {
  const header = new DataView(new ArrayBuffer(SOCK_FPROG.size));
  const length = program.length / INSTRUCTION_BYTES;
  header.setUint16(SOCK_FPROG.len, length, true);
  header.setBigUint64(SOCK_FPROG.filter, addressOf(program), true);
  const bytes = new Uint8Array(header.buffer);
  const sync = threads === "all" ? SECCOMP_FILTER_FLAG_TSYNC : 0;
  try {
    // Else kernels before 5.16 run the thread slower than before.
    install(bytes, sync | SECCOMP_FILTER_FLAG_SPEC_ALLOW);
  } catch (error) {
    // A kernel before 4.17 does not know that.
    if (!(error instanceof ErrnoError) || error.code !== "EINVAL") throw error;
    install(bytes, sync);
  }
}

function install(header: Uint8Array<ArrayBuffer>, flags: number): void {
  const act = "filter system calls";
  const unsynced = systemCall({
    act,
    name: "seccomp",
    args: [BigInt(SECCOMP_SET_MODE_FILTER), BigInt(flags), addressOf(header)],
  });
  // With "all", the number of a thread that has other programs.
  if (unsynced > 0) throw new ErrnoError(act, ESRCH);
}

/** <asm-generic/errno.h> */
const ESRCH = 3;
