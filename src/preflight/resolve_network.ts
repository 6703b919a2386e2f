import { formatIpv4, PreflightError } from "../base/mod.ts";
import { LinkReader } from "../link/mod.ts";
import {
  ETHERNET_HEADER_BYTES,
  ETHERTYPE_IPV4,
  writeEthernetHeader,
} from "../wire/mod.ts";
import { findGateway } from "./_gateway.ts";
import type { NetworkPlan, NetworkRequest } from "./network_plan.ts";
import { choosePath, noRoute, type Path } from "./choose_path.ts";
import { checkRights } from "./rights.ts";

/**
 * Finds out how probes reach the targets: which interface, from which address, through which gateway, and
 * who writes the link header. Frames of its own go out when all targets lie behind one gateway of an
 * Ethernet interface; otherwise the kernel gets IP packets and finds each neighbour itself. Checks the
 * rights first. Sends at most three ARP requests for the gateway.
 *
 * @throws {PreflightError} when no probe could leave; `check` and `remedy` say why and what to do
 */
export async function resolveNetwork(
  request: NetworkRequest,
): Promise<NetworkPlan> {
  checkRights();
  using reader = LinkReader.open();
  const path = choosePath(reader, request);
  const sourceAddresses = chooseSources(reader, path, request);
  const why = whyIpLayer(reader, path, request);
  if (why !== null) return planIpLayer(path, sourceAddresses, why);
  return await planEthernet(reader, path, { request, sourceAddresses });
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
  reader: LinkReader,
  { link, route }: Path,
  request: NetworkRequest,
): string | null {
  if (link.isLoopback) return "the targets are this host";
  if (request.ipLayer) return "as asked";
  if (!link.hasEthernetHeader) return "it has no Ethernet header";
  if (request.gatewayMac !== null) return null;
  if (route === null) throw noRoute(request.firstTarget, link);
  if (!link.usesArp) return "it does not use ARP";
  if (route.hasIpv6Gateway) return "the gateway has an IPv6 address";
  const prefixes = reader.onLinkPrefixes(link.index);
  if (route.gateway === null || request.overlapsOnLink(prefixes)) {
    return "some targets are on its link";
  }
  return null;
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
  },
): Promise<NetworkPlan> {
  const { request, sourceAddresses } = context;
  const gatewayAddress = route?.gateway ?? null;
  const sourceMac = request.sourceMac ?? link.macAddress;
  if (sourceMac === null) {
    throw new PreflightError(
      "interface",
      `Interface "${link.name}" has no hardware address`,
      "Send at the IP layer with -X, or name a hardware address with --source-mac",
    );
  }
  const { mac, how } = request.gatewayMac === null
    ? await findGateway(reader, link, { gateway: gatewayAddress!, sourceMac })
    : { mac: request.gatewayMac, how: "as given" };
  const linkHeader = new Uint8Array(ETHERNET_HEADER_BYTES);
  writeEthernetHeader(new DataView(linkHeader.buffer), 0, {
    destination: mac,
    source: sourceMac,
    type: ETHERTYPE_IPV4,
  });
  const gateway = gatewayAddress === null
    ? ""
    : ` ${formatIpv4(gatewayAddress)}`;
  return {
    interfaceName: link.name,
    interfaceIndex: link.index,
    sourceAddresses,
    layer: "ethernet",
    linkHeader,
    gatewayAddress,
    gatewayMac: mac,
    sourceMac,
    reason:
      `Sending Ethernet frames through ${link.name} to gateway${gateway} at ${
        formatMac(mac)
      }, ${how}`,
  };
}

function formatMac(mac: Uint8Array): string {
  return Array.from(mac, (byte) => byte.toString(16).padStart(2, "0"))
    .join(":");
}
