import type { NetworkList, RangeBuilder } from "../targets/mod.ts";
import {
  type PlacedHostName,
  requireHost,
  type Resolver,
} from "./host_names.ts";
import { type Skip, skipping } from "./skip.ts";

/** Host names that are looked up at once. */
const PARALLEL_LOOKUPS = 16;

/** A host name in a list, with the prefix length that was written behind it. */
export interface PendingHost extends PlacedHostName {
  readonly length: number;
  /** Ranges that were added before it. */
  readonly rangesBefore: number;
}

/**
 * Looks hosts up and adds their addresses to the ranges; in the list of networks they stand where the names did.
 *
 * @throws {ConfigError} when one has no address, unless such hosts are skipped
 */
export async function addHosts(
  hosts: readonly PendingHost[],
  { networks, ranges, resolve, skip }: {
    readonly networks: NetworkList | null;
    readonly ranges: RangeBuilder;
    readonly resolve: Resolver;
    readonly skip: Skip | null;
  },
): Promise<void> {
  const ownRanges = ranges.length;
  let listed = 0;
  for (let at = 0; at < hosts.length; at += PARALLEL_LOOKUPS) {
    const some = hosts.slice(at, at + PARALLEL_LOOKUPS);
    const found = await Promise.all(
      some.map((host) =>
        requireHost(host, resolve).catch(
          (error: unknown) => skipping(skip, () => rethrow(error)),
        )
      ),
    );
    for (const [i, { length, rangesBefore }] of some.entries()) {
      networks?.addFrom(ranges, listed, rangesBefore);
      listed = rangesBefore;
      for (const address of found[i] ?? []) {
        ranges.addPrefix({ address, length });
        networks?.add({ address, length });
      }
    }
  }
  networks?.addFrom(ranges, listed, ownRanges);
}

function rethrow(error: unknown): never {
  throw error;
}
