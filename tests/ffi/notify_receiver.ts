import { SocketHandle } from "../../ffi/_socket.ts";
import {
  AF_UNIX,
  MSG_DONTWAIT,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
} from "../../ffi/constants.ts";
import { openLibc } from "../../ffi/libc.ts";

const MOST_BYTES = 4096;

/** Listens as a service manager does; `address` as in `NOTIFY_SOCKET`. */
export class NotifyReceiver implements Disposable {
  readonly #socket = new SocketHandle(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  constructor(address: string) {
    const name = new TextEncoder().encode(address.replace(/^@/, "\0"));
    const bytes = new Uint8Array(2 + name.length);
    bytes[0] = AF_UNIX;
    bytes.set(name, 2);
    this.#socket.bind(bytes);
  }

  /** The assignments that have come since the last call, without waiting. */
  take(): string[] {
    const taken: string[] = [];
    const bytes = new Uint8Array(MOST_BYTES);
    const { fd } = this.#socket;
    for (;;) {
      const length = Number(
        openLibc().recv(fd, bytes, BigInt(MOST_BYTES), MSG_DONTWAIT),
      );
      if (length < 0) return taken;
      const text = new TextDecoder().decode(bytes.subarray(0, length));
      taken.push(...text.trimEnd().split("\n"));
    }
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
