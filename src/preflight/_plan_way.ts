import { encodeHex, formatCount, PreflightError } from "../base/mod.ts";
import { formatIp, type IpAddress, type LinkReader } from "../link/mod.ts";
import {
  ETHERNET_HEADER_BYTES,
  MAC_BYTES,
  writeEthernetHeader,
} from "../wire/mod.ts";
import { findGateways, type FoundGateway } from "./_gateway.ts";
import { findTargetHops, type TargetHops } from "./_target_hops.ts";
import { noRoute, type Path, sourceQuery } from "./choose_path.ts";
import type { NetworkFamily } from "./network_family.ts";
import type { NetworkPlan, NetworkRequest } from "./network_plan.ts";
import type { RoutedAddresses } from "./routed_addresses.ts";

/** Targets on the link that are asked for their hardware addresses at most: 6 MiB of them, two minutes each time. */
const MOST_NEIGHBOURS = 2 ** 20;

/** The same where nobody has named them: targets that come while the scan runs. */
const MOST_UNNAMED_NEIGHBOURS = 2 ** 12;

/** A way that has been chosen, and for whom. */
export interface ChosenWay<A extends IpAddress, R> {
  readonly family: NetworkFamily<A>;
  readonly reader: LinkReader;
  readonly request: NetworkRequest<A, R>;
  readonly path: Path<A>;
  /** Those of the probes. */
  readonly sourceAddresses: readonly A[];
}

/**
 * Plans the rest of a way: who writes the link header, and the next hops of all targets with their hardware addresses.
 *
 * @throws {PreflightError} when some probe could not leave
 */
export async function planWay<A extends IpAddress, R>(
  way: ChosenWay<A, R>,
): Promise<NetworkPlan<A, R>> {
  const hops = targetHops(way);
  const why = whyIpLayer(way, hops);
  return why === null ? await planEthernet(way, hops) : planIpLayer(way, why);
}

/** The next hop of each target; null where the kernel is not asked for it. */
function targetHops<A extends IpAddress>(
  { family, path: { link, route }, reader, request }: ChosenWay<A, unknown>,
): TargetHops<A> | null {
  const { addresses, gatewayMac, interfaceName, ipLayer } = request;
  const isAllToOne = gatewayMac !== null && link.hasEthernetHeader && !ipLayer;
  // Through a tunnel that is named the kernel sends whatever it is given, with a route or without.
  const isTunnel = interfaceName !== null && !link.hasEthernetHeader;
  if (link.isLoopback || isAllToOne || isTunnel) return null;
  if (route === null) throw noRoute(request.firstTarget, link);
  const familyReader = family.readerOf(reader);
  const query = sourceQuery(familyReader, request);
  return findTargetHops(familyReader, {
    family,
    addresses,
    link,
    links: reader.readLinks(),
    mayLackRoutes: request.mayLackRoutes,
    query: interfaceName === null
      ? query
      : { ...query, interfaceIndex: link.index },
  });
}

/** Why the kernel has to write the link headers; null when this program can. */
function whyIpLayer<A extends IpAddress>(
  { family, path: { link }, request }: ChosenWay<A, unknown>,
  hops: TargetHops<A> | null,
): string | null {
  if (link.isLoopback) return "the targets are this host";
  if (request.ipLayer) return "as asked";
  if (!link.hasEthernetHeader) return "it has no Ethernet header";
  if (hops === null) return null;
  if (!link.usesArp) return `it does not use ${family.neighboursName}`;
  if (hops.hasIpv6Gateway) return "a gateway has an IPv6 address";
  const { onLinkCount: count } = hops;
  const isUnnamed = request.mayLackRoutes === true;
  const limit = isUnnamed ? MOST_UNNAMED_NEIGHBOURS : MOST_NEIGHBOURS;
  if (count <= limit) return null;
  const most = formatCount(limit);
  return isUnnamed
    ? `more than ${most} addresses on its link may become targets`
    : `${
      formatCount(count)
    } targets are on its link, more than the ${most} that are asked for before a scan`;
}

function planIpLayer<A extends IpAddress, R>(
  { path: { link, route }, sourceAddresses }: ChosenWay<A, R>,
  why: string,
): NetworkPlan<A, R> {
  return {
    interfaceName: link.name,
    interfaceIndex: link.index,
    sourceAddresses,
    layer: "ip",
    linkHeader: new Uint8Array(0),
    gatewayAddress: route?.gateway ?? null,
    gatewayMac: null,
    nextHops: [],
    routes: null,
    sourceMac: null,
    reason: `Sending IP packets through ${link.name}: ${why}`,
  };
}

async function planEthernet<A extends IpAddress, R>(
  way: ChosenWay<A, R>,
  hops: TargetHops<A> | null,
): Promise<NetworkPlan<A, R>> {
  const { family, path: { link }, request, sourceAddresses } = way;
  const sourceMac = request.sourceMac ?? link.macAddress;
  if (sourceMac === null) {
    throw new PreflightError(
      "interface",
      `Interface "${link.name}" has no hardware address`,
      "Send at the IP layer with -X, or name a hardware address with --source-mac",
    );
  }
  const found = await gatewaysOf(way, hops, sourceMac);
  const nextHops = found.map(({ address, mac }) => ({ address, mac }));
  const linkHeader = new Uint8Array(ETHERNET_HEADER_BYTES);
  writeEthernetHeader(new DataView(linkHeader.buffer), 0, {
    // Where there are several, each frame gets its own.
    destination: nextHops[0]?.mac ?? new Uint8Array(MAC_BYTES),
    source: sourceMac,
    type: family.etherType,
  });
  return {
    interfaceName: link.name,
    interfaceIndex: link.index,
    sourceAddresses,
    layer: "ethernet",
    linkHeader,
    gatewayAddress: nextHops[0]?.address ?? null,
    gatewayMac: nextHops[0]?.mac ?? null,
    nextHops,
    routes: hops === null ? null : makeRoutes(request.addresses, hops),
    sourceMac,
    reason: `Sending Ethernet frames through ${link.name} ${
      describeHops(found, hops)
    }`,
  };
}

async function gatewaysOf<A extends IpAddress>(
  { family, path, reader, request, sourceAddresses }: ChosenWay<A, unknown>,
  hops: TargetHops<A> | null,
  sourceMac: Uint8Array,
): Promise<readonly FoundGateway<A>[]> {
  const { link, route } = path;
  if (hops === null) {
    const mac = request.gatewayMac!;
    return [{ address: route?.gateway ?? null, mac, how: "as given" }];
  }
  return await findGateways(family.readerOf(reader), {
    protocol: family.neighbours,
    link,
    gateways: hops.gateways,
    sourceMac,
    sourceAddress: family.fallbackAsker(sourceAddresses),
  });
}

/** Null when all targets lie behind the same gateway. */
function makeRoutes<A extends IpAddress, R>(
  addresses: RoutedAddresses<A, R>,
  hops: TargetHops<A>,
): R | null {
  const isOneGateway = hops.hops.length === 1 && hops.hops[0] === 0;
  return isOneGateway ? null : addresses.makeRoutes(hops);
}

function describeHops<A extends IpAddress>(
  gateways: readonly FoundGateway<A>[],
  hops: TargetHops<A> | null,
): string {
  const parts = gateways.map(({ address, how, mac }) => {
    const name = address === null ? "" : ` ${formatIp(address)}`;
    return `to gateway${name} at ${encodeHex(mac, ":")}, ${how}`;
  });
  if (hops === null) return parts.join("; ");
  const { onLinkCount, ownCount } = hops;
  if (onLinkCount > 0) {
    parts.push(`to ${formatCount(onLinkCount)} addresses on its link`);
  }
  if (ownCount > 0) {
    parts.push(`not to ${formatCount(ownCount)} addresses of this host`);
  }
  return parts.join("; ");
}
