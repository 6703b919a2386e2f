import { IPV6_WORDS, type Ipv6Address, storeIpv6 } from "../base/mod.ts";
import type { Ipv6Sources } from "../probe/mod.ts";

/** The addresses that probes come from, as senders and receivers know them. */
export function ipv6SourcesOf(
  sourceAddresses: readonly Ipv6Address[],
): Ipv6Sources {
  const words = new Uint32Array(sourceAddresses.length * IPV6_WORDS);
  sourceAddresses.forEach((address, index) =>
    storeIpv6(address, words, index * IPV6_WORDS)
  );
  return { kind: "list", words };
}
