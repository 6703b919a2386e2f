import assert from "node:assert/strict";
import fc from "fast-check";
import { XdpQueue, type XdpRing } from "../../ffi/_xdp_queue.ts";

const CAPACITY = 16;
const STRIDE_BYTES = 128;
const PRODUCER = 0;
const CONSUMER = 1;
const FLAGS = 2;
const DESCRIPTORS = 4;
const NEED_WAKEUP = 1;
const EAGAIN = 11;
const EBUSY = 16;
const ENETDOWN = 100;
/** Close to where indices wrap, so that they do within a test. */
const START = 2 ** 32 - 20;

/** What becomes of the next frame: sent, refused since the driver is busy, or consumed and dropped. */
type Fate = "sent" | "busy" | "dropped";

function makeRing(entryWords: number): XdpRing {
  const words = new Uint32Array(DESCRIPTORS + CAPACITY * entryWords);
  words[FLAGS] = NEED_WAKEUP;
  words[PRODUCER] = START;
  words[CONSUMER] = START;
  return {
    words,
    producer: PRODUCER,
    consumer: CONSUMER,
    flags: FLAGS,
    descriptors: DESCRIPTORS,
  };
}

/** The kernel's side of both rings, as `net/xdp/xsk.c` has it in Linux 6.18. */
class FakeKernel {
  readonly send = makeRing(4);
  readonly completion = makeRing(2);
  /** Frames that left, each named by address and length. */
  readonly sent: string[] = [];
  isDown = false;
  budget = CAPACITY;
  #taken = START;
  #known = START;
  #completed = START;
  /** Frames that the device still reads. */
  #reading: number[] = [];

  /** `__xsk_generic_xmit`: the copying way. */
  copy(fate: () => Fate): number {
    if (this.isDown) return ENETDOWN;
    const words = this.send.words;
    let isAnySent = false;
    let errno = 0;
    for (let left = this.budget;; left--) {
      if (this.#known === this.#taken) this.#known = words[PRODUCER]!;
      if (this.#known === this.#taken) break;
      if (left === 0) {
        errno = EAGAIN;
        break;
      }
      const next = this.#hasRoom() ? fate() : "busy";
      if (next === "busy") {
        errno = EAGAIN;
        break;
      }
      this.#take(next === "sent");
      if (next === "dropped") {
        errno = EBUSY;
        break;
      }
      isAnySent = true;
    }
    if (isAnySent) words[CONSUMER] = this.#taken;
    return errno;
  }

  /** A driver that takes up to `most` entries itself. */
  takeInPlace(most: number): void {
    const words = this.send.words;
    for (let i = 0; i < most && this.#taken !== words[PRODUCER]; i++) {
      if (!this.#hasRoom()) break;
      this.#take(true);
    }
    words[CONSUMER] = this.#taken;
  }

  /** Whether one more completion fits: the kernel reserves its place before it takes a frame. */
  #hasRoom(): boolean {
    const unread = this.#completed - this.completion.words[CONSUMER]! >>> 0;
    return this.#reading.length + unread < CAPACITY;
  }

  #take(isSent: boolean): void {
    const at = DESCRIPTORS + (this.#taken % CAPACITY) * 4;
    const [address, , length] = this.send.words.subarray(at, at + 3);
    if (isSent) this.sent.push(`${address} ${length}`);
    this.#reading.push(address!);
    this.#taken = (this.#taken + 1) >>> 0;
  }

  /** The device is done with some of the frames, in any order. */
  complete(count: number, seed: number): void {
    for (let i = 0; i < count && this.#reading.length > 0; i++) {
      const [address] = this.#reading.splice(seed % this.#reading.length, 1);
      const entry = this.#completed % CAPACITY;
      this.completion.words[DESCRIPTORS + entry * 2] = address!;
      this.#completed = (this.#completed + 1) >>> 0;
    }
    this.completion.words[PRODUCER] = this.#completed;
  }

  isReading(address: number): boolean {
    return this.#reading.includes(address);
  }
}

/** A sender that fills batches and offers them as `SendLoop` does; it checks each count against the kernel. */
class Sender {
  readonly kernel = new FakeKernel();
  readonly queue = new XdpQueue({
    capacity: CAPACITY,
    strideBytes: STRIDE_BYTES,
    startIndex: START,
    send: this.kernel.send,
    completion: this.kernel.completion,
  });
  readonly expected: string[] = [];
  #number = 0;
  #first = 0;
  #filled = 0;

  begin(most: number): void {
    if (this.#first < this.#filled) return;
    const free = this.queue.begin(most);
    assert.ok(free <= most);
    for (let slot = 0; slot < free; slot++) {
      const address = this.queue.frameAt(slot);
      assert.ok(!this.kernel.isReading(address), "frame is free");
      const lengthBytes = 60 + this.#number++ % 60;
      this.queue.setLength(slot, lengthBytes);
      this.expected.push(`${address} ${lengthBytes}`);
    }
    this.#first = 0;
    this.#filled = free;
  }

  offer(count: number, send: (first: number, count: number) => number): void {
    const wanted = Math.min(count, this.#filled - this.#first);
    if (wanted === 0) return;
    this.queue.reap();
    const before = this.kernel.sent.length;
    const held = this.queue.held;
    const result = send(this.#first, wanted);
    assert.notEqual(result, 0);
    assert.ok(result <= Math.max(wanted, held));
    const taken = Math.max(result, 0);
    assert.equal(this.kernel.sent.length - before, taken, "count is exact");
    this.#first += taken;
  }

  get isDone(): boolean {
    return this.#first === this.#filled;
  }
}

const steps = fc.array(
  fc.record({
    most: fc.integer({ min: 1, max: CAPACITY }),
    offers: fc.array(fc.integer({ min: 1, max: CAPACITY }), { maxLength: 4 }),
    completions: fc.nat(CAPACITY),
    seed: fc.nat(1000),
    isDown: fc.boolean(),
    budget: fc.integer({ min: 1, max: CAPACITY }),
    fates: fc.array(
      fc.constantFrom<Fate>("sent", "sent", "sent", "busy", "dropped"),
      { maxLength: 12 },
    ),
    takes: fc.array(fc.nat(CAPACITY), { maxLength: 6 }),
  }),
  { maxLength: 40 },
);

Deno.test("XdpQueue.sendCopies() sends each frame once, in order, and counts it exactly", () => {
  fc.assert(fc.property(steps, (all) => {
    const sender = new Sender();
    const { kernel, queue } = sender;
    for (const step of all) {
      const fates = [...step.fates];
      const fate = (): Fate => fates.shift() ?? "sent";
      kernel.isDown = step.isDown;
      kernel.budget = step.budget;
      sender.begin(step.most);
      for (const count of step.offers) {
        sender.offer(
          count,
          (first, wanted) =>
            queue.sendCopies(first, wanted, () => kernel.copy(fate)),
        );
      }
      kernel.complete(step.completions, step.seed);
    }
    kernel.isDown = false;
    while (!sender.isDone) {
      kernel.complete(CAPACITY, 0);
      sender.offer(
        CAPACITY,
        (first, wanted) =>
          queue.sendCopies(first, wanted, () => kernel.copy(() => "sent")),
      );
    }
    assert.deepEqual(kernel.sent, sender.expected);
    kernel.complete(CAPACITY, 0);
    queue.reap();
    assert.equal(queue.inFlight, 0);
    assert.equal(queue.held, 0);
    assert.equal(queue.begin(CAPACITY), CAPACITY);
  }));
});

Deno.test("XdpQueue.sendInPlace() counts what the driver has taken, whenever it takes it", () => {
  fc.assert(fc.property(steps, (all) => {
    const sender = new Sender();
    const { kernel, queue } = sender;
    for (const step of all) {
      const takes = [...step.takes];
      const work = (): number => {
        const most = takes.shift() ?? 0;
        if (step.isDown) return ENETDOWN;
        kernel.takeInPlace(most);
        return 0;
      };
      kernel.send.words[FLAGS] = step.seed % 2;
      sender.begin(step.most);
      for (const count of step.offers) {
        sender.offer(
          count,
          (first, wanted) =>
            queue.sendInPlace(first, wanted, work, () => {
              const isPatient = takes.length > 0;
              work();
              return isPatient;
            }),
        );
      }
      kernel.complete(step.completions, step.seed);
    }
    const left = sender.expected.length - kernel.sent.length;
    const held = queue.held;
    kernel.takeInPlace(CAPACITY);
    assert.equal(queue.settle(), held, "what was offered last is taken late");
    assert.ok(held <= left);
    assert.deepEqual(
      kernel.sent,
      sender.expected.slice(0, kernel.sent.length),
    );
    kernel.complete(CAPACITY, 0);
    assert.equal(queue.settle(), 0);
    assert.equal(queue.inFlight, 0);
  }));
});
