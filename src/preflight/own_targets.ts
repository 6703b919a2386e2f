import type { Ipv4Address } from "../base/mod.ts";
import type { FamilyReader, IpAddress, IpFamily, Prefix } from "../link/mod.ts";
import type { IpRange, RoutedAddresses } from "./routed_addresses.ts";

/** Some addresses among the targets. */
export interface TargetsFound<A extends IpAddress = Ipv4Address> {
  readonly count: number;
  /** The first few of them. */
  readonly examples: readonly A[];
}

/** Addresses among the targets for which no other host answers. */
export interface UnansweredTargets<A extends IpAddress = Ipv4Address> {
  /** This host's own. */
  readonly own: TargetsFound<A>;
  /** Those that mean all hosts of a link of this host. */
  readonly broadcast: TargetsFound<A>;
}

/** Where nothing is known of the targets. */
export const NONE_UNANSWERED: UnansweredTargets<never> = {
  own: { count: 0, examples: [] },
  broadcast: { count: 0, examples: [] },
};

/** Enough to recognise them. */
const EXAMPLES = 3;

/** Finds the addresses among the targets that other hosts do not answer for. Quick, however many targets there are. */
export function unansweredTargets<A extends IpAddress>(
  reader: FamilyReader<A>,
  addresses: RoutedAddresses<A, unknown>,
): UnansweredTargets<A> {
  const { broadcast, local } = reader.unansweredPrefixes();
  const { family } = reader;
  return {
    own: among(family, addresses, outermost(family, local)),
    broadcast: among(family, addresses, outermost(family, broadcast)),
  };
}

/** How many of the addresses lie in at least one of the prefixes. */
export function countInPrefixes<A extends IpAddress>(
  family: IpFamily<A>,
  addresses: RoutedAddresses<A, unknown>,
  prefixes: readonly Prefix<A>[],
): number {
  return outermost(family, prefixes)
    .reduce((count, range) => count + addresses.countWithin(range), 0);
}

function among<A extends IpAddress>(
  family: IpFamily<A>,
  addresses: RoutedAddresses<A, unknown>,
  ranges: readonly IpRange<A>[],
): TargetsFound<A> {
  let count = 0;
  const examples: A[] = [];
  for (const range of ranges) {
    const found = addresses.countWithin(range);
    count += found;
    let next = range.first;
    for (let i = 0; i < found && examples.length < EXAMPLES; i++) {
      const example: A = addresses.firstFrom(next)!;
      examples.push(example);
      // Behind the highest address of all there is no further one.
      if (example === range.last) break;
      next = family.after(example);
    }
  }
  return { count, examples };
}

/** The ranges of those prefixes that lie in no other one, ascending. */
function outermost<A extends IpAddress>(
  family: IpFamily<A>,
  prefixes: readonly Prefix<A>[],
): IpRange<A>[] {
  const ranges = prefixes.map((prefix) => ({
    first: family.firstOf(prefix),
    last: family.lastOf(prefix),
  })).sort((a, b) =>
    a.first === b.first
      ? (a.last > b.last ? -1 : 1)
      : a.first < b.first
      ? -1
      : 1
  );
  const outer: IpRange<A>[] = [];
  for (const range of ranges) {
    const before = outer.at(-1);
    if (before === undefined || range.first > before.last) outer.push(range);
  }
  return outer;
}
