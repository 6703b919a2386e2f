// HOT PATH
import {
  boundIndex,
  type CaptureSocket,
  type CaptureSocketOptions,
  openCaptureSocket,
  socketError,
} from "./_capture_socket.ts";
import { PacedPoll } from "./_paced_poll.ts";
import { ENETDOWN, SOL_PACKET } from "./constants.ts";
import { errnoText } from "./errno.ts";
import { type Libc, openLibc } from "./libc.ts";
import * as r from "./ring_constants.ts";
import {
  SOCKADDR_LL_TYPES,
  TPACKET3_HDR,
  TPACKET_BLOCK_DESC,
  TPACKET_STATS_V3,
} from "./ring_layout.ts";

/** What and how to capture. */
export interface PacketCaptureOptions extends CaptureSocketOptions {
  /** Bytes kept of each packet; what the filter lets through has to be cut to that too. */
  readonly snapLengthBytes: number;
}

const BLOCK_STATUS_WORD = TPACKET_BLOCK_DESC.block_status / 4;
const BLOCK_PACKETS_WORD = TPACKET_BLOCK_DESC.num_pkts / 4;
const BLOCK_FIRST_WORD = TPACKET_BLOCK_DESC.offset_to_first_pkt / 4;
const NEXT_WORD = TPACKET3_HDR.tp_next_offset / 4;
const SECONDS_WORD = TPACKET3_HDR.tp_sec / 4;
const NANOSECONDS_WORD = TPACKET3_HDR.tp_nsec / 4;
const CAPTURED_WORD = TPACKET3_HDR.tp_snaplen / 4;
const WIRE_WORD = TPACKET3_HDR.tp_len / 4;
const STATUS_WORD = TPACKET3_HDR.tp_status / 4;
const MAC_WORD = TPACKET3_HDR.tp_mac / 4;
const TAG_WORD = TPACKET3_HDR.tp_vlan_tci / 4;
const TAG_PROTOCOL_WORD = TPACKET3_HDR.tp_vlan_tpid / 4;
const ADDRESS_AT = Math.ceil(TPACKET3_HDR.size / r.TPACKET_ALIGNMENT) *
  r.TPACKET_ALIGNMENT;
const PACKET_TYPE_AT = ADDRESS_AT + SOCKADDR_LL_TYPES.sll_pkttype;

/** Bytes of both addresses of an Ethernet header, and of a VLAN tag behind them. */
const ADDRESSES_BYTES = 12;
const TAG_BYTES = 4;

/**
 * Packets that arrive at an interface, without libpcap: `packet(7)` socket with a TPACKET_V3 ring, a ring of
 * blocks that the kernel fills one after the other and hands over when full or after 10 ms. Filtered in the
 * kernel. Packets that this machine sends are left out; VLAN tags, which the kernel takes off, are put back as
 * libpcap does.
 */
export class PacketCapture {
  /** The current packet's captured bytes from offset 0; overwritten by `next`. */
  readonly view: DataView;
  /** `<pcap/dlt.h>` number of the packets' link type: Ethernet, or IP without a link header. */
  readonly linkType: number;
  /** How long a packet may wait for others before `next` gives it: 10 ms and two ticks of a kernel's slowest clock. */
  readonly holdMs = 30;
  readonly #libc: Libc = openLibc();
  readonly #parts: CaptureSocket;
  readonly #poll: PacedPoll;
  /** The ring; bytes and words of the same memory. */
  readonly #ring: Uint8Array;
  readonly #words: Uint32Array;
  readonly #blockWords: number;
  readonly #blockCount: number;
  /** The copy of the current packet. It starts as far behind a word as packets do in the ring. */
  readonly #copy: Uint8Array;
  readonly #copyWords: Uint32Array;
  readonly #copyAt: number;
  readonly #snapLengthBytes: number;
  /** The block being read, the word where its next packet starts, and how many packets are left in it. */
  #block = 0;
  #packet = 0;
  #left = 0;
  #seconds = 0;
  #microseconds = 0;
  #wireBytes = 0;
  #failure: string | null = null;
  readonly #stat = new Uint32Array(TPACKET_STATS_V3.size / 4);
  readonly #statLength = new Uint32Array(1);
  #received = 0;
  #dropped = 0;

  private constructor(parts: CaptureSocket, snapLengthBytes: number) {
    this.#parts = parts;
    this.linkType = parts.linkType;
    this.#poll = new PacedPoll(parts.socket.fd);
    this.#ring = new Uint8Array(parts.memory.buffer);
    this.#words = new Uint32Array(parts.memory.buffer);
    this.#blockWords = parts.blockBytes / 4;
    this.#blockCount = this.#ring.length / parts.blockBytes;
    this.#snapLengthBytes = snapLengthBytes;
    // The kernel aligns what follows the link header.
    this.#copyAt = parts.linkType === r.DLT_EN10MB ? -r.ETH_HLEN & 3 : 0;
    const copy = new ArrayBuffer(
      Math.ceil((this.#copyAt + snapLengthBytes + TAG_BYTES) / 4) * 4,
    );
    this.#copyWords = new Uint32Array(copy);
    this.#copy = new Uint8Array(copy, this.#copyAt);
    this.view = new DataView(copy, this.#copyAt);
  }

  /**
   * Starts capturing.
   *
   * @throws {ErrnoError} EPERM without CAP_NET_RAW, ENODEV without such an interface, ENETDOWN when it is down,
   * ENOMEM when the kernel has no memory for the ring
   */
  static open(options: PacketCaptureOptions): PacketCapture {
    return new PacketCapture(
      openCaptureSocket(options),
      options.snapLengthBytes,
    );
  }

  /** Capture time of the current packet: Unix seconds. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Capture time of the current packet: microseconds within the second. */
  get microseconds(): number {
    return this.#microseconds;
  }

  /** Length of the current packet on the wire, link header included. */
  get wireBytes(): number {
    return this.#wireBytes;
  }

  /**
   * Fetches the next packet without waiting. Returns how many of its bytes were captured, 0 when no block is
   * waiting, -1 on an error.
   */
  next(): number {
    const words = this.#words;
    for (;;) {
      if (this.#left === 0 && !this.#openBlock()) {
        return this.#failure === null ? 0 : -1;
      }
      const packet = this.#packet;
      this.#packet += words[packet + NEXT_WORD]! >>> 2;
      this.#left--;
      const isOutgoing =
        this.#ring[packet * 4 + PACKET_TYPE_AT] === r.PACKET_OUTGOING;
      const captured = isOutgoing ? 0 : this.#read(packet);
      if (this.#left === 0) this.#leaveBlock();
      if (captured > 0) return captured;
    }
  }

  #openBlock(): boolean {
    const at = this.#block * this.#blockWords;
    const words = this.#words;
    if (words.length === 0) return false;
    if (
      (Atomics.load(words, at + BLOCK_STATUS_WORD) & r.TP_STATUS_USER) === 0
    ) {
      return false;
    }
    this.#left = words[at + BLOCK_PACKETS_WORD]!;
    this.#packet = at + (words[at + BLOCK_FIRST_WORD]! >>> 2);
    if (this.#left === 0) this.#leaveBlock();
    return this.#left > 0;
  }

  #leaveBlock(): void {
    const at = this.#block * this.#blockWords + BLOCK_STATUS_WORD;
    Atomics.store(this.#words, at, r.TP_STATUS_KERNEL);
    this.#block = this.#block + 1 === this.#blockCount ? 0 : this.#block + 1;
  }

  /** Copies the packet whose header is at a word of the ring; returns how many bytes it has. */
  #read(packet: number): number {
    const words = this.#words;
    this.#seconds = words[packet + SECONDS_WORD]!;
    this.#microseconds = (words[packet + NANOSECONDS_WORD]! / 1000) | 0;
    this.#wireBytes = words[packet + WIRE_WORD]!;
    const captured = Math.min(
      words[packet + CAPTURED_WORD]!,
      this.#snapLengthBytes,
    );
    const at = packet * 4 + (words[packet + MAC_WORD]! & 0xffff);
    if (
      (at & 3) !== this.#copyAt ||
      (words[packet + STATUS_WORD]! & r.TP_STATUS_VLAN_VALID) !== 0
    ) return this.#readSlowly(packet, at, captured);
    const from = at >>> 2;
    const count = (this.#copyAt + captured + 3) >>> 2;
    const copy = this.#copyWords;
    for (let i = 0; i < count; i++) copy[i] = words[from + i]!;
    return captured;
  }

  /** The same for a packet that lies otherwise, or has lost a VLAN tag. */
  #readSlowly(packet: number, at: number, captured: number): number {
    const words = this.#words;
    const status = words[packet + STATUS_WORD]!;
    const isTagged = (status & r.TP_STATUS_VLAN_VALID) !== 0 &&
      this.linkType === r.DLT_EN10MB && captured >= ADDRESSES_BYTES;
    const copy = this.#copy;
    const tagAt = isTagged ? ADDRESSES_BYTES : captured;
    for (let i = 0; i < captured; i++) {
      copy[i < tagAt ? i : i + TAG_BYTES] = this.#ring[at + i]!;
    }
    if (!isTagged) return captured;
    const protocol = (status & r.TP_STATUS_VLAN_TPID_VALID) !== 0
      ? words[packet + TAG_PROTOCOL_WORD]! & 0xffff
      : r.ETH_P_8021Q;
    this.view.setUint16(tagAt, protocol);
    this.view.setUint16(tagAt + 2, words[packet + TAG_WORD]! & 0xffff);
    this.#wireBytes += TAG_BYTES;
    return Math.min(captured + TAG_BYTES, this.#snapLengthBytes);
  }

  /** What the last error was. */
  lastError(): string {
    return this.#failure ?? "";
  }

  /**
   * Sleeps until packets are there, about `timeoutMs` at most. Packets that come soon after the last
   * wake-up are left to gather.
   */
  wait(timeoutMs: number): void {
    if (this.#failure !== null) return;
    const isAwake = this.#poll.wait(timeoutMs);
    if (isAwake && (this.#poll.events & r.POLLERR) !== 0) this.#checkError();
  }

  /** An interface that is down comes up again, and the capture goes on; one that is gone does not. */
  #checkError(): void {
    const { socket, interfaceIndex } = this.#parts;
    const errno = socketError(socket);
    if (errno === 0) return;
    if (boundIndex(socket) !== interfaceIndex) {
      this.#failure = "The interface disappeared";
    } else if (errno !== ENETDOWN) {
      this.#failure = `Cannot capture: ${errnoText(errno)}`;
    }
  }

  /**
   * Writes totals since `open` to `out`: packets that passed the filter (those dropped after it included),
   * packets dropped because the ring was full, and 0: what the interface drops, its own counters say.
   */
  stats(out: Float64Array): void {
    this.#statLength[0] = this.#stat.byteLength;
    const isRead = this.#parts.socket.fd >= 0 &&
      this.#libc.getsockopt(
          this.#parts.socket.fd,
          SOL_PACKET,
          r.PACKET_STATISTICS,
          this.#stat,
          this.#statLength,
        ) === 0;
    if (isRead) {
      // The kernel starts again at 0 with each reading.
      this.#received += this.#stat[TPACKET_STATS_V3.tp_packets / 4]!;
      this.#dropped += this.#stat[TPACKET_STATS_V3.tp_drops / 4]!;
    }
    out[0] = this.#received;
    out[1] = this.#dropped;
    out[2] = 0;
  }

  /** Ends the capture; the packet in `view` stays readable. */
  close(): void {
    this.#failure = "capture is closed";
    this.#left = 0;
    this.#parts.socket.close();
    this.#parts.memory.close();
  }

  /** As `close`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
