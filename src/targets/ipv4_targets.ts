import type { Ipv4Address } from "../base/mod.ts";
import { PairSpace } from "./pair_space.ts";
import type { TargetPlan } from "./plan.ts";
import { StreamSpace } from "./stream_space.ts";
import { TargetSpace } from "./target_space.ts";

/** The IPv4 targets of a plan, as senders and receivers see them. */
export interface Ipv4Targets {
  /** Number of positions, all shards together: addresses times ports. */
  readonly positionCount: number;
  /** Stores addresses and ports of the targets at the first `count` positions, which may be overwritten. */
  locate(
    positions: Float64Array,
    count: number,
    addresses: Uint32Array,
    ports: Uint32Array,
  ): void;
  /** Whether `address` is an address of the plan, in whichever shard. */
  contains(address: Ipv4Address): boolean;
  /** Whether `port` is a port of the plan. */
  hasPort(port: number): boolean;
  /** Number of targets that an address of the plan is. */
  portCountOf(address: Ipv4Address): number;
  /** Index of a port among those of an address of the plan, or -1. */
  portRankOf(address: Ipv4Address, port: number): number;
  /** The position of a target, or -1 when it is not in the plan. */
  positionOf(address: Ipv4Address, port: number): number;
}

/** The targets of a plan, which may come by `postMessage`: all known, its pairs, or those of its stream. */
export function ipv4TargetsOf(plan: TargetPlan): Ipv4Targets {
  const { stream } = plan;
  return stream === undefined
    ? knownIpv4Targets(plan)
    : new StreamSpace(stream, plan.ports);
}

/** As `ipv4TargetsOf`, whatever a stream may bring. */
export function knownIpv4Targets(plan: TargetPlan): Ipv4Targets {
  const { pairs } = plan;
  return pairs === undefined
    ? new TargetSpace(plan)
    : new PairSpace({ ...plan, pairs });
}
