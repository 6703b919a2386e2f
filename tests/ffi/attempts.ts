import { ErrnoError } from "../../ffi/errno.ts";
import { addressOf, systemCall } from "../../ffi/system_call.ts";
import type { SyscallName } from "../../ffi/syscall_numbers.ts";

/** What a thread tries, and what became of it: "done", or the kernel's name of the error. */
export type Attempts = Readonly<Record<string, string>>;

/** <fcntl.h>, <bits/socket.h>, <sched.h>, <asm/unistd.h> */
const AT_FDCWD = -100n;
const O_WRONLY_CREAT = 0o101n;
const O_WRONLY_NONBLOCK = 0o4001n;
const AF_INET = 2n;
const AF_NETLINK = 16n;
const AF_PACKET = 17n;
const SOCK_STREAM = 1n;
const SOCK_RAW = 3n;
const CLONE_NEWUSER = 0x1000_0000n;
const SIGKILL = 9n;

/**
 * Tries in the calling thread what a scan has no use for; `free` is a path without a file.
 *
 * @param wanted some of it; some of the rest would end the process
 */
export function tryAll(free: string, wanted?: readonly string[]): Attempts {
  const encoder = new TextEncoder();
  const shadow = encoder.encode("/etc/shadow\0");
  const program = encoder.encode("/bin/true\0");
  const path = encoder.encode(`${free}\0`);
  const arrays = new Uint8Array(32);
  const attempts: Readonly<Record<string, [SyscallName, ...bigint[]]>> = {
    "raw socket": ["socket", AF_PACKET, SOCK_RAW, 0n],
    "TCP socket": ["socket", AF_INET, SOCK_STREAM, 0n],
    "netlink socket": ["socket", AF_NETLINK, SOCK_RAW, 0n],
    "connection": ["connect", 0n, addressOf(arrays), 16n],
    "read /etc/shadow": ["openat", AT_FDCWD, addressOf(shadow), 0n],
    "write elsewhere": [
      ...["openat", AT_FDCWD, addressOf(path), O_WRONLY_CREAT] as const,
      0o600n,
    ],
    "write to a pipe": [
      ...["openat", AT_FDCWD, addressOf(path), O_WRONLY_NONBLOCK] as const,
    ],
    "remove a file": ["unlinkat", AT_FDCWD, addressOf(path), 0n],
    "program": ["execve", addressOf(program), addressOf(arrays), 0n],
    "trace": ["ptrace", 0n, 0n, 0n],
    "new user namespace": ["unshare", CLONE_NEWUSER],
    "other namespace": ["setns", 0n, 0n],
    "mount": ["mount", addressOf(path), addressOf(path), 0n],
    "BPF": ["bpf", 0n, addressOf(arrays), 32n],
    "keys": ["keyctl", 0n],
    "signal to others": ["tgkill", 2n, 2n, SIGKILL],
    "code from a file": ["mmap", 0n, 4096n, 5n, 2n, 0n],
  };
  return Object.fromEntries(
    Object.entries(attempts).filter(([what]) =>
      wanted === undefined || wanted.includes(what)
    ).map(([what, [name, ...args]]) => {
      try {
        systemCall({ act: what, name, args });
        return [what, "done"];
      } catch (error) {
        if (!(error instanceof ErrnoError)) throw error;
        return [what, error.code];
      }
    }),
  );
}
