import type { Ipv4Address } from "../base/mod.ts";
import type { Prefix } from "../link/mod.ts";
import {
  addressAt,
  type AddressSet,
  overlapsPrefix,
  type TargetRoutes,
} from "../targets/mod.ts";

/** What of a scan decides its way. Null means: find out. */
export interface RoutedScan {
  readonly targets: { readonly addresses: AddressSet };
  readonly network: {
    /** `-i`. */
    readonly interfaceName: string | null;
    /** Source addresses of the probes. */
    readonly sourceAddresses: readonly Ipv4Address[] | null;
    /** Hardware address of the next hop, six bytes. */
    readonly gatewayMac: Uint8Array | null;
    /** Hardware address that frames come from. */
    readonly sourceMac: Uint8Array | null;
    /** Send IP packets and leave the link to the kernel, whatever the route. */
    readonly isIpLayer: boolean;
  };
}

/** What is asked of the network; null means: find out. */
export interface NetworkRequest {
  /** `-i`. */
  readonly interfaceName: string | null;
  /** Any target; the route to it decides. */
  readonly firstTarget: Ipv4Address;
  /** All targets. */
  readonly addresses: AddressSet;
  /** Whether any target lies in one of these prefixes. */
  overlapsOnLink(prefixes: readonly Prefix[]): boolean;
  /** Source addresses of the probes. */
  readonly sourceAddresses: readonly Ipv4Address[] | null;
  /** Hardware address of the next hop, six bytes. */
  readonly gatewayMac: Uint8Array | null;
  /** Hardware address that frames come from. */
  readonly sourceMac: Uint8Array | null;
  /** Send IP packets and leave the link to the kernel, whatever the route. */
  readonly ipLayer: boolean;
}

/** A gateway of the probes. */
export interface NextHop {
  /** Null where only its hardware address is known. */
  readonly address: Ipv4Address | null;
  /** Six bytes. */
  readonly mac: Uint8Array;
}

/** Where and how the probes leave. Plain data. */
export interface NetworkPlan {
  /** Where probes leave and answers arrive. */
  readonly interfaceName: string;
  /** The same as the kernel numbers it. */
  readonly interfaceIndex: number;
  /** At least one. */
  readonly sourceAddresses: readonly Ipv4Address[];
  /** Who writes the link header: this program, or the kernel. */
  readonly layer: "ethernet" | "ip";
  /** Bytes before each IP packet: an Ethernet header, or nothing at the IP layer. */
  readonly linkHeader: Uint8Array;
  /** The first gateway, or null where there is none or it is not known. */
  readonly gatewayAddress: Ipv4Address | null;
  /** Of the first gateway; null at the IP layer, and where there is none. */
  readonly gatewayMac: Uint8Array | null;
  /** All gateways; none at the IP layer. */
  readonly nextHops: readonly NextHop[];
  /** Which target has which next hop; null: all have the same gateway, or the kernel decides. */
  readonly routes: TargetRoutes | null;
  /** Null at the IP layer. */
  readonly sourceMac: Uint8Array | null;
  /** Why so, as a sentence for the log without a final period. */
  readonly reason: string;
}

/** What the network has to be asked for this scan. */
export function networkRequest(
  { network, targets }: RoutedScan,
): NetworkRequest {
  const { addresses } = targets;
  return {
    interfaceName: network.interfaceName,
    firstTarget: addressAt(addresses, 0),
    addresses,
    overlapsOnLink: (prefixes) =>
      prefixes.some(({ address, prefixLength }) =>
        overlapsPrefix(addresses, { address, length: prefixLength })
      ),
    sourceAddresses: network.sourceAddresses,
    gatewayMac: network.gatewayMac,
    sourceMac: network.sourceMac,
    ipLayer: network.isIpLayer,
  };
}
