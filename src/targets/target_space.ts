// HOT PATH
import type { Ipv4Address } from "../base/mod.ts";
import {
  addressAt,
  type AddressSet,
  contains,
  indexOf,
} from "./address_set.ts";
import { invert, type Permutation } from "./permutation.ts";
import { Permuter } from "./permuter.ts";
import type { TargetPlan } from "./plan.ts";
import { portRanks } from "./ports.ts";

/** Targets made at a time: 64 to 256 cost the same, 1 costs two to three times as much for large sets. */
const BLOCK = 64;

/**
 * The targets of a plan by position. Target number v is port v mod P of address v div P; position p holds
 * the target whose number the plan's permutation gives for p. Each thread makes its own over the tables
 * that all share.
 */
export class TargetSpace {
  /** Number of positions, all shards together: addresses times ports. */
  readonly positionCount: number;
  readonly #addresses: AddressSet;
  readonly #permutation: Permutation;
  readonly #permuter: Permuter;
  readonly #ports: Uint16Array;
  readonly #portCount: number;
  readonly #portShare: number;
  readonly #portRanks: Uint32Array;

  /** What `at` has made ahead: `#length` targets from position `#first` on. */
  readonly #blockPositions = new Float64Array(BLOCK);
  readonly #blockAddresses = new Uint32Array(BLOCK);
  readonly #blockPorts = new Uint32Array(BLOCK);
  #first = 0;
  #length = 0;

  /**
   * The targets of a plan.
   *
   * @param plan may come by `postMessage`; its tables are used as they are
   */
  constructor(plan: TargetPlan) {
    this.positionCount = plan.positionCount;
    this.#addresses = plan.addresses;
    this.#permutation = plan.permutation;
    this.#permuter = new Permuter(plan.permutation);
    this.#ports = plan.ports;
    this.#portCount = plan.ports.length;
    this.#portShare = 1 / plan.ports.length;
    this.#portRanks = portRanks(plan.ports);
  }

  /**
   * Stores address and port of the target at `position` in `target[0]` and `target[1]`. Any order will do;
   * when each position follows the one before, targets are made in blocks.
   *
   * @param position an integer from 0 to `positionCount`−1, not checked
   */
  at(position: number, target: Uint32Array): void {
    let slot = position - this.#first;
    if (!(slot >= 0 && slot < this.#length)) {
      this.#fill(position, slot === this.#length ? BLOCK : 1);
      slot = 0;
    }
    target[0] = this.#blockAddresses[slot]!;
    target[1] = this.#blockPorts[slot]!;
  }

  /**
   * Stores addresses and ports of the targets at the first `count` positions, one stage after the other for all
   * of them, so that what the processor waits for overlaps. What is in `positions` then has no meaning.
   */
  locate(
    positions: Float64Array,
    count: number,
    addresses: Uint32Array,
    ports: Uint32Array,
  ): void {
    this.#permuter.permuteAll(positions, count);
    if (this.#portCount > 1) this.#splitPorts(positions, count, ports);
    else ports.fill(this.#ports[0]!, 0, count);
    this.#findAddresses(positions, count, addresses);
  }

  /** Whether `address` is an address of the plan, in whichever shard. */
  contains(address: Ipv4Address): boolean {
    return contains(this.#addresses, address);
  }

  /** Whether `port` is a port of the plan. */
  hasPort(port: number): boolean {
    return this.#portRanks[port]! !== 0;
  }

  /** Number of ports of the plan, each of which every address has. */
  portCountOf(_address: Ipv4Address): number {
    return this.#portCount;
  }

  /** Index of a port in the plan's list, or -1. */
  portRankOf(_address: Ipv4Address, port: number): number {
    return this.#portRanks[port]! - 1;
  }

  /** The position of a target, or -1 when it is not in the plan. The inverse of `at`. */
  positionOf(address: Ipv4Address, port: number): number {
    const index = indexOf(this.#addresses, address);
    const portRank = this.#portRanks[port]!;
    if (index < 0 || portRank === 0) return -1;
    return invert(this.#permutation, index * this.#portCount + (portRank - 1));
  }

  /** Makes up to `most` targets from `first` on. */
  #fill(first: number, most: number): void {
    const length = Math.min(most, this.positionCount - first);
    const positions = this.#blockPositions;
    for (let slot = 0; slot < length; slot++) positions[slot] = first + slot;
    this.locate(positions, length, this.#blockAddresses, this.#blockPorts);
    this.#first = first;
    this.#length = length;
  }

  /** Takes target numbers apart: leaves the address index in their place and stores the port. */
  #splitPorts(values: Float64Array, count: number, ports: Uint32Array): void {
    const portList = this.#ports;
    const portCount = this.#portCount;
    const portShare = this.#portShare;
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      // (v + ½) / P is at least 1 / 2P away from any integer and the product is wrong by less than
      // v / P · 2^-51, so its whole part is that of v / P for all v below 2^50.
      const index = ((value + 0.5) * portShare) >>> 0;
      values[i] = index;
      ports[i] = portList[(value - index * portCount) | 0]!;
    }
  }

  #findAddresses(
    values: Float64Array,
    count: number,
    addresses: Uint32Array,
  ): void {
    const set = this.#addresses;
    if (set.isList) {
      const { starts } = set;
      for (let i = 0; i < count; i++) addresses[i] = starts[values[i]! >>> 0]!;
    } else {
      for (let i = 0; i < count; i++) {
        addresses[i] = addressAt(set, values[i]! >>> 0);
      }
    }
  }
}
