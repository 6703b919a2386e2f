// HOT PATH
import type { Ipv4Address } from "../base/mod.ts";
import type { Ipv4Targets } from "./ipv4_targets.ts";
import { portRanks } from "./ports.ts";
import type { StreamMemory } from "./stream_memory.ts";
import { StreamOrder } from "./stream_order.ts";
import { StreamTable } from "./stream_table.ts";

/** The IPv4 targets of a stream. Each thread makes its own over the memory that all share. */
export class StreamSpace implements Ipv4Targets {
  /** Number of positions that there can be. */
  readonly positionCount: number;
  readonly #portCount: number;
  readonly #addresses: Uint32Array;
  readonly #table: StreamTable;
  readonly #order: StreamOrder;
  readonly #ports: Uint16Array;
  readonly #portRanks: Uint32Array;
  readonly #address = new Uint32Array(1);

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
    for (let i = 0; i < count; i++) {
      const position = positions[i]!;
      const index = order.indexAt(position);
      addresses[i] = this.#addresses[index]!;
      ports[i] = this.#ports[order.rankAt(position, index)]!;
    }
  }

  contains(address: Ipv4Address): boolean {
    return this.#indexOf(address) >= 0;
  }

  hasPort(port: number): boolean {
    return this.#portRanks[port]! !== 0;
  }

  portCountOf(_address: Ipv4Address): number {
    return this.#portCount;
  }

  portRankOf(_address: Ipv4Address, port: number): number {
    return this.#portRanks[port]! - 1;
  }

  positionOf(address: Ipv4Address, port: number): number {
    const index = this.#indexOf(address);
    const rank = this.portRankOf(address, port);
    return index < 0 || rank < 0 ? -1 : this.#order.positionOf(index, rank);
  }

  #indexOf(address: Ipv4Address): number {
    this.#address[0] = address;
    return this.#table.indexOf(this.#address, 0);
  }
}
