import { findByName, type IpAddress, LinkReader } from "../link/mod.ts";
import type { NetworkFamily } from "./network_family.ts";
import type { NetworkRequest } from "./network_plan.ts";

/** Where addresses of hosts anywhere begin: behind 0.0.0.0/8, RFC 791 3.2; and 2000::/3, RFC 4291 2.4. */
const GLOBAL_IPV4 = 0x0100_0000;
const GLOBAL_IPV6 = 0x2000n << 112n;

/**
 * The request for a scan whose targets are not known yet: `addresses` are those that they may have. Some of these may lack
 * a route, and the route that decides is one that there is: the default route rather than others.
 */
export function streamRequest<A extends IpAddress, R>(
  family: NetworkFamily<A>,
  request: NetworkRequest<A, R>,
): NetworkRequest<A, R> {
  using reader = LinkReader.open();
  const facts = family.readerOf(reader);
  const { addresses, interfaceName } = request;
  const link = interfaceName === null
    ? undefined
    : findByName(reader.readLinks(), interfaceName);
  const query = link === undefined ? {} : { interfaceIndex: link.index };
  const isUsable = (address: A): boolean => {
    if (family.isMulticast(address) || family.isLinkLocal(address)) {
      return false;
    }
    const route = facts.lookupRoute(address, link?.isLoopback ? {} : query);
    return route !== null && !route.isGroup &&
      route.isLocal === (link?.isLoopback ?? false);
  };
  const global = (family.ip.bits === 32 ? GLOBAL_IPV4 : GLOBAL_IPV6) as A;
  const prefixes = facts.routedPrefixes(() => true)
    .toSorted((a, b) => a.prefixLength - b.prefixLength);
  const starts = [
    global,
    ...prefixes.map((prefix) => family.ip.firstOf(prefix)),
  ];
  const target = starts.map((start) => addresses.firstFrom(start))
    .find((address) => address !== null && isUsable(address));
  return {
    ...request,
    firstTarget: target ?? request.firstTarget,
    mayLackRoutes: true,
  };
}
