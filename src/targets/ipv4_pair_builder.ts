import type { Ipv4Address } from "../base/mod.ts";
import { sortPairs } from "./_pair_sort.ts";
import { type AddressSet, writeAddressSet } from "./address_set.ts";
import { PairStarts, type PairTable, sharedPorts } from "./pair_table.ts";

/** Pairs of a piece: of a size that is given back to the system when it is released. */
const PIECE_SHIFT = 19;
const PIECE = 2 ** PIECE_SHIFT;
const PIECE_MASK = PIECE - 1;

/**
 * Collects pairs of IPv4 in any order, with repeats, six bytes each. They are sorted in place, and their memory is given
 * back piece by piece while the addresses, and then the ports, are handed over: it is never needed twice.
 */
export class Ipv4PairBuilder {
  #addresses: Uint32Array<ArrayBuffer>[] = [];
  #ports: Uint16Array<ArrayBuffer>[] = [];
  #length = 0;
  #starts: PairStarts | null = null;

  /** Number of pairs that were added, with repeats; once the addresses are taken, each once. */
  get length(): number {
    return this.#length;
  }

  /** Adds an address with a port. */
  add(address: Ipv4Address, port: number): void {
    if ((this.#length & PIECE_MASK) === 0) {
      this.#addresses.push(new Uint32Array(PIECE));
      this.#ports.push(new Uint16Array(PIECE));
    }
    this.set(this.#length++, address, port);
  }

  /** The address of a pair. */
  addressAt(index: number): Ipv4Address {
    return this.#addresses[index >>> PIECE_SHIFT]![index & PIECE_MASK]!;
  }

  /** The port of a pair. */
  portAt(index: number): number {
    return this.#ports[index >>> PIECE_SHIFT]![index & PIECE_MASK]!;
  }

  /** Changes a pair. */
  set(index: number, address: Ipv4Address, port: number): void {
    const piece = index >>> PIECE_SHIFT;
    const slot = index & PIECE_MASK;
    this.#addresses[piece]![slot] = address;
    this.#ports[piece]![slot] = port;
  }

  /**
   * Hands over the addresses that are kept, and forgets the pairs of all others; `take` hands over the ports. Where none
   * is kept, all stay, so that what becomes of them can be told.
   */
  takeAddresses(isKept: (address: Ipv4Address) => boolean): AddressSet {
    const kept = this.#compact(isKept);
    if (kept > 0) this.#length = kept;
    sortPairs(this, 0, this.#length);
    const starts = new PairStarts(this.#length);
    this.#dropRepeats(starts);
    this.#starts = starts;
    const count = this.#length;
    const set = writeAddressSet((writer, isLast) => {
      for (let at = 0; at < count; at++) {
        const address = this.addressAt(at);
        writer.append(address, address);
        if (isLast && (at & PIECE_MASK) === PIECE_MASK) {
          release(this.#addresses[at >>> PIECE_SHIFT]!);
        }
      }
    });
    this.#addresses.forEach(release);
    this.#addresses = [];
    return set;
  }

  /** Hands over the pairs of the addresses that were taken, each once, and forgets all. */
  take(): PairTable {
    const starts = this.#starts ?? new PairStarts(0);
    const ports = sharedPorts(starts.pairCount);
    for (const [piece, from] of this.#ports.entries()) {
      const first = piece << PIECE_SHIFT;
      const count = Math.min(PIECE, ports.length - first);
      if (count > 0) ports.set(from.subarray(0, count), first);
      release(from);
    }
    this.#ports = [];
    this.#length = 0;
    this.#starts = null;
    return starts.table(ports);
  }

  /** Moves the pairs that are kept to the front; returns how many they are. */
  #compact(isKept: (address: Ipv4Address) => boolean): number {
    let kept = 0;
    for (let at = 0; at < this.#length; at++) {
      const address = this.addressAt(at);
      if (!isKept(address)) continue;
      // Where all are kept nothing moves.
      if (kept < at) this.set(kept, address, this.portAt(at));
      kept++;
    }
    return kept;
  }

  /** Moves the sorted pairs together, each once, and notes where addresses begin. */
  #dropRepeats(starts: PairStarts): void {
    let lastAddress = -1;
    let lastPort = -1;
    for (let at = 0; at < this.#length; at++) {
      const address = this.addressAt(at);
      const port = this.portAt(at);
      const isStart = address !== lastAddress;
      if (!isStart && port === lastPort) continue;
      const to = starts.pairCount;
      if (to < at) this.set(to, address, port);
      starts.add(isStart);
      lastAddress = address;
      lastPort = port;
    }
    this.#length = starts.pairCount;
  }
}

/** Gives memory back at once rather than when it is collected. */
function release(
  piece: Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
): void {
  if (!piece.buffer.detached) piece.buffer.transfer(0);
}
