import {
  formatIpv6,
  IPV6_WORDS,
  type Ipv6Address,
  ipv6OfWords,
  parseIpv6,
} from "../base/mod.ts";
import {
  BROADCAST,
  type Ipv6AddressSet,
  ipv6AddressSet,
  ipv6PrefixRange,
  makeIpv6Runs,
  mergeIpv6Ranges,
  MULTICAST,
  NO_HOP,
  ON_LINK,
} from "../targets/mod.ts";
import {
  type NetworkPlan6,
  type NetworkRequest6,
  resolveNetwork6,
  routedIpv6,
} from "./mod.ts";

/** Of the first router. */
export const ROUTER_MAC: Uint8Array = Uint8Array.of(2, 0, 0, 0, 0, 0xfe);
/** Of "up0". */
export const OWN_MAC6: Uint8Array = Uint8Array.of(2, 0, 0, 0, 0, 1);

/**
 * Two uplinks to routers of their own, whose addresses are ready at once; the default route leads through the first,
 * to the router's link-local address. No IPv4.
 */
export const SETUP6: string = `ip netns add peer
ip link add up0 address 02:00:00:00:00:01 type veth peer name down0 address 02:00:00:00:00:fe netns peer
ip link add up1 address 02:00:00:00:01:01 type veth peer name down1 address 02:00:00:00:01:fe netns peer
for dev in up0 up1; do ip link set $dev addrgenmode none; done
for dev in down0 down1; do ip -n peer link set $dev addrgenmode none; done
ip addr add 2001:db8::1/64 dev up0 nodad; ip addr add fe80::1/64 dev up0 nodad
ip addr add 2001:db8:0:1::1/64 dev up1 nodad; ip addr add fe80::1/64 dev up1 nodad
ip link set up0 up; ip link set up1 up
ip -n peer addr add 2001:db8::fe/64 dev down0 nodad; ip -n peer addr add fe80::fe/64 dev down0 nodad
ip -n peer addr add 2001:db8:0:1::fe/64 dev down1 nodad; ip -n peer addr add fe80::fe/64 dev down1 nodad
ip -n peer link set down0 up; ip -n peer link set down1 up
ip route add default via fe80::fe dev up0
ip route add default via fe80::fe dev up1 metric 4096`;

/** The address of a text. */
export function ipv6(text: string): Ipv6Address {
  return parseIpv6(text)!;
}

/** These addresses and prefixes as targets. */
export function targetSet6(...prefixes: readonly string[]): Ipv6AddressSet {
  const ranges = prefixes.map((text) => {
    const [address, length = "128"] = text.split("/");
    return ipv6PrefixRange(ipv6(address!), Number(length));
  });
  const runs = makeIpv6Runs(mergeIpv6Ranges(ranges), 0);
  return ipv6AddressSet([{ kind: "ranges", runs }]);
}

/** Resolves for these targets, of which the first decides. */
export async function resolve6(
  targets: readonly string[],
  options: Partial<NetworkRequest6> = {},
): Promise<NetworkPlan6> {
  return await resolveNetwork6({ ...ipv6Request(targets), ...options });
}

/** What is asked for these targets, of which the first decides. */
export function ipv6Request(targets: readonly string[]): NetworkRequest6 {
  return {
    interfaceName: null,
    firstTarget: ipv6(targets[0]!.split("/")[0]!),
    addresses: routedIpv6(targetSet6(...targets)),
    sourceAddresses: null,
    gatewayMac: null,
    sourceMac: null,
    ipLayer: false,
  };
}

/** The parts of a plan that a decision is about. */
export function summary6(plan: NetworkPlan6): string {
  const gateway = plan.gatewayAddress === null
    ? "-"
    : formatIpv6(plan.gatewayAddress);
  const sources = plan.sourceAddresses.map(formatIpv6).join(",");
  return `${plan.layer} ${plan.interfaceName} from ${sources} via ${gateway}`;
}

/** Which part of the addresses goes where, in words. */
export function routesOf6({ routes }: NetworkPlan6): string {
  if (routes === null) return "one gateway";
  const names: Record<number, string> = {
    [ON_LINK]: "on link",
    [NO_HOP]: "none",
    [BROADCAST]: "broadcast",
    [MULTICAST]: "group",
  };
  const parts = Array.from(routes.hops, (hop, i) => {
    const start = formatIpv6(ipv6OfWords(routes.starts, i * IPV6_WORDS));
    return `${start} ${names[hop] ?? `gateway ${hop}`}`;
  });
  return [...parts, `${routes.neighbours.addresses.count} neighbours`]
    .join("; ");
}
