import { Poll } from "./_poll.ts";
import { EPERM, MSG_DONTWAIT, MSG_ERRQUEUE, SOL_SOCKET } from "./constants.ts";
import { checkResult, ErrnoError } from "./errno.ts";
import { type Libc, openLibc } from "./libc.ts";

/** A socket option, `setsockopt(2)`; a number stands for a C `int`. */
export interface SocketOption {
  readonly level: number;
  readonly name: number;
  readonly value: number | Uint8Array<ArrayBuffer>;
}

/**
 * Sets an option of any socket; `what` names it in the error.
 *
 * @throws {ErrnoError} when the kernel refuses it
 */
export function setSocketOption(
  fd: number,
  what: string,
  option: SocketOption,
): void {
  const { level, name } = option;
  const value = typeof option.value === "number"
    ? new Uint8Array(Int32Array.of(option.value).buffer)
    : option.value;
  checkResult(
    `set ${what}`,
    openLibc().setsockopt(fd, level, name, value, value.length),
  );
}

/** An owned socket, with the calls that all kinds of sockets share. */
export class SocketHandle {
  readonly #libc: Libc = openLibc();
  readonly #poll: Poll;
  #fd: number;

  /** @throws {ErrnoError} when the kernel refuses the socket */
  constructor(domain: number, type: number, protocol: number) {
    this.#fd = checkResult(
      "open socket",
      this.#libc.socket(domain, type, protocol),
    );
    this.#poll = new Poll(this.#fd);
  }

  /** The descriptor; -1 once closed. */
  get fd(): number {
    return this.#fd;
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

  /** @throws {ErrnoError} when the kernel refuses the address */
  bind(address: Uint8Array<ArrayBuffer>): void {
    checkResult(
      "bind socket",
      this.#libc.bind(this.#fd, address, address.length),
    );
  }

  /** @throws {ErrnoError} when the kernel refuses the option */
  setOption(what: string, option: SocketOption): void {
    setSocketOption(this.#fd, what, option);
  }

  /**
   * Sets a buffer size: above the system's limit where CAP_NET_ADMIN allows it (`forceName`), else as
   * large as the limit is (`name`), `socket(7)`.
   */
  setBufferBytes(names: BufferOptionNames, bytes: number): void {
    const option = { level: SOL_SOCKET, value: bytes };
    try {
      this.setOption("socket buffer", { ...option, name: names.forceName });
    } catch (error) {
      if (!(error instanceof ErrnoError) || error.errno !== EPERM) throw error;
      this.setOption("socket buffer", { ...option, name: names.name });
    }
  }

  /** Throws away what the kernel has to say about packets sent before, `recvmsg(2)`: while it waits, `poll` does not. */
  dropErrors(): void {
    const byte = new Uint8Array(1);
    const flags = MSG_ERRQUEUE | MSG_DONTWAIT;
    while (Number(this.#libc.recv(this.#fd, byte, 1n, flags)) >= 0);
  }

  /** As `Poll.wait`. */
  poll(events: number, timeoutMs: number): boolean {
    return this.#poll.wait(events, timeoutMs);
  }

  /** Closes the socket; further calls do nothing. */
  close(): void {
    if (this.#fd < 0) return;
    this.#libc.close(this.#fd);
    this.#fd = -1;
  }

  /** As `close`, but waits for nothing: the kernel takes some 16 ms to close a packet socket, `packet(7)`. */
  closeAside(): void {
    if (this.#fd < 0) return;
    void this.#libc.close_aside(this.#fd);
    this.#fd = -1;
  }
}

/** The two options that set one buffer. */
export interface BufferOptionNames {
  readonly forceName: number;
  readonly name: number;
}
