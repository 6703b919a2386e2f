import {
  encodeHex,
  formatCount,
  formatIpv4,
  PreflightError,
} from "../base/mod.ts";
import { LinkReader } from "../link/mod.ts";
import { makeNeighbours, type TargetRoutes } from "../targets/mod.ts";
import {
  ETHERNET_HEADER_BYTES,
  ETHERTYPE_IPV4,
  MAC_BYTES,
  writeEthernetHeader,
} from "../wire/mod.ts";
import { findGateways, type FoundGateway } from "./_gateway.ts";
import { findTargetHops, type TargetHops } from "./_target_hops.ts";
import { choosePath, noRoute, type Path, sourceQuery } from "./choose_path.ts";
import type { NetworkPlan, NetworkRequest } from "./network_plan.ts";
import { checkRights } from "./rights.ts";

/** Targets on the link that are asked for their hardware addresses at most: 6 MiB of them, two minutes each time. */
const MOST_NEIGHBOURS = 2 ** 20;

/**
 * Finds out how probes reach the targets: which interface, from which address, through which gateways, and
 * who writes the link header. Frames of its own go out through an Ethernet interface, to the gateway of each target or
 * straight to hosts on the link, whose hardware addresses are left to be asked for. Through any other interface the
 * kernel gets IP packets and finds each neighbour itself. Checks the rights first. Sends at most three ARP requests
 * for each gateway.
 *
 * @throws {PreflightError} when some probe could not leave; `check` and `remedy` say why and what to do
 */
export async function resolveNetwork(
  request: NetworkRequest,
): Promise<NetworkPlan> {
  checkRights();
  using reader = LinkReader.open();
  const path = choosePath(reader, request);
  const sourceAddresses = chooseSources(reader, path, request);
  const hops = targetHops(reader, path, request);
  const why = whyIpLayer(path, request, hops);
  if (why !== null) return planIpLayer(path, sourceAddresses, why);
  return await planEthernet(reader, path, { request, sourceAddresses, hops });
}

/** The next hop of each target; null where the kernel is not asked for it. */
function targetHops(
  reader: LinkReader,
  { link, route }: Path,
  request: NetworkRequest,
): TargetHops | null {
  const { addresses, gatewayMac, interfaceName, ipLayer } = request;
  const isAllToOne = gatewayMac !== null && link.hasEthernetHeader && !ipLayer;
  // Through a tunnel that is named the kernel sends whatever it is given, with a route or without.
  const isTunnel = interfaceName !== null && !link.hasEthernetHeader;
  if (link.isLoopback || isAllToOne || isTunnel) return null;
  if (route === null) throw noRoute(request.firstTarget, link);
  const query = sourceQuery(reader, request);
  return findTargetHops(reader, {
    addresses,
    link,
    links: reader.readLinks(),
    query: interfaceName === null
      ? query
      : { ...query, interfaceIndex: link.index },
  });
}

function chooseSources(
  reader: LinkReader,
  { link, route }: Path,
  request: NetworkRequest,
): readonly number[] {
  if (request.sourceAddresses !== null && request.sourceAddresses.length > 0) {
    return request.sourceAddresses;
  }
  const source = route?.source ?? reader.readAddresses(link.index)[0]?.address;
  if (source !== undefined) return [source];
  throw new PreflightError(
    "source-address",
    `Interface "${link.name}" has no IPv4 address`,
    `Give it one (ip address add ADDRESS/LENGTH dev ${link.name}), or name a source address with -S`,
  );
}

/** Why the kernel has to write the link headers; null when this program can. */
function whyIpLayer(
  { link }: Path,
  request: NetworkRequest,
  hops: TargetHops | null,
): string | null {
  if (link.isLoopback) return "the targets are this host";
  if (request.ipLayer) return "as asked";
  if (!link.hasEthernetHeader) return "it has no Ethernet header";
  if (hops === null) return null;
  if (!link.usesArp) return "it does not use ARP";
  if (hops.hasIpv6Gateway) return "a gateway has an IPv6 address";
  const { count } = hops.onLink;
  return count > MOST_NEIGHBOURS
    ? `${formatCount(count)} targets are on its link, more than the ${
      formatCount(MOST_NEIGHBOURS)
    } that are asked for before a scan`
    : null;
}

function planIpLayer(
  { link, route }: Path,
  sourceAddresses: readonly number[],
  why: string,
): NetworkPlan {
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

async function planEthernet(
  reader: LinkReader,
  { link, route }: Path,
  context: {
    request: NetworkRequest;
    sourceAddresses: readonly number[];
    hops: TargetHops | null;
  },
): Promise<NetworkPlan> {
  const { hops, request, sourceAddresses } = context;
  const sourceMac = request.sourceMac ?? link.macAddress;
  if (sourceMac === null) {
    throw new PreflightError(
      "interface",
      `Interface "${link.name}" has no hardware address`,
      "Send at the IP layer with -X, or name a hardware address with --source-mac",
    );
  }
  const found = hops === null
    ? [{
      address: route?.gateway ?? null,
      mac: request.gatewayMac!,
      how: "as given",
    }]
    : await findGateways(reader, link, {
      gateways: hops.gateways,
      sourceMac,
    });
  const nextHops = found.map(({ address, mac }) => ({ address, mac }));
  const linkHeader = new Uint8Array(ETHERNET_HEADER_BYTES);
  writeEthernetHeader(new DataView(linkHeader.buffer), 0, {
    // Where there are several, each frame gets its own.
    destination: nextHops[0]?.mac ?? new Uint8Array(MAC_BYTES),
    source: sourceMac,
    type: ETHERTYPE_IPV4,
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
    routes: hops === null ? null : makeRoutes(hops),
    sourceMac,
    reason: `Sending Ethernet frames through ${link.name} ${
      describeHops(found, hops)
    }`,
  };
}

/** Null when all targets lie behind the same gateway. */
function makeRoutes(hops: TargetHops): TargetRoutes | null {
  if (hops.hops.length === 1 && hops.hops[0] === 0) return null;
  return {
    starts: sharedCopy(hops.starts),
    hops: new Int32Array(sharedCopy(hops.hops).buffer),
    neighbours: makeNeighbours(hops.onLink),
  };
}

function sharedCopy(values: readonly number[]): Uint32Array {
  const bytes = new SharedArrayBuffer(values.length * 4);
  const copy = new Uint32Array(bytes);
  copy.set(values);
  return copy;
}

function describeHops(
  gateways: readonly FoundGateway[],
  hops: TargetHops | null,
): string {
  const parts = gateways.map(({ address, how, mac }) => {
    const name = address === null ? "" : ` ${formatIpv4(address)}`;
    return `to gateway${name} at ${encodeHex(mac, ":")}, ${how}`;
  });
  if (hops === null) return parts.join("; ");
  const { onLink, ownCount } = hops;
  if (onLink.count > 0) {
    parts.push(`to ${formatCount(onLink.count)} addresses on its link`);
  }
  if (ownCount > 0) {
    parts.push(`not to ${formatCount(ownCount)} addresses of this host`);
  }
  return parts.join("; ");
}
