// HOT PATH
import { EAGAIN } from "./constants.ts";
import {
  EBUSY,
  ENOBUFS,
  ENXIO,
  XDP_RING_NEED_WAKEUP,
} from "./ring_constants.ts";
import { XDP_DESC } from "./ring_layout.ts";

const DESC_WORDS = XDP_DESC.size / 4;
const ADDRESS_WORD = XDP_DESC.addr / 4;
const LENGTH_WORD = XDP_DESC.len / 4;
/** Completions are addresses of 64 bits. */
const COMPLETION_WORDS = 2;
/** Answer of `kick` that no system call gives. */
const NOT_CALLED = -1;

/** One ring as a process sees it: its memory, and where in it (in words) what is. */
export interface XdpRing {
  readonly words: Uint32Array;
  readonly producer: number;
  readonly consumer: number;
  readonly flags: number;
  readonly descriptors: number;
}

/** Shape of a queue; `capacity` and `strideBytes` are powers of two. */
export interface XdpQueueOptions {
  readonly send: XdpRing;
  readonly completion: XdpRing;
  /** Number of frames in memory, and of entries in both rings. */
  readonly capacity: number;
  readonly strideBytes: number;
  /**
   * Index at which both rings begin: for tests of what happens 2^32 frames later.
   * @default {0}
   */
  readonly startIndex?: number;
}

/**
 * The book-keeping of an AF_XDP sender, without its system calls: which frames are offered, taken, and free
 * again. A frame is offered by an entry in the send ring, taken when the kernel's index has moved past that
 * entry, and free when the kernel has named it in the completion ring as often as it has taken it. Indices
 * count up and wrap at 2^32.
 *
 * `kick` calls the kernel for the socket, and returns errno or 0.
 */
export class XdpQueue {
  readonly capacity: number;
  readonly #send: XdpRing;
  readonly #completion: XdpRing;
  readonly #mask: number;
  readonly #strideBytes: number;
  readonly #strideShift: number;
  readonly #lengths: Uint32Array;
  /** How often each frame was taken and not yet completed: once, unless it was dropped and taken again. */
  readonly #uses: Uint8Array;
  /** Frames taken and not yet completed. */
  #inFlight = 0;
  /** Index behind the last entry offered, and behind the last one taken. */
  #offered = 0;
  #taken = 0;
  /** Frame of the entry at index `#taken`. */
  #nextFrame = 0;
  /** Index behind the last completion read. */
  #completed = 0;
  /** Where slot 0 of the batch is, and its number of slots. */
  #origin = 0;
  #length = 0;

  constructor(options: XdpQueueOptions) {
    this.capacity = options.capacity;
    this.#send = options.send;
    this.#completion = options.completion;
    this.#mask = options.capacity - 1;
    this.#strideBytes = options.strideBytes;
    this.#strideShift = Math.log2(options.strideBytes);
    this.#lengths = new Uint32Array(options.capacity);
    this.#uses = new Uint8Array(options.capacity);
    const start = options.startIndex ?? 0;
    this.#offered = start;
    this.#taken = start;
    this.#completed = start;
  }

  /** Frames offered and not yet taken. */
  get held(): number {
    return (this.#offered - this.#taken) >>> 0;
  }

  /** Frames taken that the device is not done with, as far as `reap` has seen. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Begins a batch behind the one before: how many slots are free, at most `most`. */
  begin(most: number): number {
    this.reap();
    const mask = this.#mask;
    const uses = this.#uses;
    const origin = (this.#origin + this.#length) & mask;
    let length = 0;
    while (length < most && uses[(origin + length) & mask] === 0) length++;
    this.#origin = origin;
    this.#length = length;
    return length;
  }

  /** Offset of a slot's frame in the frames' memory. */
  frameAt(slot: number): number {
    return ((this.#origin + slot) & this.#mask) * this.#strideBytes;
  }

  setLength(slot: number, lengthBytes: number): void {
    this.#lengths[(this.#origin + slot) & this.#mask] = lengthBytes;
  }

  /**
   * Offers `count` frames from slot `first` on to a kernel that copies frames, and does so within `kick` only.
   * Returns how many it took, more than `count` when more were offered before; or a negative errno when none.
   */
  sendCopies(first: number, count: number, kick: () => number): number {
    const held = this.#offer(first, count, true);
    let taken = 0;
    for (;;) {
      const errno = kick();
      const advanced = this.#advance();
      taken += advanced;
      if (errno === EBUSY) {
        // The last frame was consumed, then dropped; the index moves only when another one was sent.
        if (advanced > 0) taken--;
        else this.#take(1);
        return taken > 0 ? taken : -ENOBUFS;
      }
      if (taken >= held) return taken;
      if (advanced > 0 && errno === EAGAIN) continue; // the most frames of one call
      // No error and nothing taken: there is no such queue any more.
      return taken > 0 ? taken : -(errno || ENXIO);
    }
  }

  /**
   * The same for a driver that takes frames when it likes: waits for it while `isPatient`, which is asked
   * again and again. It reads entries at any time, so what is offered stays as it is.
   */
  sendInPlace(
    first: number,
    count: number,
    kick: () => number,
    isPatient: () => boolean,
  ): number {
    const held = this.#offer(first, count, false);
    let errno = this.needsWakeUp() ? kick() : NOT_CALLED;
    let taken = this.#advance();
    while (errno <= 0 && taken < held && isPatient()) taken += this.#advance();
    if (taken > 0) return taken;
    if (errno === NOT_CALLED) errno = kick(); // says whether the interface is down
    return -(errno || EAGAIN);
  }

  /** How many of the frames offered were taken since the last call of `send…`. */
  settle(): number {
    const taken = this.#advance();
    this.reap();
    return taken;
  }

  /**
   * Offers `count` frames from slot `first` on, those that are offered already among them; returns how many
   * are offered now, which is more than `count` when more were before. With `mayRewrite` the entries of
   * those are written anew, so that they name the frames from `first` on; the kernel must not be reading.
   */
  #offer(first: number, count: number, mayRewrite: boolean): number {
    const mask = this.#mask;
    const { words, descriptors } = this.#send;
    const frame = this.#origin + first;
    const held = this.held;
    const total = Math.max(held, count);
    for (let i = mayRewrite ? 0 : held; i < total; i++) {
      const index = (frame + i) & mask;
      const at = descriptors + ((this.#taken + i) & mask) * DESC_WORDS;
      words[at + ADDRESS_WORD] = index * this.#strideBytes;
      words[at + LENGTH_WORD] = this.#lengths[index]!;
    }
    this.#nextFrame = frame & mask;
    if (total > held) {
      this.#offered = (this.#taken + total) >>> 0;
      Atomics.store(words, this.#send.producer, this.#offered);
    }
    return total;
  }

  /** How many frames the kernel has taken since it was last asked. */
  #advance(): number {
    const index = Atomics.load(this.#send.words, this.#send.consumer);
    const count = (index - this.#taken) | 0;
    if (count <= 0) return 0;
    this.#take(count);
    return count;
  }

  #take(count: number): void {
    const mask = this.#mask;
    const uses = this.#uses;
    for (let i = 0; i < count; i++) {
      uses[(this.#nextFrame + i) & mask]! += 1;
    }
    this.#nextFrame = (this.#nextFrame + count) & mask;
    this.#taken = (this.#taken + count) >>> 0;
    this.#inFlight += count;
  }

  /** Frees the frames that the device is done with. */
  reap(): void {
    const { words, descriptors, producer, consumer } = this.#completion;
    const index = Atomics.load(words, producer);
    const count = (index - this.#completed) >>> 0;
    if (count === 0) return;
    const mask = this.#mask;
    const uses = this.#uses;
    for (let i = 0; i < count; i++) {
      const entry = (this.#completed + i) & mask;
      const address = words[descriptors + entry * COMPLETION_WORDS]!;
      uses[address >>> this.#strideShift]! -= 1;
    }
    this.#inFlight -= count;
    this.#completed = index;
    Atomics.store(words, consumer, index);
  }

  /** Whether the kernel asks to be called before it looks at the send ring. */
  needsWakeUp(): boolean {
    const flags = Atomics.load(this.#send.words, this.#send.flags);
    return (flags & XDP_RING_NEED_WAKEUP) !== 0;
  }
}
