import type { Logger } from "@logtape/logtape";
import { PreflightError } from "../base/mod.ts";
import {
  findByName,
  type LinkInfo,
  LinkReader,
  type RouteInfo,
} from "../link/mod.ts";
import type { NetworkPlan } from "../preflight/mod.ts";
import { addressAt } from "../targets/mod.ts";
import {
  ETHERNET_HEADER_BYTES,
  ETHERTYPE_IPV4,
  writeEthernetHeader,
} from "../wire/mod.ts";
import type { ScanConfig } from "./config.ts";

/** Stands for a source address that is neither given nor found: 192.0.2.1, RFC 5737. */
const NO_ADDRESS = 0xc000_0201;
/** Stands for a hardware address that is neither given nor found. */
const NO_MAC = new Uint8Array(6);

/** What the kernel knows about the way to the targets. */
interface Way {
  readonly link: LinkInfo | null;
  readonly route: RouteInfo | null;
  readonly sourceAddress: number | null;
  readonly gatewayMac: Uint8Array | null;
}

const NO_WAY: Way = {
  link: null,
  route: null,
  sourceAddress: null,
  gatewayMac: null,
};

/**
 * The network as a dry run shows it: what is given, otherwise what the kernel knows, otherwise placeholders,
 * of which it warns. Asks nobody, and needs no rights.
 *
 * @throws {PreflightError} when the interface that the user named does not exist
 */
export function findDryNetwork(
  config: ScanConfig,
  logger: Logger,
): NetworkPlan {
  const { network } = config;
  const isGiven = network.sourceAddresses !== null &&
    (network.isIpLayer ||
      (network.gatewayMac !== null && network.sourceMac !== null));
  const way = isGiven ? NO_WAY : askKernel(config);
  const sourceAddress = way.sourceAddress ?? NO_ADDRESS;
  const gatewayMac = network.gatewayMac ?? way.gatewayMac;
  const sourceMac = network.sourceMac ?? way.link?.macAddress ?? null;
  const missing = [
    network.sourceAddresses === null && way.sourceAddress === null
      ? "source address (-S)"
      : "",
    !network.isIpLayer && gatewayMac === null ? "gateway's MAC (-G)" : "",
    !network.isIpLayer && sourceMac === null ? "own MAC (--source-mac)" : "",
  ].filter((name) => name !== "");
  if (missing.length > 0) {
    logger.warn("Placeholders are shown for: {missing}", {
      missing: missing.join(", "),
    });
  }
  const linkHeader = new Uint8Array(
    network.isIpLayer ? 0 : ETHERNET_HEADER_BYTES,
  );
  if (!network.isIpLayer) {
    writeEthernetHeader(new DataView(linkHeader.buffer), 0, {
      destination: gatewayMac ?? NO_MAC,
      source: sourceMac ?? NO_MAC,
      type: ETHERTYPE_IPV4,
    });
  }
  return {
    interfaceName: way.link?.name ?? network.interfaceName ?? "",
    interfaceIndex: way.link?.index ?? 0,
    sourceAddresses: network.sourceAddresses ?? [sourceAddress],
    layer: network.isIpLayer ? "ip" : "ethernet",
    linkHeader,
    gatewayAddress: way.route?.gateway ?? null,
    gatewayMac: network.isIpLayer ? null : gatewayMac,
    nextHops: [],
    routes: null,
    sourceMac: network.isIpLayer ? null : sourceMac,
    reason: "Nothing is sent: this is a dry run",
  };
}

function askKernel({ network, targets }: ScanConfig): Way {
  const { interfaceName } = network;
  const target = addressAt(targets.addresses, 0);
  try {
    using reader = LinkReader.open();
    const links = reader.readLinks();
    const named = interfaceName === null
      ? null
      : findByName(links, interfaceName) ?? null;
    if (interfaceName !== null && named === null) {
      throw new PreflightError(
        "interface",
        `Cannot find interface "${interfaceName}"`,
        `Choose one of these with -i: ${
          links.map(({ name }) => name).join(", ")
        }`,
      );
    }
    const route = named === null
      ? reader.lookupRoute(target)
      : reader.lookupRoute(target, { interfaceIndex: named.index });
    const link = named ??
      links.find(({ index }) => index === route?.interfaceIndex) ?? null;
    if (link === null) return NO_WAY;
    const sourceAddress = route?.source ??
      reader.readAddresses(link.index)[0]?.address ?? null;
    const nextHop = route === null ? null : route.gateway ?? target;
    const gatewayMac = nextHop === null
      ? null
      : reader.lookupNeighbour(link.index, nextHop);
    return { link, route, sourceAddress, gatewayMac };
  } catch (error) {
    // A machine without netlink, or without the right to ask, is good enough to print packets.
    if (error instanceof PreflightError) throw error;
    return NO_WAY;
  }
}
