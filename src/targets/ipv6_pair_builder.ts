import { IPV6_WORDS } from "../base/mod.ts";
import {
  PairStarts,
  type PairTable,
  sharedPorts,
  sharedWords,
} from "./pair_table.ts";

/** Pairs of a piece. */
const PIECE = 2 ** 18;
/** The index of an address that is no target. */
const NO_INDEX = 0xffff_ffff;

interface Piece {
  readonly words: Uint32Array<ArrayBuffer>;
  readonly ports: Uint16Array<ArrayBuffer>;
}

/** Collects pairs of IPv6 in any order, with repeats, eighteen bytes each. */
export class Ipv6PairBuilder {
  #pieces: Piece[] = [];
  #length = 0;

  /** Number of pairs added, with repeats. */
  get length(): number {
    return this.#length;
  }

  /** Adds the address of the words at `at` with a port. */
  add(words: Uint32Array, at: number, port: number): void {
    const slot = this.#length % PIECE;
    if (slot === 0) {
      this.#pieces.push({
        words: new Uint32Array(PIECE * IPV6_WORDS),
        ports: new Uint16Array(PIECE),
      });
    }
    const piece = this.#pieces.at(-1)!;
    for (let word = 0; word < IPV6_WORDS; word++) {
      piece.words[slot * IPV6_WORDS + word] = words[at + word]!;
    }
    piece.ports[slot] = port;
    this.#length++;
  }

  /**
   * Hands over the pairs whose address is a target, each once, and forgets all.
   *
   * @param addressCount number of the targets' addresses, of which each was added
   * @param indexOf index of the address of the words at `at`; -1: it is no target
   */
  take(
    addressCount: number,
    indexOf: (words: Uint32Array, at: number) => number,
  ): PairTable {
    const firsts = sharedWords(addressCount + 1);
    let length = 0;
    this.#each(({ words }, slot) => {
      const index = indexOf(words, slot * IPV6_WORDS);
      // From here on, the place of the address holds its index.
      words[slot * IPV6_WORDS] = index < 0 ? NO_INDEX : index;
      if (index < 0) return;
      firsts[index + 1]!++;
      length++;
    });
    for (let i = 0; i < addressCount; i++) firsts[i + 1]! += firsts[i]!;
    const ports = sharedPorts(length);
    this.#each(({ ports: from, words }, slot) => {
      const index = words[slot * IPV6_WORDS]!;
      if (index !== NO_INDEX) ports[firsts[index]!++] = from[slot]!;
    }, release);
    this.#pieces = [];
    this.#length = 0;
    // Each entry has moved on to where the next address begins.
    firsts.copyWithin(1, 0, addressCount);
    firsts[0] = 0;
    return tableOf(firsts, ports);
  }

  #each(
    visit: (piece: Piece, slot: number) => void,
    leave: (piece: Piece) => void = () => {},
  ): void {
    let left = this.#length;
    for (const piece of this.#pieces) {
      const count = Math.max(0, Math.min(left, PIECE));
      for (let slot = 0; slot < count; slot++) visit(piece, slot);
      left -= count;
      leave(piece);
    }
  }
}

/** Gives the memory of a piece back at once rather than when it is collected. */
function release({ ports, words }: Piece): void {
  words.buffer.transfer(0);
  ports.buffer.transfer(0);
}

/** Sorts the ports of each address and takes repeats out, in place. */
function tableOf(firsts: Uint32Array, ports: Uint16Array): PairTable {
  const starts = new PairStarts(ports.length);
  for (let index = 0; index < firsts.length - 1; index++) {
    const first = firsts[index]!;
    const end = firsts[index + 1]!;
    if (end - first > 1) ports.subarray(first, end).sort();
    for (let at = first; at < end; at++) {
      if (at > first && ports[at] === ports[at - 1]) continue;
      // What is overwritten lies before `at`, but for the port itself.
      ports[starts.pairCount] = ports[at]!;
      starts.add(at === first);
    }
  }
  return starts.table(ports.subarray(0, starts.pairCount));
}
