import { addressesOf, callableAt } from "./_by_address.ts";
import { openFirst } from "./_open_first.ts";
import { LIBC_PATHS } from "./library_paths.ts";

// Without `satisfies`, which isolatedDeclarations rejects here: `openFirst` checks the table's type.
const LIBC_SYMBOLS = {
  // char **environ; where it is, not what it holds
  environ: { type: "pointer" },
  // int *__errno_location(void)
  __errno_location: { parameters: [], result: "pointer" },
  // int socket(int domain, int type, int protocol)
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  // int setsockopt(int fd, int level, int name, const void *value, socklen_t length)
  setsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "u32"],
    result: "i32",
  },
  // int getsockopt(int fd, int level, int name, void *value, socklen_t *length)
  getsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "buffer"],
    result: "i32",
  },
  // int bind(int fd, const struct sockaddr *address, socklen_t length)
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  // int connect(int fd, const struct sockaddr *address, socklen_t length)
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  // ssize_t send(int fd, const void *buffer, size_t length, int flags)
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  // The same without data, for sockets that take frames from shared memory; the result fits an int
  send_nothing: {
    name: "send",
    parameters: ["i32", "pointer", "usize", "i32"],
    result: "i32",
  },
  // int getsockname(int fd, struct sockaddr *address, socklen_t *length)
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  // void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
  mmap: {
    parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"],
    result: "i64",
  },
  // int munmap(void *address, size_t length); the address as a number
  munmap: { parameters: ["i64", "usize"], result: "i32" },
  // ssize_t recv(int fd, void *buffer, size_t length, int flags)
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  // ssize_t recvfrom(int fd, void *buffer, size_t length, int flags, struct sockaddr *from, socklen_t *fromLength)
  recvfrom: {
    parameters: ["i32", "buffer", "usize", "i32", "buffer", "buffer"],
    result: "isize",
  },
  // int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
  sendmmsg: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  // int poll(struct pollfd *fds, nfds_t count, int timeout)
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
  // The same in a thread of its own, so that this one goes on
  poll_aside: {
    name: "poll",
    parameters: ["buffer", "u64", "i32"],
    result: "i32",
    nonblocking: true,
  },
  // int close(int fd)
  close: { parameters: ["i32"], result: "i32" },
  // The same, while this thread goes on
  close_aside: {
    name: "close",
    parameters: ["i32"],
    result: "i32",
    nonblocking: true,
  },
  // int fcntl(int fd, int command, ...)
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  // int clock_gettime(clockid_t clock, struct timespec *time)
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  // int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request, struct timespec *remain)
  clock_nanosleep: {
    parameters: ["i32", "i32", "buffer", "pointer"],
    result: "i32",
  },
  // unsigned int if_nametoindex(const char *name)
  if_nametoindex: { parameters: ["buffer"], result: "u32" },
  // void *memcpy(void *to, const void *from, size_t length); `from` is an address read from memory
  memcpy: { parameters: ["buffer", "u64", "usize"], result: "void" },
  // int gethostname(char *name, size_t length)
  gethostname: { parameters: ["buffer", "usize"], result: "i32" },
  // pid_t gettid(void); null in a glibc before 2.30
  gettid: { parameters: [], result: "i32", optional: true },
  // uid_t geteuid(void)
  geteuid: { parameters: [], result: "u32" },
  // int setgroups(size_t count, const gid_t *groups)
  setgroups: { parameters: ["usize", "buffer"], result: "i32" },
  // int setgid(gid_t group)
  setgid: { parameters: ["u32"], result: "i32" },
  // int setuid(uid_t user)
  setuid: { parameters: ["u32"], result: "i32" },
  // int open(const char *path, int flags, ...)
  open: { parameters: ["buffer", "i32"], result: "i32" },
  // int flock(int fd, int operation)
  flock: { parameters: ["i32", "i32"], result: "i32" },
  // ssize_t read(int fd, void *buffer, size_t length)
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  // ssize_t write(int fd, const void *buffer, size_t length)
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  // The same in a thread of its own, so that this one goes on
  write_aside: {
    name: "write",
    parameters: ["i32", "buffer", "usize"],
    result: "isize",
    nonblocking: true,
  },
  // int statx(int directory, const char *path, int flags, unsigned mask, struct statx *facts)
  statx: {
    parameters: ["i32", "buffer", "i32", "u32", "buffer"],
    result: "i32",
  },
  // ssize_t readlink(const char *path, char *target, size_t length)
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "isize" },
  // off_t lseek(int fd, off_t offset, int whence)
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  // int ioctl(int fd, unsigned long request, ...)
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  // int statvfs(const char *path, struct statvfs *space)
  statvfs: { parameters: ["buffer", "buffer"], result: "i32" },
  // int fstatvfs(int fd, struct statvfs *space)
  fstatvfs: { parameters: ["i32", "buffer"], result: "i32" },
  // int getrlimit(int resource, struct rlimit *limit)
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  // int sched_getaffinity(pid_t thread, size_t length, cpu_set_t *mask)
  sched_getaffinity: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  // int sched_setaffinity(pid_t thread, size_t length, const cpu_set_t *mask)
  sched_setaffinity: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  // int unshare(int flags)
  unshare: { parameters: ["i32"], result: "i32" },
  // int setns(int fd, int type)
  setns: { parameters: ["i32", "i32"], result: "i32" },
  // int prctl(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5)
  prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
  // The same for options that store an int: PR_GET_PDEATHSIG
  prctl_get: {
    name: "prctl",
    parameters: ["i32", "buffer", "u64", "u64", "u64"],
    result: "i32",
  },
  // void *dlopen(const char *path, int flags); null in a glibc before 2.34, which has it in libdl
  dlopen: {
    parameters: ["buffer", "i32"],
    result: "pointer",
    optional: true,
  },
} as const;

/** The functions of the C library that this program calls, typed. */
export type Libc = Deno.StaticForeignLibraryInterface<typeof LIBC_SYMBOLS>;

let opened: Libc | null = null;

/**
 * Opens the C library. Each thread opens it once; further calls return the same table. It stays open
 * as long as the thread lives.
 *
 * A function is looked up when it is read from the table for the first time, as a thread uses a few of them. A thread
 * that gives up the right to open libraries calls `completeLibc` before.
 *
 * @throws {Deno.errors.NotCapable} without `--allow-ffi` for the library's path
 * @throws {Deno.errors.NotFound} where no C library is found in the usual places
 */
export function openLibc(): Libc {
  opened ??= openTable();
  return opened;
}

/** Looks all functions of the C library up that this thread may ever call. */
export function completeLibc(): void {
  const libc = openLibc();
  for (const name of NAMES) void libc[name];
}

type LibcName = keyof typeof LIBC_SYMBOLS;

const NAMES = Object.keys(LIBC_SYMBOLS) as readonly LibcName[];

/** What is called often. All others are called through their address. */
const FREQUENT: ReadonlySet<LibcName> = new Set<LibcName>([
  "__errno_location",
  "send",
  "send_nothing",
  "sendmmsg",
  "recv",
  "recvfrom",
  "poll",
  "poll_aside",
  "clock_gettime",
  "clock_nanosleep",
  "memcpy",
  "read",
  "write",
  "write_aside",
  "statx",
]);

/** Functions that were read are properties of the table itself, so that reading them again costs nothing. */
function openTable(): Libc {
  const { __errno_location, environ } = LIBC_SYMBOLS;
  const { path, symbols } = openFirst("the C library", {
    paths: LIBC_PATHS,
    symbols: {
      ...addressesOf(LIBC_SYMBOLS, NAMES.filter((name) => !FREQUENT.has(name))),
      __errno_location,
      environ,
    },
  });
  const addresses = symbols as unknown as Readonly<
    Record<string, Deno.PointerValue>
  >;
  const found = {
    __errno_location: symbols.__errno_location,
    environ: symbols.environ,
  };
  const lookUp = Object.create(null);
  for (const name of NAMES) {
    if (name in found) continue;
    Object.defineProperty(lookUp, name, {
      enumerable: true,
      get(this: Libc): unknown {
        const value = FREQUENT.has(name)
          ? Deno.dlopen(path, { [name]: LIBC_SYMBOLS[name] }).symbols[name]
          : callableAt(
            addresses[name] ?? null,
            name,
            LIBC_SYMBOLS[name] as Deno.ForeignFunction,
          );
        Object.defineProperty(this, name, { value, enumerable: true });
        return value;
      },
    });
  }
  return Object.assign(Object.create(lookUp), found);
}
