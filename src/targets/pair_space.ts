// HOT PATH
import { type Ipv4Address, IPV6_WORDS } from "../base/mod.ts";
import {
  addressAt,
  type AddressSet,
  contains,
  indexOf,
} from "./address_set.ts";
import type { Ipv4Targets } from "./ipv4_targets.ts";
import {
  type Ipv6AddressSet,
  ipv6IndexOf,
  storeIpv6Address,
} from "./ipv6_address_set.ts";
import type { Ipv6TargetPlan } from "./ipv6_plan.ts";
import type { Ipv6Targets } from "./ipv6_targets.ts";
import {
  addressesOfPairs,
  addressOfPair,
  firstPairOf,
  pairOf,
  type PairTable,
} from "./pair_table.ts";
import { invert, type Permutation } from "./permutation.ts";
import { Permuter } from "./permuter.ts";
import type { TargetPlan } from "./plan.ts";
import { portRanks } from "./ports.ts";

/** What both families have. */
interface Pairs {
  readonly pairs: PairTable;
}

/**
 * The IPv4 targets of a plan whose ports differ from address to address. The number of a target is that of its pair.
 * Each thread makes its own over the tables that all share.
 */
export class PairSpace implements Ipv4Targets {
  readonly positionCount: number;
  readonly #addresses: AddressSet;
  readonly #pairs: PairTable;
  readonly #permutation: Permutation;
  readonly #permuter: Permuter;
  readonly #portRanks: Uint32Array;

  /**
   * A space of the targets of a plan.
   *
   * @param plan may come by `postMessage`; its tables are used as they are
   */
  constructor(plan: TargetPlan & Pairs) {
    this.positionCount = plan.positionCount;
    this.#addresses = plan.addresses;
    this.#pairs = plan.pairs;
    this.#permutation = plan.permutation;
    this.#permuter = new Permuter(plan.permutation);
    this.#portRanks = portRanks(plan.ports);
  }

  locate(
    positions: Float64Array,
    count: number,
    addresses: Uint32Array,
    ports: Uint32Array,
  ): void {
    this.#permuter.permuteAll(positions, count);
    const set = this.#addresses;
    const pairs = this.#pairs;
    const portList = pairs.ports;
    // One stage after the other, so that what the processor waits for overlaps.
    for (let i = 0; i < count; i++) ports[i] = portList[positions[i]! >>> 0]!;
    addressesOfPairs(pairs, positions, count, addresses);
    if (set.isList) {
      const { starts } = set;
      for (let i = 0; i < count; i++) addresses[i] = starts[addresses[i]!]!;
      return;
    }
    for (let i = 0; i < count; i++) {
      addresses[i] = addressAt(set, addresses[i]!);
    }
  }

  contains(address: Ipv4Address): boolean {
    return contains(this.#addresses, address);
  }

  /** Whether `port` is that of a pair, whatever its address. */
  hasPort(port: number): boolean {
    return this.#portRanks[port]! !== 0;
  }

  portCountOf(address: Ipv4Address): number {
    const index = indexOf(this.#addresses, address);
    const pairs = this.#pairs;
    return index < 0
      ? 0
      : firstPairOf(pairs, index + 1) - firstPairOf(pairs, index);
  }

  portRankOf(address: Ipv4Address, port: number): number {
    const index = indexOf(this.#addresses, address);
    const pair = index < 0 ? -1 : pairOf(this.#pairs, index, port);
    return pair < 0 ? -1 : pair - firstPairOf(this.#pairs, index);
  }

  positionOf(address: Ipv4Address, port: number): number {
    const index = indexOf(this.#addresses, address);
    const pair = index < 0 ? -1 : pairOf(this.#pairs, index, port);
    return pair < 0 ? -1 : invert(this.#permutation, pair);
  }
}

/** As `PairSpace`, for IPv6. */
export class Ipv6PairSpace implements Ipv6Targets {
  readonly positionCount: number;
  readonly #addresses: Ipv6AddressSet;
  readonly #pairs: PairTable;
  readonly #permutation: Permutation;
  readonly #permuter: Permuter;

  /** @param plan may come by `postMessage`; its tables are used as they are */
  constructor(plan: Ipv6TargetPlan & Pairs) {
    this.positionCount = plan.positionCount;
    this.#addresses = plan.addresses;
    this.#pairs = plan.pairs;
    this.#permutation = plan.permutation;
    this.#permuter = new Permuter(plan.permutation);
  }

  locate(
    positions: Float64Array,
    count: number,
    addresses: Uint32Array,
    ports: Uint32Array,
  ): void {
    this.#permuter.permuteAll(positions, count);
    const set = this.#addresses;
    const pairs = this.#pairs;
    const portList = pairs.ports;
    for (let i = 0; i < count; i++) {
      const pair = positions[i]! >>> 0;
      ports[i] = portList[pair]!;
      storeIpv6Address(
        set,
        addressOfPair(pairs, pair),
        addresses,
        i * IPV6_WORDS,
      );
    }
  }

  numberOf(address: Uint32Array, at: number, port: number): number {
    const index = ipv6IndexOf(this.#addresses, address, at);
    return index < 0 ? -1 : pairOf(this.#pairs, index, port);
  }

  positionOf(number: number): number {
    return invert(this.#permutation, number);
  }

  containsAddress(address: Uint32Array, at: number): boolean {
    return ipv6IndexOf(this.#addresses, address, at) >= 0;
  }

  addressIndexOf(number: number): number {
    return addressOfPair(this.#pairs, number);
  }

  portCountOf(number: number): number {
    const index = addressOfPair(this.#pairs, number);
    return firstPairOf(this.#pairs, index + 1) -
      firstPairOf(this.#pairs, index);
  }

  portRankOf(number: number): number {
    return number - firstPairOf(
      this.#pairs,
      addressOfPair(this.#pairs, number),
    );
  }
}
