import type { Ipv6AddressSet } from "./ipv6_address_set.ts";
import type { Ipv6Range } from "./ipv6_range.ts";
import type { PairTable } from "./pair_table.ts";
import { type OrderOptions, orderTargets, type TargetOrder } from "./plan.ts";

/** What a plan of IPv6 targets is made from. */
export interface Ipv6TargetPlanOptions extends OrderOptions {
  /** The addresses to scan: allowed, listed and not blocked. */
  readonly addresses: Ipv6AddressSet;
  /** As in `TargetPlanOptions`. */
  readonly pairs?: PairTable;
}

/** As `TargetPlan`, for IPv6. */
export interface Ipv6TargetPlan extends TargetOrder {
  /** The addresses of all shards. */
  readonly addresses: Ipv6AddressSet;
  /**
   * Where the targets of a stream may lie, merged: more addresses than a set can have. Then `addresses` is one of them.
   *
   * @default {undefined} there is no stream
   */
  readonly reach?: readonly Ipv6Range[];
}

/**
 * Makes the plan of one shard, as `makeTargetPlan` does.
 *
 * @throws {RangeError} when `makeTargetPlan` would throw
 */
export function makeIpv6TargetPlan(
  options: Ipv6TargetPlanOptions,
): Ipv6TargetPlan {
  const { addresses, pairs } = options;
  return { addresses, ...orderTargets(addresses.count, options, pairs) };
}
