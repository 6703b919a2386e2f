import { addressesOf, callablesAt } from "./_by_address.ts";
import { openFirst } from "./_open_first.ts";
import { lastError } from "./_machine_code.ts";
import { ErrnoError } from "./errno.ts";
import { LIBC_PATHS } from "./library_paths.ts";
import { type SyscallName, syscallNumber } from "./syscall_numbers.ts";

/** A table of its own, since only a scan that gives up its rights needs it. */
const SYMBOLS = {
  // int *__errno_location(void)
  __errno_location: { parameters: [], result: "pointer" },
  // void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
  mmap: {
    parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"],
    result: "i64",
  },
  // int mprotect(void *address, size_t length, int protection); the address as a number
  mprotect: { parameters: ["i64", "usize", "i32"], result: "i32" },
  // int sigaction(int signal, const struct sigaction *action, struct sigaction *old_action)
  sigaction: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  // long syscall(long number, ...)
  syscall: {
    parameters: ["i64", "i64", "i64", "i64", "i64", "i64"],
    result: "i64",
  },
  // DIR *opendir(const char *name)
  opendir: { parameters: ["buffer"], result: "pointer" },
  // struct dirent *readdir(DIR *directory)
  readdir: { parameters: ["pointer"], result: "pointer" },
  // int closedir(DIR *directory)
  closedir: { parameters: ["pointer"], result: "i32" },
} as const;

/** Functions of the C library for system calls that it has no function for. */
export type SystemLibc = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

let opened: SystemLibc | null = null;

/** As `openLibc`, for these functions. */
export function openSystemLibc(): SystemLibc {
  opened ??= openTable();
  return opened;
}

function openTable(): SystemLibc {
  const { __errno_location, ...seldom } = SYMBOLS;
  const { symbols } = openFirst("the C library", {
    paths: LIBC_PATHS,
    symbols: {
      ...addressesOf(seldom, Object.keys(seldom)),
      __errno_location,
    },
  });
  const { __errno_location: errno } = symbols;
  return { ...callablesAt(symbols, seldom), __errno_location: errno };
}

/** A system call: its name, up to five arguments, and what it does in words that complete "Cannot …". */
export interface SystemCall {
  readonly act: string;
  readonly name: SyscallName;
  readonly args: readonly bigint[];
}

/**
 * Makes a system call in the calling thread, `syscall(2)`, and returns its result.
 *
 * @throws {ErrnoError} when the kernel refuses; ENOSYS where this processor has no such call
 */
export function systemCall({ act, args, name }: SystemCall): number {
  const libc = openSystemLibc();
  const [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n] = args;
  const result = libc.syscall(numberOf(name, act), a, b, c, d, e);
  if (result < 0n) throw lastError(libc, act);
  return Number(result);
}

/**
 * The number of a system call here.
 *
 * @throws {ErrnoError} ENOSYS where there is none
 */
export function numberOf(name: SyscallName, act: string): bigint {
  const number = syscallNumber(name);
  if (number === null) throw new ErrnoError(act, ENOSYS);
  return BigInt(number);
}

/** <asm-generic/errno.h> */
const ENOSYS = 38;

/** Address of memory that the caller holds for as long as the kernel may read it. */
export function addressOf(memory: Uint8Array<ArrayBuffer>): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(memory));
}
