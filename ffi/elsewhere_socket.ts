import { attachFilter, bind } from "./_capture_socket.ts";
import { SocketHandle } from "./_socket.ts";
import {
  AF_PACKET,
  ETH_P_IP,
  ETH_P_IPV6,
  MSG_DONTWAIT,
  MSG_TRUNC,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
} from "./constants.ts";
import { SOCKADDR_LL } from "./layout.ts";
import { type Libc, openLibc } from "./libc.ts";

/** Longest part of a packet that is kept. */
const PACKET_BYTES = 2048;
const LENGTH = BigInt(PACKET_BYTES);
/** Kernel memory for packets that wait: some 5,000 short ones. */
const BUFFER_BYTES = 4 << 20;
const BUFFER = { forceName: SO_RCVBUFFORCE, name: SO_RCVBUF };

/** `<linux/if_ether.h>` */
const PROTOCOLS = { 4: ETH_P_IP, 6: ETH_P_IPV6 } as const;

/**
 * IP packets of one family that arrive at any interface and pass a filter, without their link header: `packet(7)` socket. What
 * the filter rejects costs two instructions or so; packets that this machine sends do not come by.
 */
export class ElsewhereSocket {
  /** The current packet; valid until the next `next()`. */
  readonly view: DataView;
  readonly #libc: Libc = openLibc();
  readonly #socket: SocketHandle;
  readonly #bytes = new Uint8Array(new ArrayBuffer(PACKET_BYTES));
  readonly #from = new Uint8Array(new ArrayBuffer(SOCKADDR_LL.size));
  readonly #fromView = new DataView(this.#from.buffer);
  readonly #fromLength = new Uint32Array(1);
  #wireBytes = 0;

  private constructor(socket: SocketHandle) {
    this.#socket = socket;
    this.view = new DataView(this.#bytes.buffer);
  }

  /**
   * Opens it for a version of IP, with a filter program for packets without link header, `struct sock_filter` one
   * after the other.
   *
   * @throws {ErrnoError} EPERM without CAP_NET_RAW
   */
  static open(
    program: Uint8Array<ArrayBuffer>,
    version: 4 | 6,
  ): ElsewhereSocket {
    // Without a protocol it receives nothing until the filter is in place.
    const socket = new SocketHandle(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return socket.closeOnError(() => {
      attachFilter(socket, program);
      socket.setBufferBytes(BUFFER, BUFFER_BYTES);
      bind(socket, 0, PROTOCOLS[version]);
      return new ElsewhereSocket(socket);
    });
  }

  /** Bytes that the current packet had; more than there are in `view` when it was cut off. */
  get wireBytes(): number {
    return this.#wireBytes;
  }

  /** Number of the interface that the current packet came to. */
  get interfaceIndex(): number {
    return this.#fromView.getInt32(SOCKADDR_LL.sll_ifindex, true);
  }

  /** Fetches the next packet without waiting: its bytes in `view`, 0 when none is there. */
  next(): number {
    this.#fromLength[0] = this.#from.length;
    this.#wireBytes = Math.max(
      0,
      Number(
        this.#libc.recvfrom(
          this.#socket.fd,
          this.#bytes,
          LENGTH,
          MSG_DONTWAIT | MSG_TRUNC,
          this.#from,
          this.#fromLength,
        ),
      ),
    );
    return Math.min(this.#wireBytes, PACKET_BYTES);
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
