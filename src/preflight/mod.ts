/** What has to be right before the first probe: rights, libraries, and the way to the targets. @module */
export { resolveNetwork } from "./resolve_network.ts";
export { resolveNetwork6 } from "./resolve_network6.ts";
export {
  type NetworkPlan,
  type NetworkPlan6,
  type NetworkRequest,
  networkRequest,
  type NetworkRequest6,
  networkRequest6,
  type NextHop,
  type RoutedScan,
  type RoutedScan6,
  type WayOptions,
} from "./network_plan.ts";
export {
  type NeighbourClaim,
  NeighbourWatch,
  type NeighbourWatchOptions,
} from "./neighbour_watch.ts";
export {
  PlannedRoutes,
  type PlannedRoutesOptions,
  type RouteState,
} from "./planned_routes.ts";
export { ARP } from "./arp.ts";
export { NDP } from "./ndp.ts";
export { isUsable, type NeighbourProtocol } from "./neighbour_protocol.ts";
export {
  IPV4_NETWORK,
  IPV6_NETWORK,
  type NetworkFamily,
} from "./network_family.ts";
export {
  type IpRange,
  type RangeHops,
  type RoutedAddresses,
  routedIpv4,
  routedIpv6,
  routedIpv6Ranges,
} from "./routed_addresses.ts";
export { formatSources, sourcePrefixWarnings } from "./source_prefix.ts";
export { IPV6_LEAST_MTU, ipv6Problem } from "./ipv6_support.ts";
export { checkMtu } from "./check_mtu.ts";
export {
  askNeighbours,
  askNeighbours6,
  type AskOptions,
  type AskOptions6,
} from "./ask_neighbours.ts";
export { choosePath, choosePathOf, type Path } from "./choose_path.ts";
export { PING, PING6, type PingProtocol } from "./ping_protocol.ts";
export { waitForPing, type WaitPingOptions } from "./wait_ping.ts";
export { planProcessors, type ProcessorPlan, runOn } from "./processors.ts";
export { checkLibpcap, checkRights } from "./rights.ts";
export {
  countInPrefixes,
  NONE_UNANSWERED,
  type TargetsFound,
  type UnansweredTargets,
  unansweredTargets,
} from "./own_targets.ts";
export { streamRequest } from "./stream_request.ts";
