import { SocketHandle } from "./_socket.ts";
import {
  AF_NETLINK,
  EAGAIN,
  EINTR,
  ENOBUFS,
  MSG_DONTWAIT,
  MSG_TRUNC,
  NETLINK_ROUTE,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_RAW,
} from "./constants.ts";
import { ErrnoError, errnoWord } from "./errno.ts";
import { NLMSGHDR, SOCKADDR_NL } from "./layout.ts";
import { type Libc, openLibc } from "./libc.ts";

/** Room for one datagram; the kernel puts one message into each. A link with very many names needs more. */
const RECEIVE_BYTES = 64 * 1024;
/** Kernel memory for messages that wait. */
const SOCKET_BUFFER_BYTES = 1 << 20;

/** What the kernel tells by itself of links, addresses, routes and neighbours that change: `rtnetlink(7)`. */
export class NetlinkMonitor {
  readonly #libc: Libc = openLibc();
  readonly #socket: SocketHandle;
  readonly #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(
    new ArrayBuffer(RECEIVE_BYTES),
  );

  private constructor(socket: SocketHandle) {
    this.#socket = socket;
  }

  /**
   * Subscribes to groups: bits `RTMGRP_…`. Needs no rights.
   *
   * @throws {ErrnoError} when the kernel refuses the socket
   */
  static open(groups: number): NetlinkMonitor {
    const type = SOCK_RAW | SOCK_CLOEXEC;
    const socket = new SocketHandle(AF_NETLINK, type, NETLINK_ROUTE);
    return socket.closeOnError(() => {
      const address = new DataView(new ArrayBuffer(SOCKADDR_NL.size));
      address.setUint16(SOCKADDR_NL.nl_family, AF_NETLINK, true);
      address.setUint32(SOCKADDR_NL.nl_groups, groups, true);
      const names = { forceName: SO_RCVBUFFORCE, name: SO_RCVBUF };
      socket.setBufferBytes(names, SOCKET_BUFFER_BYTES);
      socket.bind(new Uint8Array(address.buffer));
      return new NetlinkMonitor(socket);
    });
  }

  /**
   * Takes the messages that wait, up to `most` datagrams, and gives each to `take`; never waits. The body that
   * `take` sees is valid only until it returns. False when messages were lost: then what they told has to be asked.
   *
   * @throws {ErrnoError} when the socket fails
   */
  receive(
    most: number,
    take: (type: number, body: Uint8Array<ArrayBuffer>) => void,
  ): boolean {
    let isComplete = true;
    for (let count = 0; count < most; count++) {
      const length = BigInt(this.#buffer.length);
      const received = Number(
        this.#libc.recv(
          this.#socket.fd,
          this.#buffer,
          length,
          MSG_DONTWAIT | MSG_TRUNC,
        ),
      );
      if (received < 0) {
        const errno = errnoWord()[0]!;
        if (errno === EAGAIN) break;
        if (errno === EINTR) continue;
        if (errno !== ENOBUFS) {
          throw new ErrnoError("receive netlink message", errno);
        }
        isComplete = false;
      } else if (received > this.#buffer.length) {
        isComplete = false;
      } else this.#split(received, take);
    }
    return isComplete;
  }

  #split(
    received: number,
    take: (type: number, body: Uint8Array<ArrayBuffer>) => void,
  ): void {
    const view = new DataView(this.#buffer.buffer, 0, received);
    for (let at = 0; at + NLMSGHDR.size <= received;) {
      const lengthBytes = view.getUint32(at + NLMSGHDR.nlmsg_len, true);
      if (lengthBytes < NLMSGHDR.size || at + lengthBytes > received) return;
      take(
        view.getUint16(at + NLMSGHDR.nlmsg_type, true),
        this.#buffer.subarray(at + NLMSGHDR.size, at + lengthBytes),
      );
      at += (lengthBytes + 3) & ~3;
    }
  }

  /** Closes the socket; further calls do nothing. */
  close(): void {
    this.#socket.close();
  }

  /** As `close`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
