import { SocketHandle } from "./_socket.ts";
import {
  AF_NETLINK,
  EINTR,
  MSG_PEEK,
  MSG_TRUNC,
  NETLINK_ROUTE,
  NLM_F_DUMP_INTR,
  NLM_F_MULTI,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_NOOP,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_RAW,
} from "./constants.ts";
import { ErrnoError, errnoWord } from "./errno.ts";
import { NLMSGERR, NLMSGHDR, SOCKADDR_NL } from "./layout.ts";
import { type Libc, openLibc } from "./libc.ts";

/** One message of an answer. */
export interface NetlinkMessage {
  /** What it is about: `RTM_…` in `<linux/rtnetlink.h>`. */
  readonly type: number;
  /** The message behind its `struct nlmsghdr`: a family's structure, then attributes. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Receive buffer at the start; the kernel sizes the parts of a dump by it. */
const RECEIVE_BYTES = 64 * 1024;
/** Kernel memory for answers that wait. */
const SOCKET_BUFFER_BYTES = 1 << 20;
/** How often a dump is begun anew because the table changed meanwhile. */
const DUMP_TRIES = 8;

/** Questions to the kernel about links, addresses, routes, queues and firewalls: `netlink(7)`, `rtnetlink(7)`. */
export class NetlinkSocket {
  readonly #libc: Libc = openLibc();
  readonly #socket: SocketHandle;
  #buffer: Uint8Array<ArrayBuffer>;
  #sequence = 0;

  private constructor(socket: SocketHandle, receiveBytes: number) {
    this.#socket = socket;
    this.#buffer = new Uint8Array(receiveBytes);
  }

  /**
   * Opens a socket whose receive buffer has this size at first, to this part of the kernel: `NETLINK_…`.
   *
   * @throws {ErrnoError} when the kernel refuses the socket, or lacks that part
   */
  static open(
    receiveBytes: number = RECEIVE_BYTES,
    protocol: number = NETLINK_ROUTE,
  ): NetlinkSocket {
    const socket = new SocketHandle(
      AF_NETLINK,
      SOCK_RAW | SOCK_CLOEXEC,
      protocol,
    );
    return socket.closeOnError(() => {
      const address = new DataView(new ArrayBuffer(SOCKADDR_NL.size));
      address.setUint16(SOCKADDR_NL.nl_family, AF_NETLINK, true);
      socket.bind(new Uint8Array(address.buffer));
      const names = { forceName: SO_RCVBUFFORCE, name: SO_RCVBUF };
      socket.setBufferBytes(names, SOCKET_BUFFER_BYTES);
      return new NetlinkSocket(socket, receiveBytes);
    });
  }

  /**
   * Asks and returns the whole answer: one message, or with `NLM_F_DUMP` in `flags` all of a table, in
   * parts of any number and size. Messages that `keep` turns down are not copied, which matters for
   * tables of a million routes; the body that `keep` sees is valid only until it returns.
   *
   * @throws {ErrnoError} when the kernel answers with an error; EINTR when the table never held still
   */
  request(
    type: number,
    flags: number,
    body: Uint8Array,
    keep: (body: Uint8Array<ArrayBuffer>) => boolean = () => true,
  ): NetlinkMessage[] {
    for (let tries = 0; tries < DUMP_TRIES; tries++) {
      this.#send(type, flags, body);
      const answer: NetlinkMessage[] = [];
      if (this.#collect(keep, answer)) return answer;
    }
    throw new ErrnoError(`read netlink table (message type ${type})`, EINTR);
  }

  #send(type: number, flags: number, body: Uint8Array): void {
    this.#sequence = (this.#sequence + 1) >>> 0;
    const message = new Uint8Array(
      new ArrayBuffer(NLMSGHDR.size + body.length),
    );
    const view = new DataView(message.buffer);
    view.setUint32(NLMSGHDR.nlmsg_len, message.length, true);
    view.setUint16(NLMSGHDR.nlmsg_type, type, true);
    view.setUint16(NLMSGHDR.nlmsg_flags, flags | NLM_F_REQUEST, true);
    view.setUint32(NLMSGHDR.nlmsg_seq, this.#sequence, true);
    message.set(body, NLMSGHDR.size);
    const fd = this.#socket.fd;
    if (Number(this.#libc.send(fd, message, BigInt(message.length), 0)) < 0) {
      throw new ErrnoError("send netlink request", errnoWord()[0]!);
    }
  }

  /** Receives parts up to the end of the answer; false when the table changed while it was read. */
  #collect(
    keep: (body: Uint8Array<ArrayBuffer>) => boolean,
    answer: NetlinkMessage[],
  ): boolean {
    let isConsistent = true;
    for (;;) {
      const partBytes = this.#receive();
      const view = new DataView(this.#buffer.buffer, 0, partBytes);
      for (let at = 0; at + NLMSGHDR.size <= partBytes;) {
        const lengthBytes = view.getUint32(at + NLMSGHDR.nlmsg_len, true);
        if (lengthBytes < NLMSGHDR.size || at + lengthBytes > partBytes) {
          throw new Error(
            `Cannot read netlink message of ${lengthBytes} bytes`,
          );
        }
        if (view.getUint32(at + NLMSGHDR.nlmsg_seq, true) === this.#sequence) {
          const flags = view.getUint16(at + NLMSGHDR.nlmsg_flags, true);
          if ((flags & NLM_F_DUMP_INTR) !== 0) isConsistent = false;
          const type = view.getUint16(at + NLMSGHDR.nlmsg_type, true);
          const body = this.#buffer.subarray(
            at + NLMSGHDR.size,
            at + lengthBytes,
          );
          if (type === NLMSG_DONE || type === NLMSG_ERROR) {
            throwOnError(body);
            return isConsistent;
          }
          if (type !== NLMSG_NOOP && keep(body)) {
            answer.push({ type, body: body.slice() });
          }
          if ((flags & NLM_F_MULTI) === 0) return isConsistent;
        }
        at += (lengthBytes + 3) & ~3;
      }
    }
  }

  /** Receives one datagram whole, whatever its size. */
  #receive(): number {
    const waiting = this.#receiveOnce(MSG_PEEK | MSG_TRUNC);
    if (waiting > this.#buffer.length) {
      this.#buffer = new Uint8Array(new ArrayBuffer(waiting));
    }
    return this.#receiveOnce(MSG_TRUNC);
  }

  #receiveOnce(flags: number): number {
    for (;;) {
      const length = BigInt(this.#buffer.length);
      const received = Number(
        this.#libc.recv(this.#socket.fd, this.#buffer, length, flags),
      );
      if (received >= 0) return received;
      const errno = errnoWord()[0]!;
      if (errno !== EINTR) {
        throw new ErrnoError("receive netlink answer", errno);
      }
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

/** Both ends of an answer may carry a negative errno. */
function throwOnError(body: Uint8Array<ArrayBuffer>): void {
  if (body.length < 4) return;
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const error = view.getInt32(NLMSGERR.error, true);
  if (error < 0) throw new ErrnoError("query the kernel over netlink", -error);
}
