import { SeededRandom } from "../base/mod.ts";
import type { StreamFilter } from "./stream_filter.ts";
import { StreamLines } from "./stream_lines.ts";
import type { StreamMemory } from "./stream_memory.ts";
import { StreamWriter } from "./stream_writer.ts";

/** What became of what a stream brought: lines, then addresses. */
export interface StreamCounts {
  /** Lines that were skipped, as they do not parse or name too much. */
  badLines: number;
  /** Addresses that became targets. */
  added: number;
  /** Addresses that had come before. */
  repeats: number;
  /** Addresses that the blocklist has, or the allowlist has not. */
  blocked: number;
  /** Addresses that no route leads to. */
  unroutable: number;
  /** Addresses of the family that is not scanned. */
  otherFamily: number;
  /** Addresses of other shards. */
  otherShards: number;
  /** Addresses that had no room any more. */
  full: number;
}

/** How a stream is taken in. */
export interface StreamIntakeOptions {
  /** Where targets go. */
  readonly memory: StreamMemory;
  /** How the input is called in messages. */
  readonly name: string;
  /** Whether an address may be probed. */
  readonly isAllowed: StreamFilter;
  /** The address goes to shard `shard` of `shards` by a hash of it that the seed keys. */
  readonly shards: number;
  /** The shard that is taken in, from 0. */
  readonly shard: number;
  /** Whether a route leads to an address. */
  readonly isRoutable: StreamFilter;
  /** Takes a line that is skipped, by its number from 1, and why. */
  readonly skip: (line: number, reason: string) => void;
}

/**
 * Takes in the lines of a stream: what they name waits in a queue, from which `admit` makes targets, as many at a time
 * as there is room and time for.
 */
export class StreamIntake {
  /** What has come so far. */
  readonly counts: StreamCounts = {
    badLines: 0,
    added: 0,
    repeats: 0,
    blocked: 0,
    unroutable: 0,
    otherFamily: 0,
    otherShards: 0,
    full: 0,
  };
  readonly #options: StreamIntakeOptions;
  readonly #lines: StreamLines;
  readonly #writer: StreamWriter;
  readonly #shardKey: number;
  /** First address and number of each entry, from `#next` on. */
  readonly #queue: number[] = [];
  #next = 0;
  readonly #address: Uint32Array;

  /** Has taken in nothing yet. */
  constructor(options: StreamIntakeOptions) {
    const { memory, name } = options;
    this.#options = options;
    this.#writer = new StreamWriter(memory);
    this.#shardKey = new SeededRandom(memory.seed).nextWord();
    this.#address = new Uint32Array(memory.words);
    const take = (address: Uint32Array, count: number): void => {
      for (let i = 0; i < memory.words; i++) this.#queue.push(address[i]!);
      this.#queue.push(count);
    };
    const skipFamily = (_address: Uint32Array, count: number): void => {
      this.counts.otherFamily += count;
    };
    this.#lines = new StreamLines({
      name,
      mostAddresses: memory.windowSize,
      takeIpv4: memory.words === 1 ? take : skipFamily,
      takeIpv6: memory.words === 1 ? skipFamily : take,
      skip: (line, reason) => {
        this.counts.badLines++;
        options.skip(line, reason);
      },
    });
  }

  /** Addresses that are targets, and those that will be once their window is closed. */
  get ready(): number {
    return this.#writer.ready;
  }

  /** Addresses that have come and are no targets yet. */
  get pending(): number {
    return this.#writer.pending;
  }

  /** Whether the window has as many addresses as are shuffled together. */
  get isWindowFull(): boolean {
    return this.#writer.isWindowFull;
  }

  /** Whether something waits in the queue. */
  get hasQueued(): boolean {
    return this.#next < this.#queue.length;
  }

  /** Queues what the next piece of the input names; `bytes` can be reused after the call. */
  push(bytes: Uint8Array): void {
    this.#lines.push(bytes);
  }

  /** Queues what the last line names, which may lack its line end. */
  finish(): void {
    this.#lines.finish();
  }

  /** Ends the window under way, so that what is in it can be sent. */
  closeWindow(): void {
    this.#writer.closeWindow();
  }

  /** Takes up to `most` addresses from the queue. */
  admit(most: number): void {
    const { words } = this.#options.memory;
    const queue = this.#queue;
    const address = this.#address;
    for (let left = most; left > 0 && this.#next < queue.length; left--) {
      const at = this.#next;
      for (let word = 0; word < words; word++) {
        address[word] = queue[at + word]!;
      }
      this.#take(address);
      if (--queue[at + words]! === 0) this.#next = at + words + 1;
      else increment(queue, at, words);
    }
    if (this.#next < queue.length) return;
    queue.length = 0;
    this.#next = 0;
  }

  #take(address: Uint32Array): void {
    const { counts } = this;
    const { isAllowed, isRoutable, shard, shards } = this.#options;
    if (!isAllowed(address, 0)) counts.blocked++;
    else if (shards > 1 && this.#shardOf(address) !== shard) {
      counts.otherShards++;
    } else if (!isRoutable(address, 0)) counts.unroutable++;
    else {
      if (this.#writer.isWindowFull) this.#writer.closeWindow();
      const addition = this.#writer.add(address, 0);
      counts[addition === "repeat" ? "repeats" : addition]++;
    }
  }

  #shardOf(address: Uint32Array): number {
    let hash = this.#shardKey;
    for (const word of address) {
      hash = Math.imul(hash ^ word, 0x85eb_ca6b);
      hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2_ae35);
      hash ^= hash >>> 16;
    }
    return (hash >>> 0) % this.#options.shards;
  }
}

/** Moves an entry of the queue on to its next address. */
function increment(queue: number[], at: number, words: number): void {
  for (let word = at + words - 1; word >= at; word--) {
    if (++queue[word]! < 2 ** 32) return;
    queue[word] = 0;
  }
}
