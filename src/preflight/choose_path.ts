import { formatIpv4, PreflightError } from "../base/mod.ts";
import {
  findByName,
  type LinkInfo,
  type LinkReader,
  type RouteInfo,
} from "../link/mod.ts";
import { complementOf } from "./_complement.ts";
import type { NetworkRequest } from "./network_plan.ts";

/** The interface that was chosen, and the route through it to the first target. */
export interface Path {
  readonly link: LinkInfo;
  /** Null when no route leads through the interface that the user named. */
  readonly route: RouteInfo | null;
}

/**
 * Chooses the interface: the one that the user named, or the one of the route to the first target.
 *
 * @throws {PreflightError} `interface` when it does not exist or is not ready, `route` when there is none
 */
export function choosePath(reader: LinkReader, request: NetworkRequest): Path {
  const { firstTarget, interfaceName } = request;
  const links = reader.readLinks();
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
      `Cannot find a route to ${formatIpv4(firstTarget)}`,
      "Add a default route (ip route add default via GATEWAY), or name the interface with -i and the " +
        "gateway's hardware address with -G, or exclude what has no route with -b",
    );
  }
  checkIsUp(link);
  return avoidLoopback(reader, { link, route }, { request, links });
}

/** The error for an interface that the user named and that no route leads through. */
export function noRoute(target: number, link: LinkInfo): PreflightError {
  return new PreflightError(
    "route",
    `Cannot find a route to ${
      formatIpv4(target)
    } through interface "${link.name}"`,
    "Name the gateway's hardware address with -G, or leave the interface to the routes",
  );
}

/** Routing rules may look at the source address, if it is one of this host's. */
export function sourceQuery(
  reader: LinkReader,
  request: NetworkRequest,
): { sourceAddress?: number } {
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
function avoidLoopback(
  reader: LinkReader,
  path: Path,
  context: { request: NetworkRequest; links: readonly LinkInfo[] },
): Path {
  const { route } = path;
  const { links, request } = context;
  if (route === null || !route.isLocal) return path;
  const loopback = links.find(({ index }) => index === route.interfaceIndex);
  const hasOthers = request.overlapsOnLink(
    complementOf(reader.localPrefixes()),
  );
  if (!hasOthers) return { link: loopback ?? path.link, route };
  const owner = reader.readAddresses()
    .find(({ address }) => address === request.firstTarget)?.interfaceIndex;
  const link = path.link.isLoopback
    ? links.find(({ index, isLoopback }) => index === owner && !isLoopback)
    : path.link;
  if (link !== undefined) return { link, route };
  throw new PreflightError(
    "route",
    `Cannot scan ${formatIpv4(request.firstTarget)}, which is this host, ` +
      "together with other hosts",
    "Scan one after the other, or name the other hosts' interface with -i",
  );
}
