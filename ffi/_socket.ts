import { EPERM, SOL_SOCKET } from "./constants.ts";
import { checkResult, ErrnoError } from "./errno.ts";
import { POLLFD } from "./layout.ts";
import { type Libc, openLibc } from "./libc.ts";

const ONE = 1n;

/** An owned file descriptor of a socket, with the calls that all kinds of sockets share. */
export class SocketHandle {
  readonly #libc: Libc = openLibc();
  readonly #pollFd = new DataView(new ArrayBuffer(POLLFD.size));
  readonly #pollBytes = new Uint8Array(this.#pollFd.buffer);
  #fd: number;

  /** @throws {ErrnoError} when the kernel refuses the socket */
  constructor(domain: number, type: number, protocol: number) {
    this.#fd = checkResult("open socket", this.#libc.socket(domain, type, protocol));
    this.#pollFd.setInt32(POLLFD.fd, this.#fd, true);
  }

  /** The descriptor; -1 once closed. */
  get fd(): number {
    return this.#fd;
  }

  /** @throws {ErrnoError} when the kernel refuses the address */
  bind(address: Uint8Array<ArrayBuffer>): void {
    checkResult("bind socket", this.#libc.bind(this.#fd, address, address.length));
  }

  /** @throws {ErrnoError} named after `what` when the kernel refuses the option */
  setOption(what: string, option: SocketOption): void {
    const value = typeof option.value === "number"
      ? new Uint8Array(Int32Array.of(option.value).buffer)
      : option.value;
    checkResult(
      `set ${what}`,
      this.#libc.setsockopt(this.#fd, option.level, option.name, value, value.length),
    );
  }

  /**
   * Sets a buffer size: above the system's limit where CAP_NET_ADMIN allows it (`forceName`), else as
   * large as the limit is (`name`), `socket(7)`.
   */
  setBufferBytes(
    names: { readonly forceName: number; readonly name: number },
    bytes: number,
  ): void {
    try {
      this.setOption("socket buffer", { level: SOL_SOCKET, name: names.forceName, value: bytes });
    } catch (error) {
      if (!(error instanceof ErrnoError) || error.errno !== EPERM) throw error;
      this.setOption("socket buffer", { level: SOL_SOCKET, name: names.name, value: bytes });
    }
  }

  /** Sleeps until one of `events` (or an error) is there, at most `timeoutMs`; false when the time is over. */
  poll(events: number, timeoutMs: number): boolean {
    this.#pollFd.setInt16(POLLFD.events, events, true);
    return this.#libc.poll(this.#pollBytes, ONE, timeoutMs) > 0;
  }

  /** Runs the rest of an `open`; closes the socket when that throws. */
  closeOnError<T>(open: () => T): T {
    try {
      return open();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    if (this.#fd < 0) return;
    this.#libc.close(this.#fd);
    this.#fd = -1;
  }
}

/** A socket option, `setsockopt(2)`; a number stands for a C `int`. */
export interface SocketOption {
  readonly level: number;
  readonly name: number;
  readonly value: number | Uint8Array<ArrayBuffer>;
}
