// HOT PATH
import type { SocketHandle } from "./_socket.ts";
import { XdpQueue } from "./_xdp_queue.ts";
import {
  openXdpSocket,
  type XdpSenderOptions,
  type XdpSocket,
} from "./_xdp_socket.ts";
import { MonotonicClock } from "./clock.ts";
import { EAGAIN, EINTR, ENETDOWN, MSG_DONTWAIT } from "./constants.ts";
import { errnoWord } from "./errno.ts";
import { type Libc, openLibc } from "./libc.ts";
import { EBADF, EBUSY, ENOBUFS, ENOMEM, ENXIO } from "./ring_constants.ts";

/** Pause between two looks at a full queue. */
const PAUSE_NS = 100_000;
/** How long `send` watches a driver in zero-copy mode take frames: several times what a wake-up takes. */
const WATCH_NS = 20_000;
const NOTHING = 0n;
/** Errors that pass by themselves. After any other the socket is of no use. */
const PASSING_ERRORS: ReadonlySet<number> = new Set([
  EINTR,
  ENXIO,
  EAGAIN,
  ENOMEM,
  EBUSY,
  ENETDOWN,
  ENOBUFS,
]);

/**
 * Sends whole Ethernet frames through one queue of an interface: AF_XDP socket with a send ring only
 * (`linux/Documentation/networking/af_xdp.rst`). No BPF program is needed to send.
 *
 * What "taken" means. In copy mode the kernel works the send ring off within `send`, copies each frame and
 * passes it to the driver: taken is what its index has moved past, but for a last frame that it consumed and
 * then dropped (EBUSY), which is offered anew. In zero-copy mode the driver takes entries whenever it likes,
 * and reads frames until it completes them. Entries cannot be withdrawn: those that were offered and refused
 * stay with the kernel, so that a later `send` may return more than its `count`.
 */
export class XdpSender {
  /** The memory of all slots. */
  readonly view: DataView;
  /** Number of slots; all of them may be prepared before the first batch. */
  readonly capacity: number;
  /** What the kernel says of the socket: whether the driver reads frames in place. */
  readonly isZeroCopy: boolean;
  readonly #libc: Libc = openLibc();
  readonly #errno: Int32Array = errnoWord();
  readonly #clock = new MonotonicClock();
  readonly #parts: XdpSocket;
  readonly #socket: SocketHandle;
  readonly #queue: XdpQueue;
  #closedBy = EBADF;
  /** What the last call of the kernel ended with. */
  #stoppedBy = 0;
  /** Until when a driver in zero-copy mode is watched. */
  #deadlineNs = 0;
  /** Calls the kernel; returns errno, 0 for none. Closures that are made once. */
  readonly #kick = (): number => {
    const fd = this.#socket.fd;
    const result = this.#libc.send_nothing(fd, null, NOTHING, MSG_DONTWAIT);
    this.#stoppedBy = result < 0 ? this.#errno[0]! : 0;
    return this.#stoppedBy;
  };
  readonly #isPatient = (): boolean => this.#clock.nowNs() < this.#deadlineNs;

  private constructor(parts: XdpSocket) {
    this.#parts = parts;
    this.#socket = parts.socket;
    this.view = parts.frames;
    this.isZeroCopy = parts.isZeroCopy;
    this.#queue = new XdpQueue(parts);
    this.capacity = this.#queue.capacity;
  }

  /**
   * Opens a sender with at least `capacity` slots, a power of two. The socket receives nothing.
   *
   * @throws {ErrnoError} EPERM without CAP_NET_RAW, EAFNOSUPPORT when the kernel has no AF_XDP, ENODEV without
   * such an interface, EINVAL without such a queue, EBUSY when it is taken, ENOBUFS when the limit of locked
   * memory (`ulimit -l`) is too low
   */
  static open(options: XdpSenderOptions): XdpSender {
    return new XdpSender(openXdpSocket(options));
  }

  /**
   * Begins a batch: returns how many slots from 0 on may be filled, at most `most`; 0 while the device still
   * reads them all. Every frame of the batch before has to be taken or given up.
   */
  begin(most: number): number {
    return this.#socket.fd < 0 ? 0 : this.#queue.begin(most);
  }

  /** Offset in `view` of the first byte of a slot of the batch. */
  frameAt(slot: number): number {
    return this.#queue.frameAt(slot);
  }

  /** Says how long the frame in a slot is; where it goes is in its Ethernet header. */
  setFrame(slot: number, lengthBytes: number, _destination: number): void {
    this.#queue.setLength(slot, lengthBytes);
  }

  /**
   * Offers `count` frames from slot `first` on, without waiting. Returns how many the kernel took, which is
   * more than `count` when more were offered before; or a negative errno when it took none: -EAGAIN while the
   * driver's queue is full, -ENOBUFS without carrier, -ENETDOWN when the interface is down, -ENXIO when it is
   * gone. A longer frame than the interface's MTU allows is taken and lost: check before.
   */
  send(first: number, count: number): number {
    if (this.#socket.fd < 0) return -this.#closedBy;
    this.#queue.reap();
    const result = this.isZeroCopy
      ? this.#sendInPlace(first, count)
      : this.#queue.sendCopies(first, count, this.#kick);
    if (result < 0 && !PASSING_ERRORS.has(-result)) {
      // What is offered could still be sent by a later call, uncounted; with the socket it goes.
      this.close();
      this.#closedBy = ENXIO;
    }
    return result;
  }

  #sendInPlace(first: number, count: number): number {
    this.#deadlineNs = this.#clock.nowNs() + WATCH_NS;
    return this.#queue.sendInPlace(first, count, this.#kick, this.#isPatient);
  }

  /**
   * Sleeps a moment, at most `timeoutMs`. With 0: whether something else than a full send buffer or queue
   * stopped the last `send`.
   */
  waitWritable(timeoutMs: number): boolean {
    if (timeoutMs === 0) return this.#stoppedBy !== EAGAIN;
    // poll(2) would send what is offered, and not say how it went.
    const waitNs = Math.min(PAUSE_NS, timeoutMs * 1e6);
    this.#clock.sleepUntil(this.#clock.nowNs() + waitNs);
    return true;
  }

  /**
   * Waits until closing loses nothing, at most `timeoutMs`. Returns by how much the number of frames taken
   * has changed: those that were offered and are taken now, less those taken that closing will lose. In copy
   * mode that is 0: what the kernel has copied is on its way, what is only offered stays here.
   */
  drain(timeoutMs: number): number {
    const queue = this.#queue;
    if (!this.isZeroCopy || this.#socket.fd < 0) return 0;
    const deadlineNs = this.#clock.nowNs() + timeoutMs * 1e6;
    let late = 0;
    for (;;) {
      late += queue.settle();
      if (queue.held + queue.inFlight === 0) return late;
      if (this.#clock.nowNs() >= deadlineNs) return late - queue.inFlight;
      if (queue.needsWakeUp()) this.#kick();
      this.#clock.sleepUntil(this.#clock.nowNs() + PAUSE_NS);
    }
  }

  /** Closes the socket; `send` returns -EBADF and `begin` 0 from then on. */
  close(): void {
    this.#parts.close();
  }

  /** As `close`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
