import { IPV6_WORDS, type Ipv6Address, storeIpv6 } from "../base/mod.ts";
import type { Prefix } from "../link/mod.ts";
import type { Ipv6Sources } from "../probe/mod.ts";

/** Where the probes of a scan come from. */
interface PlannedSources {
  readonly sourceAddresses: readonly Ipv6Address[];
  /** Then probes come from its addresses alone. */
  readonly sourcePrefix?: Prefix<Ipv6Address> | null;
}

/**
 * The addresses that probes come from, as senders and receivers know them.
 *
 * @param seed fixes which target gets which address of a prefix
 */
export function ipv6SourcesOf(
  { sourceAddresses, sourcePrefix = null }: PlannedSources,
  seed: bigint,
): Ipv6Sources {
  if (sourcePrefix !== null) {
    const { address, prefixLength: lengthBits } = sourcePrefix;
    const prefix = new Uint32Array(IPV6_WORDS);
    storeIpv6(address, prefix, 0);
    return { kind: "prefix", prefix, lengthBits, seed };
  }
  const words = new Uint32Array(sourceAddresses.length * IPV6_WORDS);
  sourceAddresses.forEach((address, index) =>
    storeIpv6(address, words, index * IPV6_WORDS)
  );
  return { kind: "list", words };
}
