import { formatCount, formatIpv4, PreflightError } from "../base/mod.ts";
import type {
  LinkInfo,
  LinkReader,
  RouteInfo,
  RouteQuery,
} from "../link/mod.ts";
import {
  addressAt,
  type AddressSet,
  addressSet,
  BROADCAST,
  countWithin,
  intersect,
  MULTICAST,
  NO_HOP,
  ON_LINK,
  RangeBuilder,
} from "../targets/mod.ts";
import { cutRoutePieces, type RoutePiece } from "./_route_pieces.ts";

/** The next hop of each target. */
export interface TargetHops {
  /** Addresses of the gateways, that of the lowest target first. */
  readonly gateways: readonly number[];
  /** First addresses of ranges, ascending from 0. */
  readonly starts: readonly number[];
  /** For each range the index of its gateway, or what `TargetRoutes` says of values below 0. */
  readonly hops: readonly number[];
  /** The targets that are hosts on the link. */
  readonly onLink: AddressSet;
  /** Targets that are addresses of this host. */
  readonly ownCount: number;
  /** Some targets lie behind a gateway that has an IPv6 address. */
  readonly hasIpv6Gateway: boolean;
}

/** Which targets, and through which interface they have to be reached. */
export interface HopRequest {
  readonly addresses: AddressSet;
  readonly link: LinkInfo;
  readonly links: readonly LinkInfo[];
  /** What every lookup is narrowed by. */
  readonly query: RouteQuery;
}

type Routes = Pick<LinkReader, "routedPrefixes" | "lookupRoute">;

/**
 * Finds the next hop of every target: cuts the target set along all routes and rules, and asks the kernel for one
 * address of each kind of piece. Of a route with several next hops it is the one that the kernel takes for that
 * address.
 *
 * @throws {PreflightError} `route` when the kernel has no route to some targets, or one through another interface
 */
export function findTargetHops(
  reader: Routes,
  request: HopRequest,
): TargetHops {
  const { addresses } = request;
  const prefixes = reader.routedPrefixes(({ address, prefixLength }) =>
    countWithin(addresses, {
      first: address,
      last: address + 2 ** (32 - prefixLength) - 1,
    }) > 0
  );
  const pieces = cutRoutePieces(addresses, prefixes);
  const known = new Map<number, RouteInfo | null>();
  const routeOf = ({ example, key }: RoutePiece): RouteInfo | null => {
    let route = known.get(key);
    if (route === undefined) {
      route = reader.lookupRoute(example, request.query);
      known.set(key, route);
    }
    return route;
  };
  checkPieces(pieces, routeOf, request);
  return joinPieces(pieces, (piece) => routeOf(piece)!, request);
}

/** Whether a route leads back to this host: to an address of its own, or to the broadcast address of 127.0.0.0/8. */
function isOwn(route: RouteInfo, { links }: HopRequest): boolean {
  return route.isLocal ||
    links.some(({ index, isLoopback }) =>
      isLoopback && index === route.interfaceIndex
    );
}

function joinPieces(
  pieces: readonly RoutePiece[],
  routeOf: (piece: RoutePiece) => RouteInfo,
  request: HopRequest,
): TargetHops {
  const gateways: number[] = [];
  const starts: number[] = [];
  const hops: number[] = [];
  const onLink = new RangeBuilder();
  let ownCount = 0;
  let hasIpv6Gateway = false;
  for (const piece of pieces) {
    const route = routeOf(piece);
    if (route.hasIpv6Gateway) hasIpv6Gateway = true;
    const toItself = isOwn(route, request);
    if (toItself) ownCount += piece.count;
    const hop = toItself ? NO_HOP : hopNumber(route, piece, gateways);
    if (hop === ON_LINK) onLink.addRange(piece.first, piece.last);
    // Between pieces there is no target.
    if (hop === hops.at(-1)) continue;
    starts.push(starts.length === 0 ? 0 : piece.first);
    hops.push(hop);
  }
  return {
    gateways,
    starts,
    hops,
    onLink: intersect(request.addresses, addressSet(onLink)),
    ownCount,
    hasIpv6Gateway,
  };
}

/** The number of a route's next hop; a gateway that is new joins the others. */
function hopNumber(
  { gateway, isGroup }: RouteInfo,
  { first }: RoutePiece,
  gateways: number[],
): number {
  if (isGroup) return isMulticast(first) ? MULTICAST : BROADCAST;
  if (gateway === null) return ON_LINK;
  const index = gateways.indexOf(gateway);
  return index >= 0 ? index : gateways.push(gateway) - 1;
}

/** 224.0.0.0/4, RFC 5771. */
function isMulticast(address: number): boolean {
  return address >>> 28 === 0xe;
}

/** Every piece has to have a route, through the interface of the scan or back to this host. */
function checkPieces(
  pieces: readonly RoutePiece[],
  routeOf: (piece: RoutePiece) => RouteInfo | null,
  request: HopRequest,
): void {
  const { link } = request;
  const bad = pieces.filter((piece) => {
    const route = routeOf(piece);
    return route === null ||
      (route.interfaceIndex !== link.index && !isOwn(route, request));
  });
  const [first] = bad;
  if (first === undefined) return;
  const count = bad.reduce((sum, piece) => sum + piece.count, 0);
  throw unreachable(first, routeOf(first), { ...request, count });
}

function unreachable(
  piece: RoutePiece,
  route: RouteInfo | null,
  { addresses, count, link, links }: HopRequest & { readonly count: number },
): PreflightError {
  const targets = `${formatCount(count)} of ${
    formatCount(addresses.count)
  } target addresses`;
  const where = describe(piece, addresses);
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
    : `, gateway ${formatIpv4(route.gateway)}`;
  return new PreflightError(
    "route",
    `${start}: the route to ${where} leads through "${name}"${by}`,
    `Scan them apart from the others with -i ${name}, or exclude them with -b`,
  );
}

/** The first target of a piece, and the prefix that the piece belongs to. */
function describe(
  { first, prefix }: RoutePiece,
  addresses: AddressSet,
): string {
  const below = first === 0
    ? 0
    : countWithin(addresses, { first: 0, last: first - 1 });
  const target = formatIpv4(addressAt(addresses, below));
  const { address, prefixLength } = prefix;
  return prefixLength === 0 || prefixLength === 32
    ? target
    : `${target} (${formatIpv4(address)}/${prefixLength})`;
}
