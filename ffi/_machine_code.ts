import { ErrnoError } from "./errno.ts";
import {
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
} from "./ring_constants.ts";

/** What of the C library code is mapped with. */
export const MACHINE_CODE_SYMBOLS = {
  // int *__errno_location(void)
  __errno_location: { parameters: [], result: "pointer" },
  // void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
  mmap: {
    parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"],
    result: "i64",
  },
  // int mprotect(void *address, size_t length, int protection); the address as a number
  mprotect: { parameters: ["i64", "usize", "i32"], result: "i32" },
} as const;
type CodeLibc = Deno.StaticForeignLibraryInterface<typeof MACHINE_CODE_SYMBOLS>;

const MAP_FAILED = -1n;

/** Data lies so far behind the code: a page of the largest size that Linux has on these processors. */
export const DATA_AT = 0x1_0000;

/** Machine code by kind of processor. */
export type MachineCode = Readonly<
  Record<typeof Deno.build.arch, readonly number[]>
>;

/**
 * Address of a signal handler in memory of its own, with its data `DATA_AT` bytes behind it: code cannot be written, data
 * not run. Never given back, as a handler may run at any moment.
 *
 * @throws {ErrnoError} where the kernel permits no memory that holds code
 */
export function mapSignalHandler(libc: CodeLibc, handler: MachineCode): bigint {
  const address = libc.mmap(
    null,
    BigInt(2 * DATA_AT),
    PROT_READ | PROT_WRITE,
    MAP_PRIVATE | MAP_ANONYMOUS,
    -1,
    0n,
  );
  if (address === MAP_FAILED) {
    throw lastError(libc, "map memory for a signal handler");
  }
  const code = Uint8Array.from(handler[Deno.build.arch]);
  const pointer = Deno.UnsafePointer.create(address)!;
  const memory = Deno.UnsafePointerView.getArrayBuffer(pointer, code.length);
  new Uint8Array(memory).set(code);
  const protection = PROT_READ | PROT_EXEC;
  if (libc.mprotect(address, BigInt(DATA_AT), protection) < 0) {
    throw lastError(libc, "make memory executable for a signal handler");
  }
  return address;
}

/** The error that the calling thread's last call has left. */
export function lastError(
  libc: Pick<CodeLibc, "__errno_location">,
  act: string,
): ErrnoError {
  const word = new Deno.UnsafePointerView(libc.__errno_location()!);
  return new ErrnoError(act, word.getInt32());
}
