import type { Ipv6TargetPlan } from "./ipv6_plan.ts";
import { Ipv6TargetSpace } from "./ipv6_space.ts";
import { Ipv6PairSpace } from "./pair_space.ts";
import { Ipv6StreamSpace } from "./ipv6_stream_space.ts";

/**
 * The IPv6 targets of a plan, as senders and receivers see them. Every target has a number below 2^48, which stands
 * for its address and port; addresses are four words, most significant first.
 */
export interface Ipv6Targets {
  /** Number of positions, all shards together: addresses times ports. */
  readonly positionCount: number;
  /**
   * Stores addresses, four words each, and ports of the targets at the first `count` positions, and replaces the
   * positions by the numbers of the targets.
   */
  locate(
    positions: Float64Array,
    count: number,
    addresses: Uint32Array,
    ports: Uint32Array,
  ): void;
  /** The number of a target, whose address is the four words at `at`; -1 when it is none. */
  numberOf(address: Uint32Array, at: number, port: number): number;
  /** The position of the target of this number. */
  positionOf(number: number): number;
  /** Whether the four words at `at` are an address of the plan, in whichever shard. */
  containsAddress(address: Uint32Array, at: number): boolean;
  /** Index of the address of the target of this number, below 2^48. */
  addressIndexOf(number: number): number;
  /** Number of targets that have the address of the target of this number. */
  portCountOf(number: number): number;
  /** Index of the target of this number among those of its address. */
  portRankOf(number: number): number;
}

/** The targets of a plan, which may come by `postMessage`: all known, its pairs, or those of its stream. */
export function ipv6TargetsOf(plan: Ipv6TargetPlan): Ipv6Targets {
  const { stream } = plan;
  return stream === undefined
    ? knownIpv6Targets(plan)
    : new Ipv6StreamSpace(stream, plan.ports);
}

/** As `ipv6TargetsOf`, whatever a stream may bring. */
export function knownIpv6Targets(plan: Ipv6TargetPlan): Ipv6Targets {
  const { pairs } = plan;
  return pairs === undefined
    ? new Ipv6TargetSpace(plan)
    : new Ipv6PairSpace({ ...plan, pairs });
}
