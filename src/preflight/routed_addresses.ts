import {
  type Ipv4Address,
  IPV6_WORDS,
  type Ipv6Address,
  ipv6OfWords,
  storeIpv6,
} from "../base/mod.ts";
import type { IpAddress } from "../link/mod.ts";
import {
  addressAt,
  type AddressSet,
  addressSet,
  countIpv6Within,
  countWithin,
  firstIpv6From,
  intersect,
  intersectIpv6Ranges,
  type Ipv6AddressSet,
  ipv6AddressSet,
  type Ipv6Range,
  ipv6RangeSize,
  type Ipv6TargetRoutes,
  listIpv6Within,
  makeIpv6Neighbours,
  makeIpv6Runs,
  makeNeighbours,
  RangeBuilder,
  type TargetRoutes,
} from "../targets/mod.ts";

/** Addresses side by side, both ends included. */
export interface IpRange<A extends IpAddress> {
  readonly first: A;
  readonly last: A;
}

/** Which range of addresses has which next hop. */
export interface RangeHops<A extends IpAddress> {
  /** First addresses of ranges, ascending from the lowest of all. */
  readonly starts: readonly A[];
  /** For each range the index of its gateway, or what `TargetRoutes` says of values below 0. */
  readonly hops: readonly number[];
  /** The ranges whose targets are hosts on the link, ascending. */
  readonly onLink: readonly IpRange<A>[];
}

/** The target addresses of one family, as those who look for ways to them see them. */
export interface RoutedAddresses<A extends IpAddress, R> {
  readonly count: number;
  /** How many lie in a range. */
  countWithin(range: IpRange<A>): number;
  /** The lowest that is not below `address`; null: all are. */
  firstFrom(address: A): A | null;
  /** A table of next hops that threads share, with the targets on the link as neighbours. */
  makeRoutes(hops: RangeHops<A>): R;
  /** Reads back `RangeHops.starts` of such a table. */
  startsOf(routes: R): readonly A[];
}

/** Targets of IPv4. */
export function routedIpv4(
  addresses: AddressSet,
): RoutedAddresses<Ipv4Address, TargetRoutes> {
  return {
    count: addresses.count,
    countWithin: (range) => countWithin(addresses, range),
    firstFrom(address): Ipv4Address | null {
      const below = address === 0
        ? 0
        : countWithin(addresses, { first: 0, last: address - 1 });
      return below === addresses.count ? null : addressAt(addresses, below);
    },
    makeRoutes({ hops, onLink, starts }): TargetRoutes {
      const builder = new RangeBuilder();
      for (const { first, last } of onLink) builder.addRange(first, last);
      const shared = new Uint32Array(new SharedArrayBuffer(starts.length * 4));
      shared.set(starts);
      return {
        starts: shared,
        hops: sharedHops(hops),
        neighbours: makeNeighbours(intersect(addresses, addressSet(builder))),
      };
    },
    startsOf: ({ starts }) => [...starts],
  };
}

/** Targets of IPv6. */
export function routedIpv6(
  addresses: Ipv6AddressSet,
): RoutedAddresses<Ipv6Address, Ipv6TargetRoutes> {
  return {
    count: addresses.count,
    countWithin: (range) => countIpv6Within(addresses, range),
    firstFrom: (address) => firstIpv6From(addresses, address),
    makeRoutes({ hops, onLink, starts }): Ipv6TargetRoutes {
      const list = listIpv6Within(addresses, onLink);
      const set = ipv6AddressSet([{ kind: "list", list }]);
      return {
        starts: sharedIpv6(starts),
        hops: sharedHops(hops),
        neighbours: makeIpv6Neighbours(set),
      };
    },
    startsOf: ipv6StartsOf,
  };
}

/** Ranges, merged, in which targets of IPv6 may lie. Counts of more than 2^53 are not exact. */
export function routedIpv6Ranges(
  ranges: readonly Ipv6Range[],
): RoutedAddresses<Ipv6Address, Ipv6TargetRoutes> {
  const sizeOf = (parts: readonly Ipv6Range[]): number =>
    Number(parts.reduce((sum, part) => sum + ipv6RangeSize(part), 0n));
  return {
    count: sizeOf(ranges),
    countWithin: (range) => sizeOf(intersectIpv6Ranges(ranges, [range])),
    firstFrom(address): Ipv6Address | null {
      const next = ranges.find(({ last }) => last >= address);
      if (next === undefined) return null;
      return next.first > address ? next.first : address;
    },
    makeRoutes(hops): Ipv6TargetRoutes {
      const onLink = intersectIpv6Ranges(ranges, hops.onLink);
      const runs = makeIpv6Runs(onLink, 0);
      const set = ipv6AddressSet([{ kind: "ranges", runs }]);
      return routedIpv6(set).makeRoutes(hops);
    },
    startsOf: ipv6StartsOf,
  };
}

function ipv6StartsOf({ starts }: Ipv6TargetRoutes): Ipv6Address[] {
  const count = starts.length / IPV6_WORDS;
  return Array.from(
    { length: count },
    (_, i) => ipv6OfWords(starts, i * IPV6_WORDS),
  );
}

function sharedIpv6(addresses: readonly Ipv6Address[]): Uint32Array {
  const bytes = addresses.length * IPV6_WORDS * 4;
  const words = new Uint32Array(new SharedArrayBuffer(bytes));
  addresses.forEach((address, i) => storeIpv6(address, words, i * IPV6_WORDS));
  return words;
}

function sharedHops(hops: readonly number[]): Int32Array {
  const shared = new Int32Array(new SharedArrayBuffer(hops.length * 4));
  shared.set(hops);
  return shared;
}
