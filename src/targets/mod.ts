/** Which targets there are and in what order: address sets, lists, ports, permutation, shards. @module */
export {
  type AddressListOptions,
  AddressListReader,
  type AddressListRest,
  type PairSink,
  parseAddressList,
} from "./address_list.ts";
export type { Pair } from "./_pair.ts";
export type { ListHeader } from "./_entry.ts";
export {
  addressAt,
  type AddressSet,
  addressSet,
  allAddresses,
  contains,
  countWithin,
  indexOf,
  intersect,
  overlapsPrefix,
  subtract,
  union,
} from "./address_set.ts";
export {
  type Ipv6Addresses,
  type Ipv6AddressSet,
  ipv6AddressSet,
  ipv6IndexOf,
  type Ipv6Part,
  storeIpv6Address,
} from "./ipv6_address_set.ts";
export {
  Ipv6Builder,
  type Ipv6Entries,
  NO_IPV6_ENTRIES,
} from "./ipv6_builder.ts";
export { indexInIpv6List, type Ipv6List, ipv6ListCount } from "./ipv6_list.ts";
export {
  type Ipv6TargetPlan,
  type Ipv6TargetPlanOptions,
  makeIpv6TargetPlan,
} from "./ipv6_plan.ts";
export {
  type Ipv6Network,
  parseIpv6Network,
  parseIpv6Prefix,
} from "./ipv6_prefix.ts";
export {
  formatIpv6Range,
  intersectIpv6Ranges,
  ipv6PrefixRange,
  type Ipv6Range,
  ipv6RangesContain,
  ipv6RangeSize,
  mergeIpv6Ranges,
  subtractIpv6Ranges,
} from "./ipv6_range.ts";
export {
  findTooLarge,
  type Ipv6Selection,
  selectIpv6Addresses,
} from "./ipv6_selection.ts";
export { countIpv6Within, firstIpv6From, listIpv6Within } from "./ipv6_rank.ts";
export { type Ipv6Runs, makeIpv6Runs } from "./ipv6_runs.ts";
export {
  ipv6NeighbourOf,
  type Ipv6Neighbours,
  ipv6RangeOf,
  type Ipv6TargetRoutes,
  makeIpv6Neighbours,
} from "./ipv6_routes.ts";
export { Ipv6TargetSpace } from "./ipv6_space.ts";
export {
  IPV6_SPECIAL_PURPOSE_BLOCKS,
  ipv6SpecialPurposeRanges,
} from "./ipv6_special_purpose.ts";
export {
  type Ipv6Window,
  type Ipv6WindowFill,
  type Ipv6WindowRule,
} from "./ipv6_window.ts";
export {
  makeMixedPlan,
  type MixedPlan,
  type MixedPlanOptions,
} from "./mixed_plan.ts";
export { type HostName, type Network, parseNetwork } from "./network.ts";
export { NetworkList } from "./network_list.ts";
export {
  invert,
  makePermutation,
  MAX_PERMUTATION_SIZE,
  type Permutation,
  permute,
} from "./permutation.ts";
export {
  makeTargetPlan,
  type MaxTargets,
  type OrderOptions,
  shardRange,
  type TargetOrder,
  type TargetPlan,
  type TargetPlanOptions,
} from "./plan.ts";
export { PairSpace } from "./pair_space.ts";
export { Ipv4PairBuilder } from "./ipv4_pair_builder.ts";
export { Ipv6PairBuilder } from "./ipv6_pair_builder.ts";
export type { PairTable } from "./pair_table.ts";
export { parsePorts } from "./ports.ts";
export {
  type AddressRange,
  hasBadLength,
  parsePrefix,
  type Prefix,
  prefixRange,
} from "./prefix.ts";
export {
  type ListedHostName,
  type ListOptions,
  parsePrefixList,
  PrefixListReader,
  type PrefixListRest,
  type ZonedNetwork,
} from "./prefix_list.ts";
export { RangeBuilder, type RangeWriter } from "./range_builder.ts";
export { type AddressSelection, selectAddresses } from "./selection.ts";
export {
  SPECIAL_PURPOSE_BLOCKS,
  type SpecialPurposeBlock,
  specialPurposePrefixes,
} from "./special_purpose.ts";
export {
  type Ipv6Targets,
  ipv6TargetsOf,
  knownIpv6Targets,
} from "./ipv6_targets.ts";
export {
  type Ipv4Targets,
  ipv4TargetsOf,
  knownIpv4Targets,
} from "./ipv4_targets.ts";
export {
  ipv4StreamFilter,
  ipv6StreamFilter,
  type Ipv6StreamLimits,
  type StreamFilter,
} from "./stream_filter.ts";
export {
  type StreamCounts,
  StreamIntake,
  type StreamIntakeOptions,
} from "./stream_intake.ts";
export {
  makeStreamMemory,
  STREAM_CAPACITY,
  STREAM_WINDOW,
  type StreamMemory,
  type StreamOptions,
} from "./stream_memory.ts";
export { type StreamAddition, StreamWriter } from "./stream_writer.ts";
export {
  countMixedBefore,
  findMixedRun,
  makeTargetMix,
  mixedCount,
  mixedPosition,
  type MixedRun,
  type TargetMix,
} from "./target_mix.ts";
export { TargetSpace } from "./target_space.ts";
export {
  BROADCAST,
  isKnown,
  makeNeighbours,
  MULTICAST,
  neighbourOf,
  type Neighbours,
  NO_HOP,
  ON_LINK,
  rangeOf,
  type TargetRoutes,
} from "./target_routes.ts";
