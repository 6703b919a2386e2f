// HOT PATH
import { IPV6_WORDS } from "../base/mod.ts";
import type { Ipv6Targets } from "./ipv6_targets.ts";
import { portRanks } from "./ports.ts";
import type { StreamMemory } from "./stream_memory.ts";
import { StreamOrder } from "./stream_order.ts";
import { StreamTable } from "./stream_table.ts";

/**
 * The IPv6 targets of a stream. Target number v is port v mod P of address v div P. Each thread makes its own over the
 * memory that all share.
 */
export class Ipv6StreamSpace implements Ipv6Targets {
  /** Number of positions that there can be. */
  readonly positionCount: number;
  readonly #portCount: number;
  readonly #addresses: Uint32Array;
  readonly #table: StreamTable;
  readonly #order: StreamOrder;
  readonly #ports: Uint16Array;
  readonly #portRanks: Uint32Array;

  constructor(memory: StreamMemory, ports: Uint16Array) {
    this.#portCount = ports.length;
    this.positionCount = memory.capacity * ports.length;
    this.#addresses = memory.addresses;
    this.#table = new StreamTable(memory);
    this.#order = new StreamOrder(memory, ports.length);
    this.#ports = ports;
    this.#portRanks = portRanks(ports);
  }

  locate(
    positions: Float64Array,
    count: number,
    addresses: Uint32Array,
    ports: Uint32Array,
  ): void {
    const order = this.#order;
    const known = this.#addresses;
    const portCount = this.#portCount;
    for (let i = 0; i < count; i++) {
      const position = positions[i]!;
      const index = order.indexAt(position);
      const rank = order.rankAt(position, index);
      const from = index * IPV6_WORDS;
      const to = i * IPV6_WORDS;
      addresses[to] = known[from]!;
      addresses[to + 1] = known[from + 1]!;
      addresses[to + 2] = known[from + 2]!;
      addresses[to + 3] = known[from + 3]!;
      ports[i] = this.#ports[rank]!;
      positions[i] = index * portCount + rank;
    }
  }

  numberOf(address: Uint32Array, at: number, port: number): number {
    const rank = this.#portRanks[port]! - 1;
    if (rank < 0) return -1;
    const index = this.#table.indexOf(address, at);
    return index < 0 ? -1 : index * this.#portCount + rank;
  }

  positionOf(number: number): number {
    const index = Math.floor(number / this.#portCount);
    return this.#order.positionOf(index, number - index * this.#portCount);
  }

  containsAddress(address: Uint32Array, at: number): boolean {
    return this.#table.indexOf(address, at) >= 0;
  }

  addressIndexOf(number: number): number {
    return Math.floor(number / this.#portCount);
  }

  portCountOf(_number: number): number {
    return this.#portCount;
  }

  portRankOf(number: number): number {
    return number % this.#portCount;
  }
}
