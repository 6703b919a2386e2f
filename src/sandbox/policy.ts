import { PROT_EXEC } from "../../ffi/ring_constants.ts";
import * as c from "../../ffi/sandbox_constants.ts";
import type { SyscallName } from "../../ffi/syscall_numbers.ts";
import type { ArgumentTest, Permission, Policy } from "./program.ts";

/** The kinds of threads: all of the process, and on top of that each worker of a scan. */
export type ThreadKind = "any" | "sender" | "receiver" | "watch";

/** What the policy depends on. */
export interface PolicyOptions {
  /** Of this process, which may signal none but itself. */
  readonly processId: number;
  /** Whether a file is removed at the end: a checkpoint. */
  readonly mayRemoveFiles: boolean;
  /** Whether a named pipe is opened for writing later, once it has a reader. */
  readonly mayOpenPipes: boolean;
  /** Whether connections are taken at a socket that listens already: the server of `--listen`. */
  readonly mayAccept: boolean;
  /** Whether files exchange their names, or are removed: that of `--metrics-file`. */
  readonly mayExchange: boolean;
}

/** Of every thread: memory, time, waiting for each other, signals, and what is open already. */
const COMMON: readonly SyscallName[] = [
  ...["brk", "mprotect", "munmap", "mremap", "madvise", "mincore"] as const,
  ...["pkey_mprotect", "pkey_alloc", "pkey_free"] as const,
  ...["membarrier", "mlock", "munlock", "futex", "rseq"] as const,
  ...["set_robust_list", "get_robust_list", "restart_syscall"] as const,
  ...["sched_yield", "sched_getaffinity", "getcpu"] as const,
  ...["sched_getparam", "sched_getscheduler"] as const,
  ...["rt_sigaction", "rt_sigprocmask", "rt_sigreturn"] as const,
  ...["rt_sigpending", "rt_sigtimedwait", "sigaltstack"] as const,
  ...["getpid", "gettid", "getppid", "getuid", "geteuid"] as const,
  ...["getgid", "getegid", "getrusage", "times", "getrlimit"] as const,
  ...["clock_gettime", "clock_getres", "clock_nanosleep"] as const,
  ...["nanosleep", "gettimeofday", "time", "getrandom", "uname"] as const,
  ...["sysinfo", "poll", "ppoll", "select", "pselect6"] as const,
  ...["epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait"] as const,
  ...["epoll_pwait2", "eventfd2", "timerfd_create"] as const,
  ...["timerfd_settime", "timerfd_gettime", "exit", "exit_group"] as const,
  ...["read", "write", "readv", "writev", "close", "fcntl"] as const,
  ...["fstat", "newfstatat", "statx", "lseek"] as const,
  ...["getsockopt", "setsockopt", "getsockname"] as const,
  ...["capset"] as const, // Nothing is left to be gained.
];

const SENDING: readonly SyscallName[] = [
  ...["sendto", "sendmsg", "sendmmsg"] as const,
];
const RECEIVING: readonly SyscallName[] = [
  ...["recvfrom", "recvmsg", "recvmmsg"] as const,
];

/** Of the thread that answers the clients of `--listen`. */
const ACCEPTING: readonly SyscallName[] = ["accept4"];
const CONNECTIONS: readonly SyscallName[] = ["shutdown", "getpeername"];

/** Of the main thread and of those that work for it: files that are open, and to look what has become of them. */
const FILES: readonly SyscallName[] = [
  ...["pread64", "pwrite64", "ftruncate", "fallocate", "fsync"] as const,
  ...["fdatasync", "sync_file_range", "fadvise64", "flock"] as const,
  ...["fstatfs", "statfs", "stat", "lstat", "access"] as const,
  ...["faccessat", "faccessat2", "readlink", "readlinkat"] as const,
  ...["getcwd", "getdents64", "dup", "pipe2", "shutdown"] as const,
  ...["getpeername"] as const,
];

const NAMESPACES = c.CLONE_NEWNS | c.CLONE_NEWCGROUP | c.CLONE_NEWUTS |
  c.CLONE_NEWIPC | c.CLONE_NEWUSER | c.CLONE_NEWPID | c.CLONE_NEWNET |
  c.CLONE_NEWTIME;
const ALL_BITS = 0xffff_ffff;

/** <fcntl.h>: the bits that say how a file is opened, and made; of both kinds of processor. */
const OPENING = 0o3 | 0o100 | 0o1000;
const WRITE_ONLY = 0o1;

/** What a kind of thread may do while a scan runs. */
export function policyOf(kind: ThreadKind, options: PolicyOptions): Policy {
  const always = [...COMMON, ...callsOf(kind, options)];
  const policy = new Map<SyscallName, Permission>(
    always.map((name) => [name, "always"]),
  );
  // A new thread, but no process, and no namespace.
  const threadBits = (c.CLONE_THREAD | NAMESPACES) >>> 0;
  policy.set("clone", [{ arg: 0, mask: threadBits, value: c.CLONE_THREAD }]);
  // No code out of files: V8 has reserved the memory for its own.
  policy.set("mmap", [{ arg: 2, mask: PROT_EXEC, value: 0 }]);
  policy.set("tgkill", [is(0, options.processId)]);
  policy.set("prlimit64", [is(0, 0)]);
  policy.set("seccomp", [is(0, c.SECCOMP_SET_MODE_FILTER)]);
  policy.set(
    "prctl",
    [
      c.PR_SET_NAME,
      c.PR_SET_VMA,
      c.PR_SET_NO_NEW_PRIVS,
      c.PR_SET_PDEATHSIG,
      c.PR_GET_PDEATHSIG,
    ].map((option) => is(0, option)),
  );
  // What asks a terminal or a socket; not what types for its user.
  policy.set(
    "ioctl",
    [
      c.TCGETS,
      c.TCSETS,
      c.TCSETSW,
      c.TCSETSF,
      c.TIOCGWINSZ,
      c.FIONREAD,
      c.FIONBIO,
      // Of libpcap, where the interface goes down.
      c.SIOCGIFFLAGS,
    ].map((request) => is(1, request)),
  );
  if (kind === "any" && options.mayExchange) {
    policy.set("renameat2", [is(4, c.RENAME_EXCHANGE)]);
  }
  if (kind === "any" && options.mayOpenPipes) {
    policy.set("openat", [{ arg: 2, mask: OPENING, value: WRITE_ONLY }]);
  }
  return policy;
}

function callsOf(
  kind: ThreadKind,
  { mayAccept, mayExchange, mayRemoveFiles }: PolicyOptions,
): readonly SyscallName[] {
  switch (kind) {
    case "any":
      return [
        ...[...SENDING, ...RECEIVING, ...FILES],
        ...mayRemoveFiles || mayExchange ? ["unlink", "unlinkat"] as const : [],
        ...mayAccept ? ACCEPTING : [],
      ];
    case "sender":
      // What the kernel refused arrives in a queue of errors.
      return [...SENDING, ...RECEIVING];
    case "receiver":
      return RECEIVING;
    case "watch":
      return [...SENDING, ...RECEIVING, ...ACCEPTING, ...CONNECTIONS];
  }
}

function is(arg: number, value: number): ArgumentTest {
  return { arg, mask: ALL_BITS, value };
}
