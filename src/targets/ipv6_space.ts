// HOT PATH
import { IPV6_WORDS } from "../base/mod.ts";
import {
  type Ipv6AddressSet,
  ipv6IndexOf,
  storeIpv6Address,
} from "./ipv6_address_set.ts";
import type { Ipv6TargetPlan } from "./ipv6_plan.ts";
import { invert, type Permutation } from "./permutation.ts";
import { Permuter } from "./permuter.ts";
import { portRanks } from "./ports.ts";

/**
 * The targets of a plan by position. Target number v is port v mod P of address v div P; position p holds the
 * target whose number the plan's permutation gives for p. Each thread makes its own over the tables that all share.
 */
export class Ipv6TargetSpace {
  /** Number of positions, all shards together: addresses times ports. */
  readonly positionCount: number;
  readonly #addresses: Ipv6AddressSet;
  readonly #permutation: Permutation;
  readonly #permuter: Permuter;
  readonly #ports: Uint16Array;
  readonly #portCount: number;
  readonly #portShare: number;
  readonly #portRanks: Uint32Array;

  /**
   * The targets of a plan.
   *
   * @param plan may come by `postMessage`; its tables are used as they are
   */
  constructor(plan: Ipv6TargetPlan) {
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
   * Stores addresses and ports of the targets at the first `count` positions, four words an address, and replaces
   * the positions by the numbers of the targets.
   */
  locate(
    positions: Float64Array,
    count: number,
    addresses: Uint32Array,
    ports: Uint32Array,
  ): void {
    this.#permuter.permuteAll(positions, count);
    const set = this.#addresses;
    const portList = this.#ports;
    const portCount = this.#portCount;
    const portShare = this.#portShare;
    if (portCount === 1) {
      ports.fill(portList[0]!, 0, count);
      for (let i = 0; i < count; i++) {
        storeIpv6Address(set, positions[i]!, addresses, i * IPV6_WORDS);
      }
      return;
    }
    for (let i = 0; i < count; i++) {
      const number = positions[i]!;
      // Exact, as in `TargetSpace`; an index can be above 2^32 here.
      const index = Math.floor((number + 0.5) * portShare);
      ports[i] = portList[(number - index * portCount) | 0]!;
      storeIpv6Address(set, index, addresses, i * IPV6_WORDS);
    }
  }

  /** The number of the target of this port and the address of the four words at `at`, or -1 when it is none. */
  numberOf(address: Uint32Array, at: number, port: number): number {
    const rank = this.#portRanks[port]!;
    if (rank === 0) return -1;
    const index = ipv6IndexOf(this.#addresses, address, at);
    return index < 0 ? -1 : index * this.#portCount + (rank - 1);
  }

  /** The position of the target of this number, 0 to `positionCount`−1, which is not checked. */
  positionOf(number: number): number {
    return invert(this.#permutation, number);
  }

  /** Whether the four words at `at` are an address of the plan, in whichever shard. */
  containsAddress(address: Uint32Array, at: number): boolean {
    return ipv6IndexOf(this.#addresses, address, at) >= 0;
  }

  /** Whether `port` is a port of the plan. */
  hasPort(port: number): boolean {
    return this.#portRanks[port]! !== 0;
  }

  /** Index of the address of the target of this number. */
  addressIndexOf(number: number): number {
    return Math.floor(number / this.#portCount);
  }

  /** Number of ports of the plan, each of which every address has. */
  portCountOf(_number: number): number {
    return this.#portCount;
  }

  /** Index in the plan's list of the port of the target of this number. */
  portRankOf(number: number): number {
    return number % this.#portCount;
  }
}
