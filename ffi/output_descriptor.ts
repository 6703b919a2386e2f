import {
  EAGAIN,
  EBADF,
  EINTR,
  ENXIO,
  F_GETFD,
  F_GETFL,
  FD_CLOEXEC,
  FIONREAD,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  O_ACCMODE,
  O_APPEND,
  O_CLOEXEC,
  O_NOCTTY,
  O_NONBLOCK,
  O_RDONLY,
  O_WRONLY,
  POLLERR,
  POLLOUT,
  SEEK_CUR,
} from "./constants.ts";
import { cString } from "./_c_string.ts";
import { checkResult, ErrnoError, errnoWord } from "./errno.ts";
import { descriptorFacts, type FileFacts } from "./file_facts.ts";
import { POLLFD } from "./layout.ts";
import { type Libc, openLibc } from "./libc.ts";

const ONE = 1n;
const AT_ONCE_MS = 0;
/** How late the end of waiting may be noticed: the thread that polls cannot be called back. */
const WAIT_MS = 100;
/** A pipe that `poll(2)` reports as writable takes so many bytes without blocking: PIPE_BUF of `pipe(7)`. */
const PIPE_BUF_BYTES = 4096;
/** Bytes per call where no call blocks, and per `write`: the calling thread has more to do. */
const BURST_BYTES = 1 << 16;
const LAST_OF_STANDARD = 2;

/**
 * A file descriptor that bytes are written to and that never blocks the calling thread, `write(2)`: it waits in
 * `poll(2)` on another thread. One call of `write` at a time.
 */
export class OutputDescriptor implements Disposable {
  readonly #libc: Libc = openLibc();
  readonly #fd: number;
  readonly #kind: FileFacts["kind"];
  /** A descriptor of its own for the same pipe or terminal, which refuses instead of blocking. */
  readonly #ownFd: number | null;
  readonly #view = new DataView(new ArrayBuffer(POLLFD.size));
  readonly #pollfd = new Uint8Array(this.#view.buffer);
  #isClosed = false;

  private constructor(
    fd: number,
    kind: FileFacts["kind"],
    ownFd: number | null,
  ) {
    this.#fd = ownFd ?? fd;
    this.#kind = kind;
    this.#ownFd = ownFd;
    this.#view.setInt32(POLLFD.fd, this.#fd, true);
    this.#view.setInt16(POLLFD.events, POLLOUT, true);
  }

  /**
   * A descriptor that the process was started with, which stays open.
   *
   * @throws {ErrnoError} when it is not open for writing
   */
  static inherited(fd: number): OutputDescriptor {
    const libc = openLibc();
    const syscall = `write to file descriptor ${fd}`;
    const flags = checkResult(syscall, libc.fcntl(fd, F_GETFL, 0));
    // Those that the runtime has opened for itself close on exec; what a shell hands over does not.
    const isOwn = fd > LAST_OF_STANDARD &&
      (libc.fcntl(fd, F_GETFD, 0) & FD_CLOEXEC) !== 0;
    if (isOwn || (flags & O_ACCMODE) === O_RDONLY) {
      throw new ErrnoError(syscall, EBADF);
    }
    const { kind } = descriptorFacts(fd);
    return new OutputDescriptor(fd, kind, reopen(libc, { fd, kind }));
  }

  /**
   * Opens a pipe with a name, a terminal or another device; null for a pipe that nobody reads yet.
   *
   * @throws {ErrnoError} when it cannot be opened for writing
   */
  static open(path: string): OutputDescriptor | null {
    const fd = openLibc().open(
      cString(path),
      O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
    );
    const errno = errnoWord()[0]!;
    if (fd < 0 && errno !== ENXIO) {
      throw new ErrnoError(`open "${path}"`, errno);
    }
    if (fd < 0) return null;
    return new OutputDescriptor(fd, descriptorFacts(fd).kind, fd);
  }

  /** What the kernel knows of the file now. */
  facts(): FileFacts {
    return descriptorFacts(this.#fd);
  }

  /** Where the next byte of a plain file goes. */
  position(): number {
    const libc = this.#libc;
    const isAppending = (libc.fcntl(this.#fd, F_GETFL, 0) & O_APPEND) !== 0;
    return isAppending
      ? this.facts().lengthBytes
      : Math.max(0, Number(libc.lseek(this.#fd, 0n, SEEK_CUR)));
  }

  /**
   * Writes some of the bytes, from the first on, and returns how many: 0 when none were taken within some 100 ms.
   *
   * @throws {ErrnoError} when none can be written
   */
  async write(bytes: Uint8Array): Promise<number> {
    const buffer = bytes as Uint8Array<ArrayBuffer>;
    if (this.#kind === "file") return await this.#writeAside(buffer);
    if (!this.#isWritable()) {
      const { poll_aside } = this.#libc;
      if (await poll_aside(this.#pollfd, ONE, WAIT_MS) <= 0) return 0;
    }
    return this.#writeBurst(buffer);
  }

  /**
   * As `write`, for threads that may sleep: waits for `waitMs` in this thread.
   *
   * @throws {ErrnoError} when none can be written
   */
  writeHere(bytes: Uint8Array, waitMs: number): number {
    const buffer = bytes as Uint8Array<ArrayBuffer>;
    if (this.#libc.poll(this.#pollfd, ONE, waitMs) <= 0) return 0;
    return this.#writeBurst(buffer);
  }

  /** Bytes that lie in a pipe whose last reader has gone; 0 where there is a reader, or no pipe. */
  unreadBytes(): number {
    if (this.#kind !== "pipe") return 0;
    this.#isWritable();
    if ((this.#view.getInt16(POLLFD.revents, true) & POLLERR) === 0) return 0;
    const count = new Int32Array(1);
    const bytes = new Uint8Array(count.buffer);
    const result = this.#libc.ioctl(this.#fd, BigInt(FIONREAD), bytes);
    return result < 0 ? 0 : count[0]!;
  }

  /** Closes what `open` has opened. May be called again. */
  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#ownFd !== null) this.#libc.close(this.#ownFd);
  }

  #isWritable(): boolean {
    return this.#libc.poll(this.#pollfd, ONE, AT_ONCE_MS) > 0;
  }

  /** A disk may be slow, but nobody has to read first. */
  async #writeAside(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    const size = BigInt(bytes.length);
    const length = Number(await this.#libc.write_aside(this.#fd, bytes, size));
    if (length >= 0) return length;
    // The other thread's errno is lost; what failed there fails here too, at once.
    const again = Number(this.#libc.write(this.#fd, bytes, size));
    if (again < 0 && errnoWord()[0] === EINTR) return 0;
    return checkResult("write", again);
  }

  #writeBurst(bytes: Uint8Array<ArrayBuffer>): number {
    // A file may be slow, but waits for nobody.
    const canBlock = this.#ownFd === null && this.#kind !== "socket" &&
      this.#kind !== "file";
    const most = canBlock ? PIPE_BUF_BYTES : BURST_BYTES;
    let at = 0;
    while (at < bytes.length && at < BURST_BYTES) {
      const length = this.#writePiece(bytes.subarray(at, at + most));
      if (length < 0) {
        const errno = errnoWord()[0]!;
        if (at > 0 || errno === EAGAIN || errno === EINTR) break;
        throw new ErrnoError("write", errno);
      }
      at += length;
      if (canBlock && !this.#isWritable()) break;
    }
    return at;
  }

  #writePiece(bytes: Uint8Array<ArrayBuffer>): number {
    const size = BigInt(bytes.length);
    const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    return Number(
      this.#kind === "socket"
        ? this.#libc.send(this.#fd, bytes, size, flags)
        : this.#libc.write(this.#fd, bytes, size),
    );
  }
}

/**
 * A pipe or terminal that several programs share blocks when another one fills it between `poll` and `write`. A
 * descriptor of its own can refuse without changing that of the others; null where the kernel grants none.
 */
function reopen(
  libc: Libc,
  { fd, kind }: { readonly fd: number; readonly kind: FileFacts["kind"] },
): number | null {
  if (kind !== "pipe" && kind !== "device") return null;
  const own = libc.open(
    cString(`/proc/self/fd/${fd}`),
    O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
  );
  return own < 0 ? null : own;
}
