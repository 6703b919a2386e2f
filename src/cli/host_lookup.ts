import { ConfigError, formatCount, type Ipv4Address } from "../base/mod.ts";
import type { NetworkList, RangeBuilder } from "../targets/mod.ts";
import {
  type HostLookup,
  type PlacedHostName,
  requireHost,
} from "./host_names.ts";
import type { Skip } from "./skip.ts";

/** Host names that are looked up at once: a resolver answers from its cache or waits for others, too. */
const PARALLEL_LOOKUPS = 32;
const DEFAULT_SILENCE_MS = 2000;

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
 * @throws the reason of the lookup's signal when that aborts
 */
export async function addHosts(
  hosts: readonly PendingHost[],
  { lookup, networks, ranges, skip }: {
    readonly networks: NetworkList | null;
    readonly ranges: RangeBuilder;
    readonly lookup: HostLookup;
    readonly skip: Skip | null;
  },
): Promise<void> {
  const ownRanges = ranges.length;
  const found = await lookUpAll(hosts, { lookup, isLenient: skip !== null });
  let listed = 0;
  for (const [i, { length, rangesBefore }] of hosts.entries()) {
    networks?.addFrom(ranges, listed, rangesBefore);
    listed = rangesBefore;
    const addresses = found[i]!;
    if (addresses instanceof ConfigError) {
      skip?.(addresses);
      continue;
    }
    for (const address of addresses) {
      ranges.addPrefix({ address, length });
      networks?.add({ address, length });
    }
  }
  networks?.addFrom(ranges, listed, ownRanges);
}

type Found = readonly Ipv4Address[] | ConfigError;

/** The addresses of each host, or why there are none; unless lenient, the first such error is thrown. */
async function lookUpAll(
  hosts: readonly PendingHost[],
  { isLenient, lookup }: {
    readonly isLenient: boolean;
    readonly lookup: HostLookup;
  },
): Promise<Found[]> {
  const found = new Array<Found>(hosts.length);
  using watch = new SilenceWatch(lookup);
  let next = 0;
  const lookUpSome = async (): Promise<void> => {
    while (next < hosts.length) {
      const at = next++;
      const host = hosts[at]!;
      using _waiting = watch.waitFor(host.name);
      try {
        found[at] = await requireHost(host, lookup);
      } catch (error) {
        if (!isLenient || !(error instanceof ConfigError)) {
          next = hosts.length;
          throw error;
        }
        found[at] = error;
      }
    }
  };
  const count = Math.min(PARALLEL_LOOKUPS, hosts.length);
  await Promise.all(Array.from({ length: count }, lookUpSome));
  return found;
}

/** Says for which names the resolver keeps the program waiting. */
class SilenceWatch {
  readonly #lookup: HostLookup;
  readonly #silenceMs: number;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #isNamed = false;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(lookup: HostLookup) {
    this.#lookup = lookup;
    this.#silenceMs = lookup.silenceMs ?? DEFAULT_SILENCE_MS;
  }

  /** Waits for a name until the result is disposed of. */
  waitFor(name: string): Disposable {
    const timer = setTimeout(() => this.#name(name), this.#silenceMs);
    const timers = this.#timers;
    timers.add(timer);
    return {
      [Symbol.dispose](): void {
        clearTimeout(timer);
        timers.delete(timer);
      },
    };
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#pause);
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #name(name: string): void {
    if (this.#isNamed) return;
    this.#isNamed = true;
    this.#pause = setTimeout(() => this.#isNamed = false, this.#silenceMs);
    const others = this.#timers.size - 1;
    const more = others === 0
      ? ""
      : ` and ${formatCount(others)} other name${others === 1 ? "" : "s"}`;
    this.#lookup.onSilence(`Waiting for the resolver for ${name}${more}`);
  }
}
