// HOT PATH

/** What the receiver knows about a response besides its bytes. One object serves a whole scan. */
export interface RecordHead {
  seconds: number;
  microseconds: number;
  targetAddress: number;
  targetPort: number;
  /** Which of several probes was answered, from 0. */
  probeNumber: number;
  classIndex: number;
  /** `RecordFlag` bits. */
  flags: number;
  /** The two words that its target is known by: see `AnsweredTargets`. */
  firstWord: number;
  secondWord: number;
}

/** A head for reading records into, or for making them. */
export function makeRecordHead(): RecordHead {
  return {
    seconds: 0,
    microseconds: 0,
    targetAddress: 0,
    targetPort: 0,
    probeNumber: 0,
    classIndex: 0,
    flags: 0,
    firstWord: 0,
    secondWord: 0,
  };
}

/** What is known of a response; `first`, where it is asked for: of its kind, success or failure, the first of its target. */
export const RecordFlag = {
  success: 1,
  repeat: 2,
  cooldown: 4,
  /** Answers a probe that tests a prefix: no result. */
  alias: 8,
  /** Says something else than the first answer to the same probe. */
  differs: 16,
  first: 32,
  /** No output wants it: it is handed over without its packet, to be noted. */
  unwanted: 64,
  /** With `first`: the target is known by its number. */
  ipv6: 128,
} as const;

/** The queue's memory: plain data that `postMessage` shares. */
export interface RecordQueueMemory {
  readonly ends: Int32Array;
  readonly words: Uint32Array;
}

const HEAD_WORDS = 8;
const HEAD = 0;
const TAIL = 1;
/** Length word that says: the next record is at the start of the ring. */
const WRAP = 0xffff_ffff;

/** Makes the memory of an empty queue of `2 ** wordBits` words of 4 bytes. */
export function makeRecordQueueMemory(wordBits: number): RecordQueueMemory {
  return {
    ends: new Int32Array(new SharedArrayBuffer(8)),
    words: new Uint32Array(new SharedArrayBuffer(4 << wordBits)),
  };
}

/**
 * Responses on their way from the receiver (one writer) to the main thread (one reader). Each record is
 * a head of 8 words and the packet's bytes, never split: a ring of words with a skip mark at its end.
 */
export class RecordQueue {
  /** The ring as bytes, for reading a record's packet at the offset that `shift` tells. */
  readonly view: DataView;
  readonly #ends: Int32Array;
  readonly #words: Uint32Array;
  readonly #mask: number;
  #shifted = 0;

  constructor(memory: RecordQueueMemory) {
    this.#ends = memory.ends;
    this.#words = memory.words;
    this.#mask = memory.words.length - 1;
    this.view = new DataView(memory.words.buffer);
  }

  /** Share of the ring in use, 0 to 1. */
  get fill(): number {
    const used =
      (Atomics.load(this.#ends, TAIL) - Atomics.load(this.#ends, HEAD)) | 0;
    return used / this.#words.length;
  }

  /** Appends a record with the packet bytes from `at` up to `end`; false when there is no room. */
  push(
    head: Readonly<RecordHead>,
    packet: DataView,
    at: number,
    end: number,
  ): boolean {
    const lengthBytes = end - at;
    const needWords = HEAD_WORDS + ((lengthBytes + 3) >>> 2);
    const words = this.#words;
    let tail = Atomics.load(this.#ends, TAIL);
    const used = (tail - Atomics.load(this.#ends, HEAD)) | 0;
    let index = tail & this.#mask;
    const toEnd = words.length - index;
    const skipWords = toEnd < needWords ? toEnd : 0;
    if (used + skipWords + needWords > words.length) return false;
    if (skipWords > 0) {
      words[index] = WRAP;
      tail = (tail + skipWords) | 0;
      index = 0;
    }
    words[index] = lengthBytes;
    words[index + 1] = head.seconds;
    words[index + 2] = head.microseconds;
    words[index + 3] = head.targetAddress;
    words[index + 4] = (head.targetPort << 16) | (head.probeNumber & 0xffff);
    words[index + 5] = (head.classIndex << 8) | head.flags;
    words[index + 6] = head.firstWord;
    words[index + 7] = head.secondWord;
    let to = index + HEAD_WORDS;
    let from = at;
    for (const whole = end - 3; from < whole; from += 4) {
      words[to++] = packet.getUint32(from, true);
    }
    if (from < end) {
      let rest = 0;
      for (let shift = 0; from < end; from++, shift += 8) {
        rest |= packet.getUint8(from) << shift;
      }
      words[to] = rest;
    }
    Atomics.store(this.#ends, TAIL, (tail + needWords) | 0);
    return true;
  }

  /**
   * Reads the oldest record into `head` and returns where its packet starts in `view`, or -1 when the
   * queue is empty. The record keeps its room until `release`.
   */
  shift(head: RecordHead): number {
    const start = Atomics.load(this.#ends, HEAD);
    const tail = Atomics.load(this.#ends, TAIL);
    if (start === tail) return -1;
    const words = this.#words;
    let at = start;
    let index = at & this.#mask;
    if (words[index] === WRAP) {
      at = (at + words.length - index) | 0;
      index = 0;
    }
    const lengthBytes = words[index]!;
    head.seconds = words[index + 1]!;
    head.microseconds = words[index + 2]!;
    head.targetAddress = words[index + 3]!;
    head.targetPort = words[index + 4]! >>> 16;
    head.probeNumber = words[index + 4]! & 0xffff;
    head.classIndex = words[index + 5]! >>> 8;
    head.flags = words[index + 5]! & 0xff;
    head.firstWord = words[index + 6]!;
    head.secondWord = words[index + 7]!;
    this.#shifted = (at + HEAD_WORDS + ((lengthBytes + 3) >>> 2)) | 0;
    this.lengthBytes = lengthBytes;
    return (index + HEAD_WORDS) * 4;
  }

  /** Length of the packet that `shift` found last. */
  lengthBytes = 0;

  /** Frees the room of the record that `shift` found last. */
  release(): void {
    Atomics.store(this.#ends, HEAD, this.#shifted);
  }
}
