import { PreflightError } from "../base/mod.ts";
import { findByName, type LinkInfo, LinkReader } from "../link/mod.ts";
import {
  ETHERNET_HEADER_BYTES,
  ETHERTYPE_IPV6,
  writeEthernetHeader,
} from "../wire/mod.ts";
import type { NetworkConfig } from "./config.ts";
import type { Ipv6Network } from "./network.ts";

/**
 * The way to IPv6 targets as the options say it: interface, source addresses, and the router's hardware address unless
 * the kernel writes the link headers. Asks the kernel for the interface alone.
 *
 * @throws {PreflightError} when there is no such interface, or the options leave something open
 */
export function findGivenNetwork(network: NetworkConfig): Ipv6Network {
  const link = findLink(network.interfaceName);
  const { sourceAddresses6 } = network;
  if (sourceAddresses6 === null) throw notGiven("source address", "-S");
  const plan = {
    interfaceName: link.name,
    interfaceIndex: link.index,
    sourceAddresses: sourceAddresses6,
    gatewayAddress: null,
    routes: null,
  };
  if (network.isIpLayer || !link.hasEthernetHeader) {
    return {
      ...plan,
      layer: "ip",
      linkHeader: new Uint8Array(0),
      gatewayMac: null,
      nextHops: [],
      sourceMac: null,
      reason:
        `Sending IPv6 packets through ${link.name}; the kernel finds their next hops`,
    };
  }
  const { gatewayMac } = network;
  if (gatewayMac === null) throw notGiven("router's hardware address", "-G");
  const sourceMac = network.sourceMac ?? link.macAddress;
  if (sourceMac === null) {
    throw notGiven("own hardware address", "--source-mac");
  }
  const linkHeader = new Uint8Array(ETHERNET_HEADER_BYTES);
  writeEthernetHeader(new DataView(linkHeader.buffer), 0, {
    destination: gatewayMac,
    source: sourceMac,
    type: ETHERTYPE_IPV6,
  });
  return {
    ...plan,
    layer: "ethernet",
    linkHeader,
    gatewayMac,
    nextHops: [{ address: null, mac: gatewayMac }],
    sourceMac,
    reason:
      `Sending IPv6 packets through ${link.name} to the router that -G names`,
  };
}

function findLink(name: string | null): LinkInfo {
  if (name === null) throw notGiven("interface", "-i");
  using reader = LinkReader.open();
  const links = reader.readLinks();
  const link = findByName(links, name);
  if (link !== undefined) return link;
  throw new PreflightError(
    "interface",
    `Cannot find interface "${name}"`,
    `Choose one of these with -i: ${links.map(({ name }) => name).join(", ")}`,
  );
}

function notGiven(what: string, option: string): PreflightError {
  return new PreflightError(
    "route",
    `The ${what} of a scan of IPv6 targets is not found by itself`,
    `Give it with ${option}`,
  );
}
