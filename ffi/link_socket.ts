import { SocketHandle } from "./_socket.ts";
import {
  AF_PACKET,
  EAGAIN,
  EINTR,
  ETH_P_ARP,
  ETH_P_IP,
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

const ARP_BUFFER = { forceName: SO_RCVBUFFORCE, name: SO_RCVBUF };
const ARP_BUFFER_BYTES = 4 << 20;

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
    const opened = LinkSocket.#open(interfaceIndex, SOCK_RAW, ETH_P_ARP);
    // Thousands may answer before the thread looks again.
    opened.#socket.setBufferBytes(ARP_BUFFER, ARP_BUFFER_BYTES);
    return opened;
  }

  /**
   * Opens a socket for IPv4 packets, those that arrive without their link header. Not for sending.
   *
   * @throws {ErrnoError} as `openArp`
   */
  static openIpv4(interfaceIndex: number): LinkSocket {
    return LinkSocket.#open(interfaceIndex, SOCK_DGRAM, ETH_P_IP);
  }

  static #open(
    interfaceIndex: number,
    type: number,
    protocol: number,
  ): LinkSocket {
    // Protocol 0 until it is bound: nothing from other interfaces gets in.
    const socket = new SocketHandle(AF_PACKET, type | SOCK_CLOEXEC, 0);
    return socket.closeOnError(() => {
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

  /** As `close`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
