/** Which targets there are and in what order: address sets, lists, ports, permutation, shards. @module */
export {
  AddressListReader,
  type AddressListRest,
  parseAddressList,
} from "./address_list.ts";
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
  type TargetPlan,
  type TargetPlanOptions,
} from "./plan.ts";
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
} from "./prefix_list.ts";
export { RangeBuilder, type RangeWriter } from "./range_builder.ts";
export { type AddressSelection, selectAddresses } from "./selection.ts";
export {
  SPECIAL_PURPOSE_BLOCKS,
  type SpecialPurposeBlock,
  specialPurposePrefixes,
} from "./special_purpose.ts";
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
