// HOT PATH
import { SeededRandom } from "../base/mod.ts";
import { STREAM_HEAD, type StreamMemory } from "./stream_memory.ts";

/**
 * Positions of a stream. With P ports, a window of the addresses F to F + A − 1 has the positions from F·P on: all
 * addresses, each with a port of its own, then all of them with another port, and so on. So each position is exactly one
 * pair of address and port, a host is not probed twice in a row, and what a window holds depends on no other window.
 */
export class StreamOrder {
  readonly #head: Int32Array;
  readonly #windows: Uint32Array;
  readonly #portCount: number;
  /** Ranks of ports in the order of their turns, and the turn of each rank. */
  readonly #rankOf: Uint16Array;
  readonly #turnOf: Uint16Array;
  /** The window that was looked up last: its first address, and the one behind it. */
  #first = 0;
  #end = 0;

  constructor({ head, seed, windows }: StreamMemory, portCount: number) {
    this.#head = head;
    this.#windows = windows;
    this.#portCount = portCount;
    this.#rankOf = shuffledRanks(portCount, seed);
    this.#turnOf = new Uint16Array(portCount);
    this.#rankOf.forEach((rank, turn) => this.#turnOf[rank] = turn);
  }

  /** Index of the address of a position that is a target's. */
  indexAt(position: number): number {
    const portCount = this.#portCount;
    if (portCount === 1) return position;
    this.#lookUp(Math.floor(position / portCount));
    const first = this.#first;
    return first + (position - first * portCount) % (this.#end - first);
  }

  /** Rank of the port of a position, whose address is `index`. */
  rankAt(position: number, index: number): number {
    const portCount = this.#portCount;
    if (portCount === 1) return 0;
    this.#lookUp(index);
    const first = this.#first;
    const round = Math.floor(
      (position - first * portCount) / (this.#end - first),
    );
    return this.#rankOf[(round + startOf(index)) % portCount]!;
  }

  /** The position of an address and the rank of a port. */
  positionOf(index: number, rank: number): number {
    const portCount = this.#portCount;
    if (portCount === 1) return index;
    this.#lookUp(index);
    const first = this.#first;
    const start = startOf(index) % portCount;
    const round = (this.#turnOf[rank]! + portCount - start) % portCount;
    return first * portCount + round * (this.#end - first) + (index - first);
  }

  /** Finds the window of an address. */
  #lookUp(index: number): void {
    if (index >= this.#first && index < this.#end) return;
    const windows = this.#windows;
    let low = 0;
    let high = Atomics.load(this.#head, STREAM_HEAD.windows) - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (windows[middle]! <= index) low = middle;
      else high = middle - 1;
    }
    this.#first = windows[low]!;
    this.#end = windows[low + 1]!;
  }
}

/** Which turn an address begins with: spread, so that neighbours in the order get different ports. */
function startOf(index: number): number {
  return Math.imul(index, 0x9e37_79b1) >>> 8;
}

function shuffledRanks(count: number, seed: bigint): Uint16Array {
  const random = new SeededRandom(~seed & 0xffff_ffff_ffff_ffffn);
  const ranks = Uint16Array.from({ length: count }, (_, rank) => rank);
  for (let left = count; left > 1; left--) {
    const chosen = Math.floor(random.nextWord() / 2 ** 32 * left);
    const rank = ranks[chosen]!;
    ranks[chosen] = ranks[left - 1]!;
    ranks[left - 1] = rank;
  }
  return ranks;
}
