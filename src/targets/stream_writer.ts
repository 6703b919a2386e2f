import { SeededRandom } from "../base/mod.ts";
import {
  firstTableSize,
  lastTable,
  STREAM_HEAD,
  type StreamMemory,
} from "./stream_memory.ts";
import { StreamTable } from "./stream_table.ts";

/** What became of an address that was added. */
export type StreamAddition = "added" | "repeat" | "full";

/**
 * Adds addresses to a stream, each once. They are collected in a window, whose order is shuffled when it is closed; only
 * then they are targets.
 */
export class StreamWriter {
  readonly #memory: StreamMemory;
  readonly #table: StreamTable;
  readonly #random: SeededRandom;
  /** Slots of the addresses of the window. */
  readonly #slots: Uint32Array;
  #count = 0;

  /**
   * The only writer of this memory.
   *
   * @param memory of a stream without targets
   */
  constructor(memory: StreamMemory) {
    this.#memory = memory;
    this.#table = new StreamTable(memory);
    this.#random = new SeededRandom(memory.seed);
    this.#slots = new Uint32Array(memory.windowSize);
  }

  /** Addresses in the window. */
  get pending(): number {
    return this.#count - this.ready;
  }

  /** Addresses in closed windows. */
  get ready(): number {
    return this.#memory.head[STREAM_HEAD.ready]!;
  }

  /** Whether the window has to be closed before the next address is added. */
  get isWindowFull(): boolean {
    return this.pending >= this.#memory.windowSize;
  }

  /** Adds the address of one word, or four, at `at`; not to a window that is full. */
  add(address: Uint32Array, at: number): StreamAddition {
    const { addresses, capacity, head, slots, words } = this.#memory;
    const slot = this.#table.find(head[STREAM_HEAD.table]!, address, at);
    if (slots[slot] !== 0) return "repeat";
    if (this.#count === capacity) return "full";
    const to = this.#count * words;
    for (let word = 0; word < words; word++) {
      addresses[to + word] = address[at + word]!;
    }
    this.#slots[this.pending] = slot;
    this.#count++;
    Atomics.store(slots, slot, this.#count);
    return "added";
  }

  /** Makes the addresses of the window targets, in an order that depends on the seed. */
  closeWindow(): void {
    if (this.pending === 0) return;
    this.#shuffle();
    const { head, windows } = this.#memory;
    const window = head[STREAM_HEAD.windows]!;
    Atomics.store(windows, window + 1, this.#count);
    Atomics.store(head, STREAM_HEAD.windows, window + 1);
    Atomics.store(head, STREAM_HEAD.ready, this.#count);
    this.#grow();
  }

  /** Fisher and Yates; slots go with their addresses, and lead to these again in the end. */
  #shuffle(): void {
    const { addresses, slots, words } = this.#memory;
    const own = this.#slots;
    const first = this.ready;
    for (let left = this.pending; left > 1; left--) {
      const chosen = Math.floor(this.#random.nextWord() / 2 ** 32 * left);
      const last = left - 1;
      swap(own, chosen, last);
      for (let word = 0; word < words; word++) {
        swap(
          addresses,
          (first + chosen) * words + word,
          (first + last) * words + word,
        );
      }
    }
    for (let i = 0; i < this.pending; i++) {
      Atomics.store(slots, own[i]!, first + i + 1);
    }
  }

  /** Moves on to a table of twice the size once this one is more than half full. */
  #grow(): void {
    const { addresses, head, slots, windowSize, words } = this.#memory;
    const table = head[STREAM_HEAD.table]!;
    const size = firstTableSize(windowSize) * 2 ** table;
    if (this.#count * 2 <= size || table === lastTable(this.#memory)) return;
    for (let index = 0; index < this.#count; index++) {
      slots[this.#table.find(table + 1, addresses, index * words)] = index + 1;
    }
    Atomics.store(head, STREAM_HEAD.table, table + 1);
  }
}

function swap(words: Uint32Array, left: number, right: number): void {
  const word = words[left]!;
  words[left] = words[right]!;
  words[right] = word;
}
