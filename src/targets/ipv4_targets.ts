import type { Ipv4Address } from "../base/mod.ts";
import type { TargetPlan } from "./plan.ts";
import { StreamSpace } from "./stream_space.ts";
import { TargetSpace } from "./target_space.ts";

/** The IPv4 targets of a plan, as senders and receivers see them. */
export interface Ipv4Targets {
  /** Number of positions, all shards together: addresses times ports. */
  readonly positionCount: number;
  /** Number of ports of the plan. */
  readonly portCount: number;
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
  /** Index of a port in the plan's list, or -1. */
  portRankOf(port: number): number;
  /** The position of a target, or -1 when it is not in the plan. */
  positionOf(address: Ipv4Address, port: number): number;
}

/** The targets of a plan, which may come by `postMessage`: all known, or those of its stream. */
export function ipv4TargetsOf(plan: TargetPlan): Ipv4Targets {
  const { stream } = plan;
  return stream === undefined
    ? new TargetSpace(plan)
    : new StreamSpace(stream, plan.ports);
}
