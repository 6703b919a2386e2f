import { EAGAIN, EINTR, POLLIN } from "./constants.ts";
import { checkResult, errnoWord } from "./errno.ts";
import { POLLFD } from "./layout.ts";
import { type Libc, openLibc } from "./libc.ts";

const ONE = 1n;
/** How late the end of waiting may be noticed: the thread that polls cannot be called back. */
const WAIT_MS = 100;

/** A file descriptor that the process was started with, to be read from, `read(2)`. Does not own it. */
export class InputDescriptor {
  readonly #libc: Libc = openLibc();
  readonly #fd: number;
  readonly #view = new DataView(new ArrayBuffer(POLLFD.size));
  readonly #pollfd = new Uint8Array(this.#view.buffer);

  constructor(fd: number) {
    this.#fd = fd;
    this.#view.setInt32(POLLFD.fd, fd, true);
    this.#view.setInt16(POLLFD.events, POLLIN, true);
  }

  /**
   * Waits some 100 ms for bytes without blocking the calling thread, and reads what is there into `buffer`. Returns
   * how many, 0 at the end, or null when nothing has come yet.
   *
   * @throws {ErrnoError} when the descriptor is closed or cannot be read from
   */
  async read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null> {
    const ready = await this.#libc.poll_aside(this.#pollfd, ONE, WAIT_MS);
    // A signal to the other thread ends its waiting early.
    if (ready <= 0) return null;
    const size = BigInt(buffer.length);
    const length = Number(this.#libc.read(this.#fd, buffer, size));
    const errno = errnoWord()[0]!;
    if (length < 0 && (errno === EINTR || errno === EAGAIN)) return null;
    return checkResult(`read file descriptor ${this.#fd}`, length);
  }
}
