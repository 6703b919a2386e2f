// HOT PATH
import { MessageBatch } from "./_message_batch.ts";
import { SocketHandle } from "./_socket.ts";
import {
  AF_INET,
  AF_INET6,
  AF_PACKET,
  IP_RECVERR,
  IPPROTO_IPV6,
  IPPROTO_RAW,
  IPV6_HDRINCL,
  IPV6_RECVERR,
  POLLOUT,
  SO_BINDTODEVICE,
  SO_BROADCAST,
  SO_SNDBUF,
  SO_SNDBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_RAW,
  SOL_IP,
  SOL_SOCKET,
} from "./constants.ts";
import { SOCKADDR_LL } from "./layout.ts";

/** What a sender is opened with, whatever it sends. */
export interface SenderOptions {
  /** Number of slots, which is the most frames per system call; the kernel takes at most 1024 at once. */
  readonly capacity: number;
  /** Longest frame that a slot has to hold. */
  readonly maxFrameBytes: number;
  /** Kernel memory for frames on their way to the device, overhead included. */
  readonly sendBufferBytes: number;
}

/** How a sender of Ethernet frames is opened. */
export interface LinkSenderOptions extends SenderOptions {
  /** The interface that frames leave through. */
  readonly interfaceIndex: number;
}

/** How a sender of IP packets is opened. */
export interface IpSenderOptions extends SenderOptions {
  /** The interface that packets have to leave through: "lo" for addresses of this host. */
  readonly interfaceName: string;
  /**
   * The kernel's number of it, for link-local targets of IPv6.
   *
   * @default 0: the interface by its name alone
   */
  readonly interfaceIndex?: number;
  /**
   * Version of the packets.
   *
   * @default 4
   */
  readonly version?: 4 | 6;
}

const SEND_BUFFER = { forceName: SO_SNDBUFFORCE, name: SO_SNDBUF };

/**
 * Sends through a socket that copies what it is given, `sendmmsg(2)`: whole Ethernet frames (`openLink`) or IP packets
 * of one version (`openIp`). The kernel has copied every frame that it took when `send` returns.
 */
export class SocketSender {
  /** The memory of all slots. */
  readonly view: DataView;
  /** Number of slots. */
  readonly capacity: number;
  readonly #socket: SocketHandle;
  readonly #batch: MessageBatch;
  readonly #strideBytes: number;

  private constructor(socket: SocketHandle, batch: MessageBatch) {
    this.view = batch.view;
    this.capacity = batch.capacity;
    this.#socket = socket;
    this.#batch = batch;
    this.#strideBytes = batch.strideBytes;
  }

  /**
   * Opens a sender of Ethernet frames through one interface: `packet(7)` socket, which receives nothing.
   *
   * @throws {ErrnoError} EPERM without CAP_NET_RAW, ENODEV without such an interface
   */
  static openLink(options: LinkSenderOptions): SocketSender {
    const batch = new MessageBatch({ ...options, family: null });
    const socket = new SocketHandle(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    return socket.closeOnError(() => {
      const address = new DataView(new ArrayBuffer(SOCKADDR_LL.size));
      address.setUint16(SOCKADDR_LL.sll_family, AF_PACKET, true);
      address.setInt32(SOCKADDR_LL.sll_ifindex, options.interfaceIndex, true);
      socket.bind(new Uint8Array(address.buffer));
      socket.setBufferBytes(SEND_BUFFER, options.sendBufferBytes);
      return new SocketSender(socket, batch);
    });
  }

  /**
   * Opens a sender of IP packets that leaves link headers and neighbours to the kernel: `raw(7)` socket, which
   * receives nothing. For interfaces without Ethernet header, targets on the link, and loopback. In IPv4 packets the
   * kernel fills in the header checksum, the total length, and an identification of 0; in IPv6 packets nothing.
   *
   * @throws {ErrnoError} EPERM without CAP_NET_RAW, ENODEV without such an interface
   */
  static openIp(options: IpSenderOptions): SocketSender {
    const family = options.version === 6 ? AF_INET6 : AF_INET;
    const scopeId = options.interfaceIndex ?? 0;
    const batch = new MessageBatch({ ...options, family, scopeId });
    const socket = new SocketHandle(
      family,
      SOCK_RAW | SOCK_CLOEXEC,
      IPPROTO_RAW,
    );
    return socket.closeOnError(() => {
      socket.setOption("SO_BINDTODEVICE", {
        level: SOL_SOCKET,
        name: SO_BINDTODEVICE,
        value: new TextEncoder().encode(options.interfaceName),
      });
      if (family === AF_INET6) {
        socket.setOption("IPV6_HDRINCL", {
          level: IPPROTO_IPV6,
          name: IPV6_HDRINCL,
          value: 1,
        });
      } else {
        // Broadcast addresses of the link may be among the targets.
        socket.setOption("SO_BROADCAST", {
          level: SOL_SOCKET,
          name: SO_BROADCAST,
          value: 1,
        });
      }
      // Without it the kernel keeps quiet when a queue, a filter or the neighbour table drops a packet.
      socket.setOption(
        family === AF_INET6 ? "IPV6_RECVERR" : "IP_RECVERR",
        family === AF_INET6
          ? { level: IPPROTO_IPV6, name: IPV6_RECVERR, value: 1 }
          : { level: SOL_IP, name: IP_RECVERR, value: 1 },
      );
      socket.setBufferBytes(SEND_BUFFER, options.sendBufferBytes);
      return new SocketSender(socket, batch);
    });
  }

  /**
   * Begins a batch: returns how many slots from 0 on may be filled, at most `most`. All of them: the kernel
   * copies frames.
   */
  begin(most: number): number {
    return Math.min(most, this.capacity);
  }

  /** Offset in `view` of the first byte of a slot. */
  frameAt(slot: number): number {
    return slot * this.#strideBytes;
  }

  /**
   * Says how long what is in a slot is, and to which address of IPv4 (host order) the kernel has to bring a packet.
   * Packets of IPv6 go where they say themselves; they have to be complete before.
   */
  setFrame(slot: number, lengthBytes: number, destination: number): void {
    this.#batch.setLength(slot, lengthBytes);
    this.#batch.setDestination(slot, destination);
  }

  /**
   * Offers `count` frames from slot `first` on, without waiting. Returns how many the kernel took, or a
   * negative errno when it refused the first: -EAGAIN while the send buffer is full, -ENOBUFS when a queue or
   * the neighbour table is, -ENETDOWN when the interface is down, -ENETUNREACH without a route.
   */
  send(first: number, count: number): number {
    const taken = this.#batch.send(this.#socket, first, count);
    // What IP_RECVERR adds to a refusal says no more than its errno.
    if (taken < count) this.#socket.dropErrors();
    return taken;
  }

  /** Sleeps until the send buffer has room, at most `timeoutMs`; false when the time is over. */
  waitWritable(timeoutMs: number): boolean {
    return this.#socket.poll(POLLOUT, timeoutMs);
  }

  /** Nothing is lost by closing: returns 0. */
  drain(_timeoutMs: number): number {
    return 0;
  }

  /** Closes the socket; `send` returns -EBADF from then on. */
  close(): void {
    this.#socket.close();
  }

  /** As `close`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
