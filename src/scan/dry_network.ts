import { type IpAddress, PreflightError } from "../base/mod.ts";
import {
  type FamilyReader,
  findByName,
  type LinkInfo,
  LinkReader,
} from "../link/mod.ts";
import type { NetworkPlan, NetworkPlan6 } from "../preflight/mod.ts";
import { addressAt, firstIpv6From } from "../targets/mod.ts";
import {
  ETHERNET_HEADER_BYTES,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  writeEthernetHeader,
} from "../wire/mod.ts";
import type { Ipv4Scan, Ipv6Scan, NetworkConfig } from "./config.ts";

/** Stand for a source address that is neither given nor found: 192.0.2.1, RFC 5737, and 2001:db8::1, RFC 3849. */
const NO_ADDRESS = 0xc000_0201;
const NO_ADDRESS6 = 0x2001_0db8_0000_0000_0000_0000_0000_0001n;
/** Stands for a hardware address that is neither given nor found. */
const NO_MAC = new Uint8Array(6);

/** What the kernel knows about the way to the targets. */
interface Way<Address> {
  readonly link: LinkInfo | null;
  readonly gatewayAddress: Address | null;
  readonly sourceAddress: Address | null;
  readonly gatewayMac: Uint8Array | null;
}

const NO_WAY = {
  link: null,
  gatewayAddress: null,
  sourceAddress: null,
  gatewayMac: null,
};

/**
 * The network as a dry run shows it: what is given, otherwise what the kernel knows, otherwise placeholders,
 * whose names it adds to `missing`. Asks nobody, and needs no rights.
 *
 * @throws {PreflightError} when the interface that the user named does not exist
 */
export function findDryNetwork(
  scan: Ipv4Scan,
  missing: Set<string>,
): NetworkPlan {
  const { network, targets } = scan;
  return describeWay({
    network,
    given: network.sourceAddresses,
    placeholder: NO_ADDRESS,
    type: ETHERTYPE_IPV4,
    read: (reader) => reader.ipv4,
    target: addressAt(targets.addresses, 0),
  }, missing);
}

/**
 * As `findDryNetwork`, for IPv6.
 *
 * @throws {PreflightError} when the interface that the user named does not exist
 */
export function findDryNetwork6(
  scan: Ipv6Scan,
  missing: Set<string>,
): NetworkPlan6 {
  const { network, targets } = scan;
  const { sourcePrefix6: sourcePrefix } = network;
  const plan = describeWay({
    network,
    given: network.sourceAddresses6 ??
      (sourcePrefix === null ? null : [sourcePrefix.address]),
    placeholder: NO_ADDRESS6,
    type: ETHERTYPE_IPV6,
    read: (reader) => reader.ipv6,
    target: firstIpv6From(targets.addresses, 0n)!,
  }, missing);
  return { ...plan, sourcePrefix };
}

/** What is shown of one family. */
interface ShownWay<A extends IpAddress> {
  readonly network: NetworkConfig;
  /** Source addresses that are given. */
  readonly given: readonly A[] | null;
  /** Stands for a source address that is not found. */
  readonly placeholder: A;
  /** EtherType of the packets. */
  readonly type: number;
  /** Any target. */
  readonly target: A;
  /** What reads the kernel's tables of the family. */
  read(reader: LinkReader): FamilyReader<A>;
}

/** Whether nothing that packets carry is left to be found out. */
function isAllGiven(
  { gatewayMac, isIpLayer, sourceMac }: NetworkConfig,
  sourceAddresses: readonly IpAddress[] | null,
): boolean {
  return sourceAddresses !== null &&
    (isIpLayer || (gatewayMac !== null && sourceMac !== null));
}

function describeWay<A extends IpAddress>(
  shown: ShownWay<A>,
  missing: Set<string>,
): NetworkPlan<A, never> {
  const { given, network, placeholder, type } = shown;
  const way = isAllGiven(network, given) ? NO_WAY : askKernel(shown);
  const { isIpLayer } = network;
  const gatewayMac = network.gatewayMac ?? way.gatewayMac;
  const sourceMac = network.sourceMac ?? way.link?.macAddress ?? null;
  if (given === null && way.sourceAddress === null) {
    missing.add("source address (-S)");
  }
  if (!isIpLayer && gatewayMac === null) missing.add("gateway's MAC (-G)");
  if (!isIpLayer && sourceMac === null) missing.add("own MAC (--source-mac)");
  const linkHeader = new Uint8Array(isIpLayer ? 0 : ETHERNET_HEADER_BYTES);
  if (!isIpLayer) {
    writeEthernetHeader(new DataView(linkHeader.buffer), 0, {
      destination: gatewayMac ?? NO_MAC,
      source: sourceMac ?? NO_MAC,
      type,
    });
  }
  return {
    interfaceName: way.link?.name ?? network.interfaceName ?? "",
    interfaceIndex: way.link?.index ?? 0,
    sourceAddresses: given ?? [way.sourceAddress ?? placeholder],
    layer: isIpLayer ? "ip" : "ethernet",
    linkHeader,
    gatewayAddress: way.gatewayAddress,
    gatewayMac: isIpLayer ? null : gatewayMac,
    nextHops: [],
    routes: null,
    sourceMac: isIpLayer ? null : sourceMac,
    reason: "Nothing is sent: this is a dry run",
  };
}

function askKernel<A extends IpAddress>(
  { network, read, target }: ShownWay<A>,
): Way<A> {
  const { interfaceName } = network;
  try {
    using reader = LinkReader.open();
    const links = reader.readLinks();
    const named = interfaceName === null
      ? null
      : requireLink(links, interfaceName);
    const family = read(reader);
    const route = named === null
      ? family.lookupRoute(target)
      : family.lookupRoute(target, { interfaceIndex: named.index });
    const link = named ??
      links.find(({ index }) => index === route?.interfaceIndex) ?? null;
    if (link === null) return NO_WAY;
    const sourceAddress = route?.source ??
      family.readAddresses(link.index)[0]?.address ?? null;
    const nextHop = route === null ? null : route.gateway ?? target;
    const gatewayMac = nextHop === null
      ? null
      : family.lookupNeighbour(link.index, nextHop);
    const gatewayAddress = route?.gateway ?? null;
    return { link, gatewayAddress, sourceAddress, gatewayMac };
  } catch (error) {
    // A machine without netlink, or without the right to ask, is good enough to print packets.
    if (error instanceof PreflightError) throw error;
    return NO_WAY;
  }
}

function requireLink(links: readonly LinkInfo[], name: string): LinkInfo {
  const link = findByName(links, name);
  if (link !== undefined) return link;
  throw new PreflightError(
    "interface",
    `Cannot find interface "${name}"`,
    `Choose one of these with -i: ${links.map(({ name }) => name).join(", ")}`,
  );
}
