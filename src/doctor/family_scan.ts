import type { Ipv4Address, Ipv6Address } from "../base/mod.ts";
import type { IpAddress } from "../link/mod.ts";
import {
  IPV4_NETWORK,
  IPV6_NETWORK,
  type NetworkFamily,
  type NetworkPlan,
  type NetworkRequest,
  networkRequest,
  networkRequest6,
  resolveNetwork,
  resolveNetwork6,
} from "../preflight/mod.ts";
import { type IpVersion, requireProbeModule } from "../probe/mod.ts";
import type {
  Ipv6TargetPlan,
  Ipv6TargetRoutes,
  StreamMemory,
  TargetOrder,
  TargetPlan,
  TargetRoutes,
} from "../targets/mod.ts";
import type {
  CheckedScan,
  CheckedScan6,
  CheckedSettings,
} from "./checked_scan.ts";

/** The targets of one family, and what they are scanned with. */
export interface FamilyTargets {
  readonly settings: CheckedSettings;
  readonly version: IpVersion;
  readonly plan: FamilyPlan;
  /** The receiver has to remember more than 32 bits of each target, to tell its answers from repeats. */
  readonly isWide: boolean;
}

/** A plan, of either family. */
export type FamilyPlan =
  | { readonly ipv4: TargetPlan }
  | { readonly ipv6: Ipv6TargetPlan };

/** The scan of one family, as the checks see it. */
export interface FamilyScan<A extends IpAddress, R> extends FamilyTargets {
  readonly family: NetworkFamily<A>;
  readonly request: NetworkRequest<A, R>;
  /**
   * Finds the way to the targets.
   *
   * @throws {PreflightError} when there is none
   */
  resolve(): Promise<NetworkPlan<A, R>>;
  /** Targets that a table of next hops has on the link. */
  countNeighbours(routes: R): number;
}

/** A scan of IPv4 targets. */
export type FamilyScan4 = FamilyScan<Ipv4Address, TargetRoutes>;

/** A scan of IPv6 targets. */
export type FamilyScan6 = FamilyScan<Ipv6Address, Ipv6TargetRoutes>;

/**
 * A scan of IPv4 targets, as the checks see it.
 *
 * @throws {RangeError} when there is no such kind of probe
 */
export function checkedIpv4(scan: CheckedScan): FamilyScan4 {
  const request = networkRequest(scan);
  return {
    settings: scan,
    version: 4,
    plan: { ipv4: scan.targets },
    isWide: requireProbeModule(scan.probe.module).usesPorts &&
      scan.targets.ports.length > 1,
    family: IPV4_NETWORK,
    request,
    resolve: () => resolveNetwork(request),
    countNeighbours: ({ neighbours }) => neighbours.addresses.count,
  };
}

/** A scan of IPv6 targets, as the checks see it. */
export function checkedIpv6(scan: CheckedScan6): FamilyScan6 {
  const request = networkRequest6(scan);
  return {
    settings: scan,
    version: 6,
    plan: { ipv6: scan.targets },
    // Targets are remembered by their numbers.
    isWide: scan.targets.positionCount > 2 ** 32,
    family: IPV6_NETWORK,
    request,
    resolve: () => resolveNetwork6(request),
    countNeighbours: ({ neighbours }) => neighbours.addresses.count,
  };
}

/** The order of the targets of a plan. */
export function orderOf(plan: FamilyPlan): TargetOrder {
  return "ipv6" in plan ? plan.ipv6 : plan.ipv4;
}

/** Number of targets that are to be probed, each of them once or more; of a stream, that there can be. */
export function targetCount({ plan }: Pick<FamilyTargets, "plan">): number {
  const { endPosition, firstPosition, ports } = orderOf(plan);
  const count = endPosition - firstPosition;
  const stream = streamOf(plan);
  return stream === undefined
    ? count
    : Math.min(count, stream.capacity * ports.length);
}

/** What comes while the scan runs; undefined: all targets are known. */
export function streamOf(plan: FamilyPlan): StreamMemory | undefined {
  return "ipv6" in plan ? plan.ipv6.stream : plan.ipv4.stream;
}
