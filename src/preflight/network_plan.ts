import type { Ipv4Address } from "../base/mod.ts";
import type { Prefix } from "../link/mod.ts";

/** What is asked of the network; null means: find out. */
export interface NetworkRequest {
  /** `-i`. */
  readonly interfaceName: string | null;
  /** Any target; the route to it decides. */
  readonly firstTarget: Ipv4Address;
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
  /** Next hop, or null where there is none or it is not known. */
  readonly gatewayAddress: Ipv4Address | null;
  /** Null at the IP layer. */
  readonly gatewayMac: Uint8Array | null;
  /** Null at the IP layer. */
  readonly sourceMac: Uint8Array | null;
  /** Why so, as a sentence for the log without a final period. */
  readonly reason: string;
}
