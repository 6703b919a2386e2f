import type { Ipv4Address } from "../base/mod.ts";
import type { LinkReader, Prefix } from "../link/mod.ts";
import {
  addressAt,
  type AddressSet,
  addressSet,
  countWithin,
  RangeBuilder,
} from "../targets/mod.ts";

/** Some addresses among the targets. */
export interface TargetsFound {
  readonly count: number;
  /** The first few of them. */
  readonly examples: readonly Ipv4Address[];
}

/** Addresses among the targets for which no other host answers. */
export interface UnansweredTargets {
  /** This host's own. */
  readonly own: TargetsFound;
  /** Those that mean all hosts of a link of this host. */
  readonly broadcast: TargetsFound;
}

/** Enough to recognise them. */
const EXAMPLES = 3;

/** Finds the addresses among the targets that other hosts do not answer for. Quick, however many targets there are. */
export function unansweredTargets(
  reader: LinkReader,
  addresses: AddressSet,
): UnansweredTargets {
  const { broadcast, local } = reader.unansweredPrefixes();
  return {
    own: among(addresses, local),
    broadcast: among(addresses, broadcast),
  };
}

function among(
  addresses: AddressSet,
  prefixes: readonly Prefix[],
): TargetsFound {
  const builder = new RangeBuilder();
  for (const { address, prefixLength } of prefixes) {
    builder.addPrefix({ address, length: prefixLength });
  }
  const { ends, starts } = addressSet(builder);
  let count = 0;
  const examples: Ipv4Address[] = [];
  for (let i = 0; i < starts.length; i++) {
    const range = { first: starts[i]!, last: ends[i]! };
    const found = countWithin(addresses, range);
    const below = range.first === 0
      ? 0
      : countWithin(addresses, { first: 0, last: range.first - 1 });
    for (let j = 0; j < found && examples.length < EXAMPLES; j++) {
      examples.push(addressAt(addresses, below + j));
    }
    count += found;
  }
  return { count, examples };
}
