// HOT PATH
import {
  firstTableSize,
  STREAM_HEAD,
  type StreamMemory,
} from "./stream_memory.ts";

/**
 * Finds addresses of a stream. A table is a hash table with linear probing, at most three quarters full; it is replaced
 * by one of twice the size, with the same members, while this one can still be read.
 */
export class StreamTable {
  readonly #memory: StreamMemory;
  readonly #width: number;
  readonly #salt: number;

  /** @param memory may come by `postMessage` */
  constructor(memory: StreamMemory) {
    this.#memory = memory;
    this.#width = memory.words;
    this.#salt = memory.salt | 0;
  }

  /** Index of the address of `words` words at `at`, whose window is closed; -1: there is none. */
  indexOf(address: Uint32Array, at: number): number {
    const { head, slots } = this.#memory;
    const table = Atomics.load(head, STREAM_HEAD.table);
    const index = slots[this.find(table, address, at)]! - 1;
    return index < Atomics.load(head, STREAM_HEAD.ready) ? index : -1;
  }

  /** The slot of a table that holds the address, or the free one where it is to lie. */
  find(table: number, address: Uint32Array, at: number): number {
    const { addresses, slots, windowSize } = this.#memory;
    const width = this.#width;
    const firstSize = firstTableSize(windowSize);
    const mask = firstSize * 2 ** table - 1;
    const start = firstSize * (2 ** table - 1);
    let hash = this.#salt;
    for (let word = 0; word < width; word++) {
      hash = Math.imul(hash ^ address[at + word]!, 0x85eb_ca6b);
      hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2_ae35);
      hash ^= hash >>> 16;
    }
    for (let place = hash & mask;; place = (place + 1) & mask) {
      const entry = slots[start + place]!;
      if (entry === 0) return start + place;
      const from = (entry - 1) * width;
      let word = 0;
      while (word < width && addresses[from + word] === address[at + word]) {
        word++;
      }
      if (word === width) return start + place;
    }
  }
}
