import type { AddressSet } from "./address_set.ts";
import type { PairTable } from "./pair_table.ts";
import {
  makePermutation,
  MAX_PERMUTATION_SIZE,
  type Permutation,
} from "./permutation.ts";
import type { StreamMemory } from "./stream_memory.ts";

/** How many targets at most, over all shards: a number, or a percentage of all positions. */
export type MaxTargets = { readonly count: number } | {
  readonly percent: number;
};

/** What fixes the order of a plan's targets and the part of them that is scanned. */
export interface OrderOptions {
  /** Destination ports, each once; `[0]` for probes without ports. */
  readonly ports: Uint16Array;
  /** Fixes the order: 0 to 2^64−1. */
  readonly seed: bigint;
  /** Number of disjoint parts that the scan is cut into. */
  readonly shards: number;
  /** The part to scan, from 0. */
  readonly shard: number;
  /**
   * Limit for all shards together, or null for all targets. A percentage is of the positions, that is of
   * the allowed addresses times the ports, rounded down.
   */
  readonly maxTargets: MaxTargets | null;
}

/** What a plan is made from. */
export interface TargetPlanOptions extends OrderOptions {
  /** The addresses to scan: allowed, listed and not blocked. */
  readonly addresses: AddressSet;
  /**
   * The ports of each address; `ports` are those that any has.
   *
   * @default {undefined} every address has all of `ports`
   */
  readonly pairs?: PairTable;
}

/** The order of a plan's targets, and which of them this process sends to. */
export interface TargetOrder {
  /** The ports, each once, in the order given. */
  readonly ports: Uint16Array;
  /** What fixed the order. */
  readonly seed: bigint;
  /** Leads from a position to the number of a target. */
  readonly permutation: Permutation;
  /** Number of positions of the whole scan: addresses times ports, 1 to 2^48. */
  readonly positionCount: number;
  /** Number of parts of the whole scan. */
  readonly shards: number;
  /** The part of this plan, from 0. */
  readonly shard: number;
  /** First position of this shard. */
  readonly firstPosition: number;
  /** Behind the last position of this shard that is to be sent; above `firstPosition`. */
  readonly endPosition: number;
  /**
   * The targets, where they become known while the scan runs: then all else but the ports tells where they may lie.
   *
   * @default {undefined} they are known
   */
  readonly stream?: StreamMemory;
  /**
   * The ports of each address, where not all have the same; `ports` are then those that any has.
   *
   * @default {undefined} every address has all of `ports`
   */
  readonly pairs?: PairTable;
}

/**
 * The targets of a scan and the part of them that this process sends to. Plain data whose tables lie in
 * shared memory: `postMessage` copies a few words, whatever the number of targets.
 */
export interface TargetPlan extends TargetOrder {
  /** The addresses of all shards. */
  readonly addresses: AddressSet;
}

/**
 * Makes the plan of one shard. Shards are consecutive ranges of positions: of N positions in S shards,
 * shard i has ⌊N / S⌋ and, if i < N mod S, one more. Of a limit of n targets it gets ⌊n / S⌋ and, if
 * i < n mod S, one more, which is never above its number of positions as n is at most N.
 *
 * @throws {RangeError} when there is no address or no port, when there are more than 2^48 targets, when
 * `shards`, `shard` or `maxTargets` are no valid numbers, or when a shard would have no target
 */
export function makeTargetPlan(options: TargetPlanOptions): TargetPlan {
  const { addresses, pairs } = options;
  return { addresses, ...orderTargets(addresses.count, options, pairs) };
}

/**
 * Puts the targets of a number of addresses in order, as `makeTargetPlan` does.
 *
 * @param pairs the ports of each address; undefined: every address has all ports
 *
 * @throws {RangeError} when `makeTargetPlan` would throw
 */
export function orderTargets(
  addressCount: number,
  options: OrderOptions,
  pairs?: PairTable,
): TargetOrder {
  const { ports, seed, shards, shard } = options;
  if (addressCount === 0) {
    throw new RangeError("Cannot plan a scan: no address is left to scan");
  }
  if (ports.length === 0) {
    throw new RangeError("Cannot plan a scan: no port is given");
  }
  const positionCount = pairs?.count ?? addressCount * ports.length;
  if (positionCount > MAX_PERMUTATION_SIZE) {
    throw new RangeError(
      `Cannot plan a scan of ${addressCount} addresses with ${ports.length} ports: more than 2^48 targets`,
    );
  }
  return {
    ports: sharedPorts(ports),
    seed,
    permutation: makePermutation(positionCount, seed),
    positionCount,
    shards,
    shard,
    ...shardRange(positionCount, options),
    ...(pairs === undefined ? {} : { pairs }),
  };
}

/**
 * The positions of one shard, as `makeTargetPlan` cuts them.
 *
 * @throws {RangeError} when `shards`, `shard` or `maxTargets` are no valid numbers, or when a shard would have no target
 */
export function shardRange(
  positionCount: number,
  { maxTargets, shard, shards }: Pick<
    OrderOptions,
    "maxTargets" | "shard" | "shards"
  >,
): Pick<TargetOrder, "firstPosition" | "endPosition"> {
  const targetCount = limitedCount(positionCount, maxTargets);
  checkShards(shards, shard, targetCount, positionCount);
  const firstPosition = shard * Math.floor(positionCount / shards) +
    Math.min(shard, positionCount % shards);
  return {
    firstPosition,
    endPosition: firstPosition + shareOf(targetCount, shards, shard),
  };
}

/** Exact for all counts up to 2^48: a quotient of integers below 2^52 is never rounded up to the next integer. */
function shareOf(count: number, shards: number, shard: number): number {
  return Math.floor(count / shards) + (shard < count % shards ? 1 : 0);
}

function limitedCount(positionCount: number, limit: MaxTargets | null): number {
  if (limit === null) return positionCount;
  if ("count" in limit) {
    if (!Number.isInteger(limit.count) || limit.count < 1) {
      throw new RangeError(
        `Cannot limit the scan to ${limit.count} targets: must be an integer of 1 or more`,
      );
    }
    return Math.min(limit.count, positionCount);
  }
  const { percent } = limit;
  if (!(percent > 0 && percent <= 100)) {
    throw new RangeError(
      `Cannot limit the scan to ${percent}% of its targets: must be above 0 and at most 100`,
    );
  }
  const count = Math.floor(positionCount * percent / 100);
  if (count < 1) {
    throw new RangeError(
      `Cannot limit the scan to ${percent}% of ${positionCount} targets: that is less than one`,
    );
  }
  return count;
}

function checkShards(
  shards: number,
  shard: number,
  targetCount: number,
  positionCount: number,
): void {
  if (!Number.isInteger(shards) || shards < 1) {
    throw new RangeError(
      `Cannot cut the scan into ${shards} shards: must be an integer of 1 or more`,
    );
  }
  if (!Number.isInteger(shard) || shard < 0 || shard >= shards) {
    throw new RangeError(
      `Cannot scan shard ${shard} of ${shards}: must be an integer from 0 to ${
        shards - 1
      }`,
    );
  }
  if (shards > targetCount) {
    const limit = targetCount < positionCount
      ? ` (of ${positionCount}, by the limit)`
      : "";
    throw new RangeError(
      `Cannot cut ${targetCount} targets${limit} into ${shards} shards: each needs at least one`,
    );
  }
}

function sharedPorts(ports: Uint16Array): Uint16Array {
  const shared = new Uint16Array(new SharedArrayBuffer(ports.byteLength));
  shared.set(ports);
  return shared;
}
