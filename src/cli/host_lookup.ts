import { ConfigError, formatCount } from "../base/mod.ts";
import {
  type Ipv6Builder,
  ipv6PrefixRange,
  type NetworkList,
  type RangeBuilder,
} from "../targets/mod.ts";
import {
  type Families,
  type HostAddresses,
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
  /** Up to 32 for the prefixes of its IPv4 addresses, up to 128 for those of IPv6; null without one. */
  readonly length: number | null;
  /** Ranges that were added before it. */
  readonly rangesBefore: number;
}

const IPV4_LENGTH = 32;
const IPV6_LENGTH = 128;

/** Where the addresses of hosts go. */
export interface HostTarget {
  readonly networks: NetworkList | null;
  readonly ranges: RangeBuilder;
  /** Null: hosts are not looked up in IPv6. */
  readonly ipv6: Ipv6Builder | null;
  /** Whether hosts are looked up in IPv4. */
  readonly hasIpv4: boolean;
  readonly lookup: HostLookup;
  readonly skip: Skip | null;
}

/**
 * Looks hosts up and adds their addresses to the ranges; in the list of networks they stand where the names did.
 *
 * @throws {ConfigError} when one has no address, unless such hosts are skipped
 * @throws the reason of the lookup's signal when that aborts
 */
export async function addHosts(
  hosts: readonly PendingHost[],
  target: HostTarget,
): Promise<void> {
  const { ipv6, networks, ranges, skip } = target;
  const ownRanges = ranges.length;
  const found = await lookUpAll(hosts, target);
  let listed = 0;
  for (const [i, { length, rangesBefore }] of hosts.entries()) {
    networks?.addFrom(ranges, listed, rangesBefore);
    listed = rangesBefore;
    const addresses = found[i]!;
    if (addresses instanceof ConfigError) {
      skip?.(addresses);
      continue;
    }
    for (const address of addresses.ipv4) {
      const prefix = { address, length: length ?? IPV4_LENGTH };
      ranges.addPrefix(prefix);
      networks?.add(prefix);
    }
    for (const address of addresses.ipv6) {
      ipv6?.addRange(ipv6PrefixRange(address, length ?? IPV6_LENGTH));
    }
  }
  networks?.addFrom(ranges, listed, ownRanges);
}

type Found = HostAddresses | ConfigError;

/** The addresses of each host, or why there are none; unless lenient, the first such error is thrown. */
async function lookUpAll(
  hosts: readonly PendingHost[],
  { hasIpv4, ipv6, lookup, skip }: HostTarget,
): Promise<Found[]> {
  const asked = { ipv4: hasIpv4, ipv6: ipv6 !== null };
  const families = hosts.map((host) => familiesOf(host, asked));
  const found = new Array<Found>(hosts.length);
  using watch = new SilenceWatch(lookup);
  let next = 0;
  const lookUpSome = async (): Promise<void> => {
    while (next < hosts.length) {
      const at = next++;
      const host = hosts[at]!;
      using _waiting = watch.waitFor(host.name);
      try {
        found[at] = await requireHost(host, families[at]!, lookup);
      } catch (error) {
        if (skip === null || !(error instanceof ConfigError)) {
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

/**
 * The families in which a host is looked up: a prefix length up to 32 is meant for IPv4, as long as that is asked
 * for, a longer one for IPv6.
 *
 * @throws {ConfigError} when the length is above 32 and only IPv4 is asked for
 */
function familiesOf(
  { length, name, place }: PendingHost,
  asked: Families,
): Families {
  if (length === null) return asked;
  if (length > IPV4_LENGTH && !asked.ipv6) {
    throw new ConfigError(
      place,
      `Cannot use prefix "${name}/${length}": length is above 32, and IPv6 is not asked for`,
      "Give a length from 0 to 32",
    );
  }
  const isIpv4 = asked.ipv4 && length <= IPV4_LENGTH;
  return { ipv4: isIpv4, ipv6: !isIpv4 };
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
