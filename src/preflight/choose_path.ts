import { type Ipv4Address, PreflightError } from "../base/mod.ts";
import {
  type FamilyReader,
  findByName,
  formatIp,
  type IpAddress,
  type LinkInfo,
  type LinkReader,
  type RouteInfo,
} from "../link/mod.ts";
import { IPV4_NETWORK, type NetworkFamily } from "./network_family.ts";
import type { NetworkRequest } from "./network_plan.ts";

/** The interface that was chosen, and the route through it to the first target. */
export interface Path<A extends IpAddress = Ipv4Address> {
  readonly link: LinkInfo;
  /** Null when no route leads through the interface that the user named. */
  readonly route: RouteInfo<A> | null;
}

type Request<A extends IpAddress> = NetworkRequest<A, unknown>;

/**
 * Chooses the interface: the one that the user named, or the one of the route to the first target.
 *
 * @throws {PreflightError} `interface` when it does not exist or is not ready, `route` when there is none
 */
export function choosePath(reader: LinkReader, request: NetworkRequest): Path {
  return choosePathOf(IPV4_NETWORK, reader, request);
}

/** As `choosePath`, of either family. */
export function choosePathOf<A extends IpAddress>(
  family: NetworkFamily<A>,
  linkReader: LinkReader,
  request: Request<A>,
): Path<A> {
  const { firstTarget, interfaceName } = request;
  const reader = family.readerOf(linkReader);
  const links = linkReader.readLinks();
  const query = sourceQuery(reader, request);
  if (interfaceName !== null) {
    const link = findByName(links, interfaceName);
    if (link === undefined) throw unknownInterface(interfaceName, links);
    checkIsUp(link);
    // Routes to this host's own addresses do not all name the loopback interface, so it is not asked for.
    const route = reader.lookupRoute(
      firstTarget,
      link.isLoopback ? query : { ...query, interfaceIndex: link.index },
    );
    if (link.isLoopback && route?.isLocal !== true) {
      throw noRoute(firstTarget, link);
    }
    return avoidLoopback(reader, { link, route }, { request, links });
  }
  const route = reader.lookupRoute(firstTarget, query);
  const link = links.find(({ index }) => index === route?.interfaceIndex);
  if (route === null || link === undefined) {
    throw new PreflightError(
      "route",
      `Cannot find a route to ${formatIp(firstTarget)}`,
      `Add a default route (${family.ipCommand} route add default via GATEWAY), or name the interface with -i and ` +
        "the gateway's hardware address with -G, or exclude what has no route with -b",
    );
  }
  checkIsUp(link);
  return avoidLoopback(reader, { link, route }, { request, links });
}

/** The error for an interface that the user named and that no route leads through. */
export function noRoute(target: IpAddress, link: LinkInfo): PreflightError {
  return new PreflightError(
    "route",
    `Cannot find a route to ${
      formatIp(target)
    } through interface "${link.name}"`,
    "Name the gateway's hardware address with -G, or leave the interface to the routes",
  );
}

/** Routing rules may look at the source address, if it is one of this host's. */
export function sourceQuery<A extends IpAddress>(
  reader: FamilyReader<A>,
  request: Request<A>,
): { sourceAddress?: A } {
  const first = request.sourceAddresses?.[0];
  const isOwn = first !== undefined &&
    reader.readAddresses().some(({ address }) => address === first);
  return isOwn ? { sourceAddress: first } : {};
}

function unknownInterface(
  name: string,
  links: readonly LinkInfo[],
): PreflightError {
  const names = links.map((link) => link.name).join(", ");
  return new PreflightError(
    "interface",
    `Cannot find interface "${name}"`,
    `Choose one of these with -i: ${names}`,
  );
}

function checkIsUp({ hasCarrier, isUp, name }: LinkInfo): void {
  if (!isUp) {
    throw new PreflightError(
      "interface",
      `Interface "${name}" is down`,
      `Switch it on: ip link set ${name} up`,
    );
  }
  if (!hasCarrier) {
    throw new PreflightError(
      "interface",
      `Interface "${name}" has no carrier`,
      "Connect its cable or its peer, or choose another interface with -i",
    );
  }
}

/**
 * When the first target is an address of this host, the route leads to the loopback interface, where
 * other hosts are not. So with other targets the interface that has the address is taken.
 */
function avoidLoopback<A extends IpAddress>(
  reader: FamilyReader<A>,
  path: Path<A>,
  context: { request: Request<A>; links: readonly LinkInfo[] },
): Path<A> {
  const { route } = path;
  const { links, request } = context;
  if (route === null || !route.isLocal) return path;
  const loopback = links.find(({ index }) => index === route.interfaceIndex);
  if (!hasOtherHosts(reader, request)) {
    return { link: loopback ?? path.link, route };
  }
  const owner = reader.readAddresses()
    .find(({ address }) => address === request.firstTarget)?.interfaceIndex;
  const link = path.link.isLoopback
    ? links.find(({ index, isLoopback }) => index === owner && !isLoopback)
    : path.link;
  if (link !== undefined) return { link, route };
  throw new PreflightError(
    "route",
    `Cannot scan ${formatIp(request.firstTarget)}, which is this host, ` +
      "together with other hosts",
    "Scan one after the other, or name the other hosts' interface with -i",
  );
}

/** Whether any target is no address of this host. */
function hasOtherHosts<A extends IpAddress>(
  reader: FamilyReader<A>,
  { addresses }: Request<A>,
): boolean {
  const { family } = reader;
  const local = reader.localPrefixes();
  for (let next = addresses.firstFrom(family.first); next !== null;) {
    const address: A = next;
    const own = local.find((prefix) =>
      family.firstOf(prefix) <= address && address <= family.lastOf(prefix)
    );
    if (own === undefined) return true;
    const last = family.lastOf(own);
    next = last === family.last
      ? null
      : addresses.firstFrom(family.after(last));
  }
  return false;
}
