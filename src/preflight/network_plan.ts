import type { Ipv4Address, Ipv6Address } from "../base/mod.ts";
import type { IpAddress } from "../link/mod.ts";
import type {
  AddressSet,
  Ipv6AddressSet,
  Ipv6TargetRoutes,
  TargetRoutes,
} from "../targets/mod.ts";
import {
  type RoutedAddresses,
  routedIpv4,
  routedIpv6,
} from "./routed_addresses.ts";

/** What decides the way of a scan, whatever the family of its targets. Null means: find out. */
export interface WayOptions {
  /** `-i`. */
  readonly interfaceName: string | null;
  /** Hardware address of the next hop, six bytes. */
  readonly gatewayMac: Uint8Array | null;
  /** Hardware address that frames come from. */
  readonly sourceMac: Uint8Array | null;
  /** Send IP packets and leave the link to the kernel, whatever the route. */
  readonly isIpLayer: boolean;
}

/** What of a scan decides its way. Null means: find out. */
export interface RoutedScan {
  readonly targets: { readonly addresses: AddressSet };
  readonly network: WayOptions & {
    /** Source addresses of the probes. */
    readonly sourceAddresses: readonly Ipv4Address[] | null;
  };
}

/** As `RoutedScan`, of IPv6. */
export interface RoutedScan6 {
  readonly targets: { readonly addresses: Ipv6AddressSet };
  readonly network: WayOptions & {
    /** Source addresses of the probes. */
    readonly sourceAddresses6: readonly Ipv6Address[] | null;
  };
}

/** What is asked of the network; null means: find out. */
export interface NetworkRequest<
  A extends IpAddress = Ipv4Address,
  R = TargetRoutes,
> {
  /** `-i`. */
  readonly interfaceName: string | null;
  /** Any target; the route to it decides. */
  readonly firstTarget: A;
  /** All targets. */
  readonly addresses: RoutedAddresses<A, R>;
  /** Source addresses of the probes. */
  readonly sourceAddresses: readonly A[] | null;
  /** Hardware address of the next hop, six bytes. */
  readonly gatewayMac: Uint8Array | null;
  /** Hardware address that frames come from. */
  readonly sourceMac: Uint8Array | null;
  /** Send IP packets and leave the link to the kernel, whatever the route. */
  readonly ipLayer: boolean;
}

/** As `NetworkRequest`, of IPv6. */
export type NetworkRequest6 = NetworkRequest<Ipv6Address, Ipv6TargetRoutes>;

/** A gateway of the probes. */
export interface NextHop<A extends IpAddress = Ipv4Address> {
  /** Null where only its hardware address is known. */
  readonly address: A | null;
  /** Six bytes. */
  readonly mac: Uint8Array;
}

/** Where and how the probes leave. Plain data. */
export interface NetworkPlan<
  A extends IpAddress = Ipv4Address,
  R = TargetRoutes,
> {
  /** Where probes leave and answers arrive. */
  readonly interfaceName: string;
  /** The same as the kernel numbers it. */
  readonly interfaceIndex: number;
  /** At least one. */
  readonly sourceAddresses: readonly A[];
  /** Who writes the link header: this program, or the kernel. */
  readonly layer: "ethernet" | "ip";
  /** Bytes before each IP packet: an Ethernet header, or nothing at the IP layer. */
  readonly linkHeader: Uint8Array;
  /** The first gateway, or null where there is none or it is not known. */
  readonly gatewayAddress: A | null;
  /** Of the first gateway; null at the IP layer, and where there is none. */
  readonly gatewayMac: Uint8Array | null;
  /** All gateways; none at the IP layer. */
  readonly nextHops: readonly NextHop<A>[];
  /** Which target has which next hop; null: all have the same gateway, or the kernel decides. */
  readonly routes: R | null;
  /** Null at the IP layer. */
  readonly sourceMac: Uint8Array | null;
  /** Why so, as a sentence for the log without a final period. */
  readonly reason: string;
}

/** As `NetworkPlan`, of IPv6. */
export type NetworkPlan6 = NetworkPlan<Ipv6Address, Ipv6TargetRoutes>;

/** What the network has to be asked for this scan. */
export function networkRequest(
  { network, targets }: RoutedScan,
): NetworkRequest {
  const addresses = routedIpv4(targets.addresses);
  return {
    interfaceName: network.interfaceName,
    firstTarget: addresses.firstFrom(0)!,
    addresses,
    sourceAddresses: network.sourceAddresses,
    gatewayMac: network.gatewayMac,
    sourceMac: network.sourceMac,
    ipLayer: network.isIpLayer,
  };
}

/** As `networkRequest`, for IPv6. */
export function networkRequest6(
  { network, targets }: RoutedScan6,
): NetworkRequest6 {
  const addresses = routedIpv6(targets.addresses);
  return {
    interfaceName: network.interfaceName,
    firstTarget: addresses.firstFrom(0n)!,
    addresses,
    sourceAddresses: network.sourceAddresses6,
    gatewayMac: network.gatewayMac,
    sourceMac: network.sourceMac,
    ipLayer: network.isIpLayer,
  };
}
