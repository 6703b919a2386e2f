import { MessageBatch } from "./_message_batch.ts";
import { SocketHandle } from "./_socket.ts";
import {
  AF_INET,
  POLLOUT,
  SO_RCVBUF,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOL_SOCKET,
} from "./constants.ts";
import { checkResult } from "./errno.ts";
import { SOCKADDR_IN } from "./layout.ts";
import { openLibc } from "./libc.ts";

const LOOPBACK_ADDRESS = 0x7f00_0001;

/**
 * Sends datagrams to a socket of its own, which never reads and soon drops all: `udp(7)` over the loopback
 * interface. What it costs is close to what sending to an interface costs, and it needs no rights.
 */
export class LoopbackSender {
  readonly view: DataView;
  readonly capacity: number;
  readonly #sender: SocketHandle;
  readonly #drain: SocketHandle;
  readonly #batch: MessageBatch;

  private constructor(
    sockets: { sender: SocketHandle; drain: SocketHandle },
    batch: MessageBatch,
  ) {
    this.view = batch.view;
    this.capacity = batch.capacity;
    this.#sender = sockets.sender;
    this.#drain = sockets.drain;
    this.#batch = batch;
  }

  /** @throws {ErrnoError} ENETUNREACH and the like where the loopback interface is down */
  static open(
    options: { readonly capacity: number; readonly maxFrameBytes: number },
  ): LoopbackSender {
    const batch = new MessageBatch({ ...options, family: null });
    const drain = new SocketHandle(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return drain.closeOnError(() => {
      const address = new DataView(new ArrayBuffer(SOCKADDR_IN.size));
      address.setUint16(SOCKADDR_IN.sin_family, AF_INET, true);
      address.setUint32(SOCKADDR_IN.sin_addr, LOOPBACK_ADDRESS);
      const bytes = new Uint8Array(address.buffer);
      drain.bind(bytes);
      drain.setOption("SO_RCVBUF", {
        level: SOL_SOCKET,
        name: SO_RCVBUF,
        value: 0, // the kernel's minimum
      });
      const libc = openLibc();
      const length = Uint32Array.of(bytes.length);
      checkResult(
        "read a socket's address",
        libc.getsockname(drain.fd, bytes, length),
      );
      const sender = new SocketHandle(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      return sender.closeOnError(() => {
        checkResult(
          "connect a socket",
          libc.connect(sender.fd, bytes, bytes.length),
        );
        return new LoopbackSender({ sender, drain }, batch);
      });
    });
  }

  /** As the other senders. */
  begin(most: number): number {
    return Math.min(most, this.capacity);
  }

  /** Offset in `view` of the first byte of a slot. */
  frameAt(slot: number): number {
    return slot * this.#batch.strideBytes;
  }

  /** Says how long the datagram in a slot is. */
  setFrame(slot: number, lengthBytes: number, _destination: number): void {
    this.#batch.setLength(slot, lengthBytes);
  }

  /** As the other senders. */
  send(first: number, count: number): number {
    return this.#batch.send(this.#sender, first, count);
  }

  /** As the other senders; a socket to oneself always has room soon. */
  waitWritable(timeoutMs: number): boolean {
    return this.#sender.poll(POLLOUT, timeoutMs);
  }

  /** Nothing is lost by closing: returns 0. */
  drain(_timeoutMs: number): number {
    return 0;
  }

  /** Closes both sockets; further calls do nothing. */
  close(): void {
    this.#sender.close();
    this.#drain.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
