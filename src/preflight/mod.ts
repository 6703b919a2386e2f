/** What has to be right before the first probe: rights, libraries, and the way to the targets. @module */
export { resolveNetwork } from "./resolve_network.ts";
export {
  type NetworkPlan,
  type NetworkRequest,
  networkRequest,
  type NextHop,
  type RoutedScan,
} from "./network_plan.ts";
export {
  ArpWatch,
  type ArpWatchOptions,
  type NeighbourClaim,
} from "./arp_watch.ts";
export { checkMtu } from "./check_mtu.ts";
export { askNeighbours, type AskOptions } from "./ask_neighbours.ts";
export { choosePath, type Path } from "./choose_path.ts";
export { waitForPing, type WaitPingOptions } from "./wait_ping.ts";
export { planProcessors, type ProcessorPlan, runOn } from "./processors.ts";
export { checkLibpcap, checkRights, dropPrivileges } from "./rights.ts";
export {
  type TargetsFound,
  type UnansweredTargets,
  unansweredTargets,
} from "./own_targets.ts";
