import type { AddressSet } from "./address_set.ts";
import type { Ipv6AddressSet } from "./ipv6_address_set.ts";
import { type Ipv6TargetPlan, makeIpv6TargetPlan } from "./ipv6_plan.ts";
import type { PairTable } from "./pair_table.ts";
import { MAX_PERMUTATION_SIZE } from "./permutation.ts";
import {
  makeTargetPlan,
  type OrderOptions,
  shardRange,
  type TargetOrder,
  type TargetPlan,
} from "./plan.ts";
import {
  countMixedBefore,
  makeTargetMix,
  mixedCount,
  type TargetMix,
} from "./target_mix.ts";

/** What a plan of targets of both families is made from. */
export interface MixedPlanOptions extends OrderOptions {
  /** The IPv4 addresses to scan: allowed, listed and not blocked. */
  readonly ipv4: AddressSet;
  /** The same of IPv6. */
  readonly ipv6: Ipv6AddressSet;
  /** The ports of each IPv4 address, as in `TargetPlanOptions`. */
  readonly pairs4?: PairTable;
  /** The same of IPv6. */
  readonly pairs6?: PairTable;
}

/**
 * The targets of a scan of both families, and the part of them that this process sends to. Plain data, as
 * `TargetPlan`. First and end of each family's plan are its part of the shard, which may be empty.
 */
export interface MixedPlan {
  /** The plan of the IPv4 targets. */
  readonly ipv4: TargetPlan;
  /** The plan of the IPv6 targets. */
  readonly ipv6: Ipv6TargetPlan;
  /** How both are mixed. */
  readonly mix: TargetMix;
  /** First position of this shard in the mixed order. */
  readonly firstPosition: number;
  /** Behind the last position of this shard that is to be sent; above `firstPosition`. */
  readonly endPosition: number;
}

/**
 * Makes the plan of one shard: the mixed order is cut as `makeTargetPlan` cuts that of one family, and so is the
 * limit.
 *
 * @throws {RangeError} when `makeTargetPlan` would throw
 */
export function makeMixedPlan(options: MixedPlanOptions): MixedPlan {
  const { ipv4, ipv6, pairs4, pairs6, shard, shards } = options;
  const whole = { ...options, shards: 1, shard: 0, maxTargets: null };
  const plan4 = makeTargetPlan({
    ...whole,
    addresses: ipv4,
    ...(pairs4 === undefined ? {} : { pairs: pairs4 }),
  });
  const plan6 = makeIpv6TargetPlan({
    ...whole,
    addresses: ipv6,
    ...(pairs6 === undefined ? {} : { pairs: pairs6 }),
  });
  const mix = makeTargetMix(plan4.positionCount, plan6.positionCount);
  if (mixedCount(mix) > MAX_PERMUTATION_SIZE) {
    throw new RangeError(
      `Cannot plan a scan of ${ipv4.count} IPv4 and ${ipv6.count} IPv6 addresses with ${options.ports.length} ports: more than 2^48 targets`,
    );
  }
  const range = shardRange(mixedCount(mix), options);
  const partOf = (
    family: 4 | 6,
  ): Pick<
    TargetOrder,
    "shards" | "shard" | "firstPosition" | "endPosition"
  > => ({
    shards,
    shard,
    firstPosition: countMixedBefore(mix, family, range.firstPosition),
    endPosition: countMixedBefore(mix, family, range.endPosition),
  });
  return {
    ipv4: { ...plan4, ...partOf(4) },
    ipv6: { ...plan6, ...partOf(6) },
    mix,
    ...range,
  };
}
