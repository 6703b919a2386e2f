import type { Ipv6Address } from "../base/mod.ts";
import {
  formatIp,
  type IpAddress,
  IPV6_FAMILY,
  type LinkReader,
  type Prefix,
  prefixesOverlap,
} from "../link/mod.ts";
import type { NetworkPlan } from "./network_plan.ts";

/** The interface that probes leave through. */
interface SourceLink {
  readonly interfaceIndex: number;
  readonly interfaceName: string;
}

/**
 * Why answers to the addresses of a source prefix may not arrive, as sentences for the log without a final period.
 * They need a router that sends them to this host, and a kernel that takes them for its own.
 */
export function sourcePrefixWarnings(
  reader: LinkReader,
  prefix: Prefix<Ipv6Address>,
  { interfaceIndex, interfaceName }: SourceLink,
): string[] {
  const { ipv6 } = reader;
  const text = formatPrefix(prefix);
  const warnings: string[] = [];
  if (!ipv6.localPrefixes().some((local) => covers(local, prefix))) {
    warnings.push(
      `The addresses of source prefix ${text} are not all this host's own, so its kernel refuses or forwards ` +
        `what is sent to them: make them local (ip -6 route add local ${text} dev lo)`,
    );
  }
  const onLink = ipv6.onLinkPrefixes(interfaceIndex)
    .find((other) => prefixesOverlap(IPV6_FAMILY, other, prefix));
  if (onLink !== undefined) {
    warnings.push(
      `Source prefix ${text} overlaps ${
        formatPrefix(onLink)
      }, whose hosts routers find by neighbour discovery on the link of ${interfaceName}; the kernel answers it ` +
        "for single addresses alone: take a prefix that a router sends to this host, or no answer arrives",
    );
  }
  return warnings;
}

/** Where probes come from, as texts: addresses, or a prefix. */
export function formatSources(
  { sourceAddresses, sourcePrefix = null }: Pick<
    NetworkPlan<IpAddress, unknown>,
    "sourceAddresses" | "sourcePrefix"
  >,
): string[] {
  return sourcePrefix === null
    ? sourceAddresses.map(formatIp)
    : [formatPrefix(sourcePrefix)];
}

function formatPrefix({ address, prefixLength }: Prefix<IpAddress>): string {
  return `${formatIp(address)}/${prefixLength}`;
}

function covers(
  outer: Prefix<Ipv6Address>,
  inner: Prefix<Ipv6Address>,
): boolean {
  return outer.prefixLength <= inner.prefixLength &&
    prefixesOverlap(IPV6_FAMILY, outer, inner);
}
