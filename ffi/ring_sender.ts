// HOT PATH
import { MappedMemory } from "./_mapped_memory.ts";
import { SocketHandle } from "./_socket.ts";
import { MonotonicClock } from "./clock.ts";
import {
  AF_PACKET,
  EAGAIN,
  MSG_DONTWAIT,
  SO_SNDBUF,
  SO_SNDBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_RAW,
  SOL_PACKET,
} from "./constants.ts";
import { errnoWord } from "./errno.ts";
import { SOCKADDR_LL } from "./layout.ts";
import { type Libc, openLibc } from "./libc.ts";
import type { LinkSenderOptions } from "./packet_sender.ts";
import {
  EBADF,
  PACKET_QDISC_BYPASS,
  PACKET_TX_RING,
  PACKET_VERSION,
  TP_STATUS_AVAILABLE,
  TP_STATUS_SEND_REQUEST,
  TP_STATUS_WRONG_FORMAT,
  TPACKET_V2,
} from "./ring_constants.ts";
import { TPACKET2_HDR, TPACKET_REQ } from "./ring_layout.ts";

/** Where the kernel looks for a frame in its slot: `TPACKET2_HDRLEN` without the address that it includes. */
const DATA_AT = TPACKET2_HDR.size;
const STATUS_WORD = TPACKET2_HDR.tp_status / 4;
const LENGTH_WORD = TPACKET2_HDR.tp_len / 4;
/** Rings consist of such pieces; a whole number of pages whatever the page size. */
const BLOCK_BYTES = 1 << 16;
const SMALLEST_STRIDE_BYTES = 128;
/** Pause between two looks at a full ring: some 150 frames at the highest rate measured. */
const PAUSE_NS = 100_000;
const NOTHING = 0n;

/**
 * Sends whole Ethernet frames through one interface from a ring that the kernel reads in place:
 * `packet(7)` socket with PACKET_TX_RING (TPACKET_V2) and PACKET_QDISC_BYPASS, so frames go straight to the
 * driver.
 *
 * What "taken" means. A slot is AVAILABLE; `send` marks it SEND_REQUEST and calls the kernel, which works
 * slots off in order, within that call only. A frame that went to the driver is left SENDING, and becomes
 * AVAILABLE when the device is done with it; a frame that was not is left SEND_REQUEST (or WRONG_FORMAT),
 * and the kernel's place stays at it. So the slots themselves say which frames were taken: those that are
 * neither of the two. The result of the call does not: it is an error even when frames before were taken.
 * Marks of frames that were not taken are withdrawn before `send` returns. The kernel holds on to what it
 * has taken, so closing loses nothing.
 */
export class RingSender {
  /** The memory of all slots. */
  readonly view: DataView;
  /** Number of slots; all of them may be prepared before the first batch. */
  readonly capacity: number;
  readonly #libc: Libc = openLibc();
  readonly #errno: Int32Array = errnoWord();
  readonly #clock = new MonotonicClock();
  readonly #socket: SocketHandle;
  readonly #memory: MappedMemory;
  readonly #words: Uint32Array;
  readonly #mask: number;
  readonly #strideBytes: number;
  readonly #strideWords: number;
  /** Where the kernel looks next. */
  #head = 0;
  /** Where slot 0 of the batch is, and its number of slots. */
  #origin = 0;
  #length = 0;
  /** What the last call of the kernel ended with. */
  #stoppedBy = 0;

  private constructor(
    socket: SocketHandle,
    memory: MappedMemory,
    strideBytes: number,
  ) {
    this.#socket = socket;
    this.#memory = memory;
    this.view = new DataView(memory.buffer);
    this.#words = new Uint32Array(memory.buffer);
    this.capacity = memory.buffer.byteLength / strideBytes;
    this.#mask = this.capacity - 1;
    this.#strideBytes = strideBytes;
    this.#strideWords = strideBytes / 4;
  }

  /**
   * Opens a sender with at least `capacity` slots; the ring's size is a power of two. The socket receives
   * nothing.
   *
   * @throws {ErrnoError} EPERM without CAP_NET_RAW, ENODEV without such an interface, ENOMEM when the kernel
   * has no memory for the ring
   */
  static open(options: LinkSenderOptions): RingSender {
    const strideBytes = ceilPowerOf2(
      Math.max(DATA_AT + options.maxFrameBytes, SMALLEST_STRIDE_BYTES),
    );
    const ringBytes = Math.max(
      ceilPowerOf2(options.capacity) * strideBytes,
      BLOCK_BYTES,
    );
    const socket = new SocketHandle(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    return socket.closeOnError(() => {
      const names = { forceName: SO_SNDBUFFORCE, name: SO_SNDBUF };
      socket.setBufferBytes(names, options.sendBufferBytes);
      setOption(socket, "PACKET_QDISC_BYPASS", PACKET_QDISC_BYPASS, 1);
      setOption(socket, "PACKET_VERSION", PACKET_VERSION, TPACKET_V2);
      const request = new DataView(new ArrayBuffer(TPACKET_REQ.size));
      request.setUint32(TPACKET_REQ.tp_block_size, BLOCK_BYTES, true);
      request.setUint32(TPACKET_REQ.tp_block_nr, ringBytes / BLOCK_BYTES, true);
      request.setUint32(TPACKET_REQ.tp_frame_size, strideBytes, true);
      request.setUint32(TPACKET_REQ.tp_frame_nr, ringBytes / strideBytes, true);
      const value = new Uint8Array(request.buffer);
      setOption(socket, "PACKET_TX_RING", PACKET_TX_RING, value);
      const address = new DataView(new ArrayBuffer(SOCKADDR_LL.size));
      address.setUint16(SOCKADDR_LL.sll_family, AF_PACKET, true);
      address.setInt32(SOCKADDR_LL.sll_ifindex, options.interfaceIndex, true);
      socket.bind(new Uint8Array(address.buffer));
      const mapping = { lengthBytes: ringBytes, offset: 0, what: "send ring" };
      const memory = new MappedMemory(socket.fd, mapping);
      return new RingSender(socket, memory, strideBytes);
    });
  }

  /**
   * Begins a batch: returns how many slots from 0 on may be filled, at most `most`; 0 while the device still
   * reads them all. Every frame of the batch before has to be taken or given up.
   */
  begin(most: number): number {
    const words = this.#words;
    const mask = this.#mask;
    const strideWords = this.#strideWords;
    const origin = this.#head;
    let length = 0;
    while (
      length < most &&
      words[((origin + length) & mask) * strideWords + STATUS_WORD] ===
        TP_STATUS_AVAILABLE
    ) length++;
    this.#origin = origin;
    this.#length = length;
    return length;
  }

  /** Offset in `view` of the first byte of a slot of the batch. */
  frameAt(slot: number): number {
    return ((this.#origin + slot) & this.#mask) * this.#strideBytes + DATA_AT;
  }

  /** Says how long the frame in a slot is; where it goes is in its Ethernet header. */
  setFrame(slot: number, lengthBytes: number, _destination: number): void {
    this.#words[
      ((this.#origin + slot) & this.#mask) * this.#strideWords + LENGTH_WORD
    ] = lengthBytes;
  }

  /**
   * Offers `count` frames from slot `first` on, without waiting. Returns how many the kernel took, or a
   * negative errno when it refused the first: -EAGAIN while the send buffer is full, -ENOBUFS when the
   * driver's queue is full or the interface has no carrier, -ENETDOWN when it is down, -ENXIO when it is gone.
   */
  send(first: number, count: number): number {
    if (this.#socket.fd < 0) return -EBADF;
    if (((this.#origin + first) & this.#mask) !== this.#head) {
      this.#closeGap(first);
    }
    const words = this.#words;
    const mask = this.#mask;
    const strideWords = this.#strideWords;
    const head = this.#head;
    for (let i = 0; i < count; i++) {
      words[((head + i) & mask) * strideWords + STATUS_WORD] =
        TP_STATUS_SEND_REQUEST;
    }
    const result = this.#libc.send_nothing(
      this.#socket.fd,
      null,
      NOTHING,
      MSG_DONTWAIT,
    );
    const errno = result < 0 ? this.#errno[0]! : EAGAIN;
    this.#stoppedBy = errno;
    let taken = 0;
    while (taken < count && this.#isTaken(head + taken)) taken++;
    for (let i = taken; i < count; i++) {
      words[((head + i) & mask) * strideWords + STATUS_WORD] =
        TP_STATUS_AVAILABLE;
    }
    this.#head = (head + taken) & mask;
    return taken > 0 ? taken : -errno;
  }

  #isTaken(position: number): boolean {
    const status = this.#words[
      (position & this.#mask) * this.#strideWords + STATUS_WORD
    ];
    return status !== TP_STATUS_SEND_REQUEST &&
      status !== TP_STATUS_WRONG_FORMAT;
  }

  /** Moves the frames from slot `first` on to where the kernel looks next: those in between were given up. */
  #closeGap(first: number): void {
    const mask = this.#mask;
    const stride = this.#strideBytes;
    const bytes = new Uint8Array(this.#memory.buffer);
    for (let slot = first; slot < this.#length; slot++) {
      const from = ((this.#origin + slot) & mask) * stride;
      const to = ((this.#head + slot - first) & mask) * stride;
      bytes.copyWithin(to, from, from + stride);
    }
    this.#origin = (this.#head - first) & mask;
  }

  /**
   * Sleeps a moment, and until the device has left a slot, at most `timeoutMs`; false when the time is over.
   * With 0: whether something else than a full send buffer stopped the last `send`.
   */
  waitWritable(timeoutMs: number): boolean {
    if (timeoutMs === 0) return this.#stoppedBy !== EAGAIN;
    // poll(2) does not tell: it reports a socket writable while its ring is full.
    const deadlineNs = this.#clock.nowNs() + timeoutMs * 1e6;
    for (;;) {
      const nowNs = this.#clock.nowNs();
      if (nowNs >= deadlineNs) return false;
      this.#clock.sleepUntil(Math.min(nowNs + PAUSE_NS, deadlineNs));
      const at = this.#head * this.#strideWords + STATUS_WORD;
      if (this.#words[at] === TP_STATUS_AVAILABLE) return true;
    }
  }

  /** Nothing is lost by closing: returns 0. */
  drain(_timeoutMs: number): number {
    return 0;
  }

  /** Closes the socket; `send` returns -EBADF and `begin` 0 from then on, and `view` is empty. */
  close(): void {
    this.#socket.close();
    this.#memory.close();
  }

  /** As `close`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function setOption(
  socket: SocketHandle,
  what: string,
  name: number,
  value: number | Uint8Array<ArrayBuffer>,
): void {
  socket.setOption(what, { level: SOL_PACKET, name, value });
}

function ceilPowerOf2(value: number): number {
  return 2 ** Math.ceil(Math.log2(value));
}
