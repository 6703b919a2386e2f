import { formatCount, PreflightError } from "../base/mod.ts";
import {
  type FamilyReader,
  formatIp,
  type IpAddress,
  type LinkInfo,
  type RouteInfo,
  type RouteQuery,
} from "../link/mod.ts";
import { BROADCAST, MULTICAST, NO_HOP, ON_LINK } from "../targets/mod.ts";
import type { NetworkFamily } from "./network_family.ts";
import { cutRoutePieces, type RoutePiece } from "./_route_pieces.ts";
import type {
  IpRange,
  RangeHops,
  RoutedAddresses,
} from "./routed_addresses.ts";

/** The next hop of each target. */
export interface TargetHops<A extends IpAddress> extends RangeHops<A> {
  /** Addresses of the gateways, that of the lowest target first. */
  readonly gateways: readonly A[];
  /** Targets that are hosts on the link. */
  readonly onLinkCount: number;
  /** Targets that are addresses of this host. */
  readonly ownCount: number;
  /** Some targets of IPv4 lie behind a gateway that has an IPv6 address. */
  readonly hasIpv6Gateway: boolean;
}

/** Which targets, and through which interface they have to be reached. */
export interface HopRequest<A extends IpAddress> {
  readonly family: NetworkFamily<A>;
  readonly addresses: RoutedAddresses<A, unknown>;
  readonly link: LinkInfo;
  readonly links: readonly LinkInfo[];
  /** What every lookup is narrowed by. */
  readonly query: RouteQuery<A>;
  /** As in `NetworkRequest`. */
  readonly mayLackRoutes?: boolean | undefined;
}

/** Who knows the routes. */
export type Routes<A extends IpAddress> = Pick<
  FamilyReader<A>,
  "routedPrefixes" | "lookupRoute"
>;

/** The target set in pieces, and the route to each of them; null: there is none. */
export interface RoutedPieces<A extends IpAddress> {
  readonly pieces: readonly RoutePiece<A>[];
  routeOf(piece: RoutePiece<A>): RouteInfo<A> | null;
}

/**
 * Finds the next hop of every target: cuts the target set along all routes and rules, and asks the kernel for one
 * address of each kind of piece. Of a route with several next hops it is the one that the kernel takes for that
 * address.
 *
 * @throws {PreflightError} `route` when the kernel has no route to some targets, or one through another interface
 */
export function findTargetHops<A extends IpAddress>(
  reader: Routes<A>,
  request: HopRequest<A>,
): TargetHops<A> {
  const { pieces, routeOf } = routedPieces(reader, request);
  if (request.mayLackRoutes !== true) checkPieces(pieces, routeOf, request);
  return joinPieces(pieces, routeOf, request);
}

/** Cuts the target set along all routes and rules; the kernel is asked for one address of each kind of piece. */
export function routedPieces<A extends IpAddress>(
  reader: Routes<A>,
  request: Pick<HopRequest<A>, "addresses" | "family" | "query">,
): RoutedPieces<A> {
  const { addresses, family: { ip, specialPrefixes } } = request;
  const prefixes = reader.routedPrefixes((prefix) =>
    addresses.countWithin({
      first: ip.firstOf(prefix),
      last: ip.lastOf(prefix),
    }) > 0
  );
  const pieces = cutRoutePieces(ip, addresses, [
    ...prefixes,
    ...specialPrefixes,
  ]);
  const known = new Map<number, RouteInfo<A> | null>();
  const routeOf = ({ example, key }: RoutePiece<A>): RouteInfo<A> | null => {
    let route = known.get(key);
    if (route === undefined) {
      route = reader.lookupRoute(example, request.query);
      known.set(key, route);
    }
    return route;
  };
  return { pieces, routeOf };
}

/** Whether a route leads through the interface of the scan, or back to this host. */
function isUsable<A extends IpAddress>(
  route: RouteInfo<A> | null,
  request: HopRequest<A>,
): route is RouteInfo<A> {
  return route !== null &&
    (route.interfaceIndex === request.link.index || isOwn(route, request));
}

/** Whether a route leads back to this host: to an address of its own, or to the broadcast address of 127.0.0.0/8. */
export function isOwn<A extends IpAddress>(
  route: RouteInfo<A>,
  { links }: Pick<HopRequest<A>, "links">,
): boolean {
  return route.isLocal ||
    links.some(({ index, isLoopback }) =>
      isLoopback && index === route.interfaceIndex
    );
}

function joinPieces<A extends IpAddress>(
  pieces: readonly RoutePiece<A>[],
  routeOf: (piece: RoutePiece<A>) => RouteInfo<A> | null,
  request: HopRequest<A>,
): TargetHops<A> {
  const { family } = request;
  const gateways: A[] = [];
  const starts: A[] = [];
  const hops: number[] = [];
  const onLink: IpRange<A>[] = [];
  let onLinkCount = 0;
  let ownCount = 0;
  let hasIpv6Gateway = false;
  for (const piece of pieces) {
    const route = routeOf(piece);
    const isKnown = isUsable(route, request);
    if (isKnown && route.hasIpv6Gateway) hasIpv6Gateway = true;
    const toItself = isKnown && isOwn(route, request);
    if (toItself) ownCount += piece.count;
    const hop = toItself || !isKnown
      ? NO_HOP
      : hopNumber(route, family.isMulticast(piece.first), gateways);
    if (hop === ON_LINK) {
      onLink.push(piece);
      onLinkCount += piece.count;
    }
    // Between pieces there is no target.
    if (hop === hops.at(-1)) continue;
    starts.push(starts.length === 0 ? family.ip.first : piece.first);
    hops.push(hop);
  }
  return {
    gateways,
    starts,
    hops,
    onLink,
    onLinkCount,
    ownCount,
    hasIpv6Gateway,
  };
}

/** The number of a route's next hop; a gateway that is new joins the others. */
function hopNumber<A extends IpAddress>(
  { gateway, isGroup }: RouteInfo<A>,
  isMulticast: boolean,
  gateways: A[],
): number {
  if (isMulticast) return MULTICAST;
  if (isGroup) return BROADCAST;
  if (gateway === null) return ON_LINK;
  const index = gateways.indexOf(gateway);
  return index >= 0 ? index : gateways.push(gateway) - 1;
}

/** Every piece has to have a route, through the interface of the scan or back to this host. */
function checkPieces<A extends IpAddress>(
  pieces: readonly RoutePiece<A>[],
  routeOf: (piece: RoutePiece<A>) => RouteInfo<A> | null,
  request: HopRequest<A>,
): void {
  const bad = pieces.filter((piece) => !isUsable(routeOf(piece), request));
  const [first] = bad;
  if (first === undefined) return;
  const count = bad.reduce((sum, piece) => sum + piece.count, 0);
  throw unreachable(first, routeOf(first), { ...request, count });
}

function unreachable<A extends IpAddress>(
  piece: RoutePiece<A>,
  route: RouteInfo<A> | null,
  { addresses, count, family, link, links }: HopRequest<A> & {
    readonly count: number;
  },
): PreflightError {
  const targets = `${formatCount(count)} of ${
    formatCount(addresses.count)
  } target addresses`;
  const where = describe(piece, family.ip.bits);
  const start = `Cannot send to ${targets} through interface "${link.name}"`;
  if (route === null) {
    return new PreflightError(
      "route",
      `${start}: no route leads to ${where}`,
      "Add a route to them, exclude them with -b, or name the hardware address of one gateway for all with -G",
    );
  }
  const other = links.find(({ index }) => index === route.interfaceIndex);
  const name = other?.name ?? String(route.interfaceIndex);
  const by = route.gateway === null
    ? ""
    : `, gateway ${formatIp(route.gateway)}`;
  return new PreflightError(
    "route",
    `${start}: the route to ${where} leads through "${name}"${by}`,
    `Scan them apart from the others with -i ${name}, or exclude them with -b`,
  );
}

/** The first target of a piece, and the prefix that the piece belongs to. */
function describe<A extends IpAddress>(
  { example, prefix: { address, prefixLength } }: RoutePiece<A>,
  bits: number,
): string {
  const target = formatIp(example);
  return prefixLength === 0 || prefixLength === bits
    ? target
    : `${target} (${formatIp(address)}/${prefixLength})`;
}
