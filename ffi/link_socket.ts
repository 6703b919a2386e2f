import { attachFilter } from "./_capture_socket.ts";
import { SocketHandle } from "./_socket.ts";
import {
  AF_PACKET,
  EAGAIN,
  EINTR,
  ETH_P_ARP,
  ETH_P_IP,
  ETH_P_IPV6,
  MSG_DONTWAIT,
  POLLIN,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_RAW,
} from "./constants.ts";
import { ErrnoError, errnoWord } from "./errno.ts";
import { SOCKADDR_LL } from "./layout.ts";
import { type Libc, openLibc } from "./libc.ts";

const BUFFER = { forceName: SO_RCVBUFFORCE, name: SO_RCVBUF };
/** Thousands may answer before the thread looks again. */
const BUFFER_BYTES = 4 << 20;

/** Fields of an IPv6 frame, from the start of the Ethernet header, and what they hold in neighbour discovery. */
const NEXT_HEADER_AT = 20;
const ICMPV6 = 58;
const ICMPV6_TYPE_AT = 54;
const NEIGHBOUR_SOLICITATION = 135;
const NEIGHBOUR_ADVERTISEMENT = 136;
/** `struct sock_filter`: code, jump if true, jump if false, operand; `<linux/filter.h>`. */
const LOAD_BYTE = 0x30;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;
const NDP_FILTER = [
  [LOAD_BYTE, 0, 0, NEXT_HEADER_AT],
  [JUMP_IF_EQUAL, 0, 4, ICMPV6],
  [LOAD_BYTE, 0, 0, ICMPV6_TYPE_AT],
  [JUMP_IF_EQUAL, 1, 0, NEIGHBOUR_SOLICITATION],
  [JUMP_IF_EQUAL, 0, 1, NEIGHBOUR_ADVERTISEMENT],
  [RETURN, 0, 0, 0xffff],
  [RETURN, 0, 0, 0],
] as const;
const INSTRUCTION_BYTES = 8;

/** Sends and receives what carries one protocol through one interface: `packet(7)`. */
export class LinkSocket {
  readonly #libc: Libc = openLibc();
  readonly #socket: SocketHandle;

  private constructor(socket: SocketHandle) {
    this.#socket = socket;
  }

  /**
   * Opens a socket for whole Ethernet frames that carry ARP.
   *
   * @throws {ErrnoError} EPERM without CAP_NET_RAW, ENODEV without such an interface
   */
  static openArp(interfaceIndex: number): LinkSocket {
    return LinkSocket.#open(interfaceIndex, SOCK_RAW, ETH_P_ARP, (socket) => {
      socket.setBufferBytes(BUFFER, BUFFER_BYTES);
    });
  }

  /**
   * Opens a socket for whole Ethernet frames, of which it receives neighbour solicitations and advertisements alone:
   * the kernel keeps all other packets of IPv6 away from it.
   *
   * @throws {ErrnoError} as `openArp`
   */
  static openNdp(interfaceIndex: number): LinkSocket {
    return LinkSocket.#open(interfaceIndex, SOCK_RAW, ETH_P_IPV6, (socket) => {
      socket.setBufferBytes(BUFFER, BUFFER_BYTES);
      attachFilter(socket, encodeFilter(NDP_FILTER));
    });
  }

  /**
   * Opens a socket for packets of a version of IP, those that arrive without their link header. Not for sending.
   *
   * @throws {ErrnoError} as `openArp`
   */
  static openIp(interfaceIndex: number, version: 4 | 6): LinkSocket {
    const protocol = version === 6 ? ETH_P_IPV6 : ETH_P_IP;
    return LinkSocket.#open(interfaceIndex, SOCK_DGRAM, protocol, () => {});
  }

  static #open(
    interfaceIndex: number,
    type: number,
    protocol: number,
    prepare: (socket: SocketHandle) => void,
  ): LinkSocket {
    // Protocol 0 until it is bound: nothing from other interfaces gets in.
    const socket = new SocketHandle(AF_PACKET, type | SOCK_CLOEXEC, 0);
    return socket.closeOnError(() => {
      prepare(socket);
      const address = new DataView(new ArrayBuffer(SOCKADDR_LL.size));
      address.setUint16(SOCKADDR_LL.sll_family, AF_PACKET, true);
      address.setUint16(SOCKADDR_LL.sll_protocol, protocol); // network order
      address.setInt32(SOCKADDR_LL.sll_ifindex, interfaceIndex, true);
      socket.bind(new Uint8Array(address.buffer));
      return new LinkSocket(socket);
    });
  }

  /**
   * Sends one frame.
   *
   * @throws {ErrnoError} when the kernel does not take it
   */
  send(frame: Uint8Array<ArrayBuffer>): void {
    if (
      Number(this.#libc.send(this.#socket.fd, frame, BigInt(frame.length), 0)) <
        0
    ) {
      throw new ErrnoError("send frame", errnoWord()[0]!);
    }
  }

  /**
   * Receives one frame, cut off at the buffer's length. Returns its length there, or 0 when none came
   * within `timeoutMs` or a signal ended the wait.
   *
   * @throws {ErrnoError} ENETDOWN when the interface goes down
   */
  receive(buffer: Uint8Array<ArrayBuffer>, timeoutMs: number): number {
    if (!this.#socket.poll(POLLIN, timeoutMs)) return 0;
    const length = BigInt(buffer.length);
    const received = Number(
      this.#libc.recv(this.#socket.fd, buffer, length, MSG_DONTWAIT),
    );
    if (received >= 0) return received;
    const errno = errnoWord()[0]!;
    if (errno === EAGAIN || errno === EINTR) return 0;
    throw new ErrnoError("receive frame", errno);
  }

  /** Closes the socket; further calls do nothing. */
  close(): void {
    this.#socket.close();
  }

  /** As `close`, while this thread goes on: closing takes some 16 ms. */
  closeAside(): void {
    this.#socket.closeAside();
  }

  /** As `close`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function encodeFilter(
  program: typeof NDP_FILTER,
): Uint8Array<ArrayBuffer> {
  const view = new DataView(
    new ArrayBuffer(program.length * INSTRUCTION_BYTES),
  );
  program.forEach(([code, ifTrue, ifFalse, operand], i) => {
    const at = i * INSTRUCTION_BYTES;
    view.setUint16(at, code, true);
    view.setUint8(at + 2, ifTrue);
    view.setUint8(at + 3, ifFalse);
    view.setUint32(at + 4, operand, true);
  });
  return new Uint8Array(view.buffer);
}
