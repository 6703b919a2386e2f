import type { Ipv4Address, Ipv6Address } from "../base/mod.ts";
import type { IpAddress, Prefix } from "../link/mod.ts";
import type {
  AddressSet,
  Ipv6AddressSet,
  Ipv6Range,
  Ipv6TargetRoutes,
  TargetRoutes,
} from "../targets/mod.ts";
import {
  type RoutedAddresses,
  routedIpv4,
  routedIpv6,
  routedIpv6Ranges,
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
  readonly targets: {
    readonly addresses: Ipv6AddressSet;
    /** Where targets may lie that become known while the scan runs; undefined: all are known. */
    readonly reach?: readonly Ipv6Range[];
  };
  readonly network: WayOptions & {
    /** Source addresses of the probes. */
    readonly sourceAddresses6: readonly Ipv6Address[] | null;
    /** Then probes come from its addresses alone. */
    readonly sourcePrefix6?: Prefix<Ipv6Address> | null;
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
  /**
   * Where each target gets a source address of its own; then `sourceAddresses` is null.
   *
   * @default {null}
   */
  readonly sourcePrefix?: Prefix<Ipv6Address> | null;
  /** Hardware address of the next hop, six bytes. */
  readonly gatewayMac: Uint8Array | null;
  /** Hardware address that frames come from. */
  readonly sourceMac: Uint8Array | null;
  /** Send IP packets and leave the link to the kernel, whatever the route. */
  readonly ipLayer: boolean;
  /**
   * Whether some of the addresses may have no route, or one through another interface: then they are no error, but have
   * no next hop.
   *
   * @default {false}
   */
  readonly mayLackRoutes?: boolean;
}

/** As `NetworkRequest`, of IPv6. */
export type NetworkRequest6 = NetworkRequest<Ipv6Address, Ipv6TargetRoutes>;

/** A gateway of the probes, of either family. */
export interface NextHop<
  A extends IpAddress | null = IpAddress,
  M extends Uint8Array | null = Uint8Array,
> {
  /** Null where only its hardware address is known. */
  readonly address: A;
  /** Six bytes; null where the kernel writes the link headers. */
  readonly mac: M;
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
  /** At least one. Where there is a prefix, they ask for neighbours only. */
  readonly sourceAddresses: readonly A[];
  /**
   * Where the probes come from instead.
   *
   * @default {null}
   */
  readonly sourcePrefix?: Prefix<Ipv6Address> | null;
  /** Who writes the link header: this program, or the kernel. */
  readonly layer: "ethernet" | "ip";
  /** Bytes before each IP packet: an Ethernet header, or nothing at the IP layer. */
  readonly linkHeader: Uint8Array;
  /** The first gateway, or null where there is none or it is not known. */
  readonly gatewayAddress: A | null;
  /** Of the first gateway; null at the IP layer, and where there is none. */
  readonly gatewayMac: Uint8Array | null;
  /** All gateways; none at the IP layer. */
  readonly nextHops: readonly NextHop<A | null>[];
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
  const { reach } = targets;
  const addresses = reach === undefined
    ? routedIpv6(targets.addresses)
    : routedIpv6Ranges(reach);
  return {
    interfaceName: network.interfaceName,
    firstTarget: addresses.firstFrom(0n)!,
    addresses,
    sourceAddresses: network.sourceAddresses6,
    sourcePrefix: network.sourcePrefix6 ?? null,
    gatewayMac: network.gatewayMac,
    sourceMac: network.sourceMac,
    ipLayer: network.isIpLayer,
  };
}
