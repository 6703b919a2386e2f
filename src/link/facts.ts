import type { Ipv4Address } from "../base/mod.ts";
import type { IpAddress } from "./ip_family.ts";

/** A network interface. */
export interface LinkInfo {
  /** Number that the kernel knows it by. */
  readonly index: number;
  /** Name that the user knows it by: "eth0". */
  readonly name: string;
  /** Further names, `ip link property add dev NAME altname FURTHER`. */
  readonly alternativeNames: readonly string[];
  /** Switched on by the administrator. */
  readonly isUp: boolean;
  /** Ready to carry frames: cable plugged in, peer up, tunnel attached. */
  readonly hasCarrier: boolean;
  /** The kernel has noticed that it is ready, which may be a second later, and puts frames onto it. */
  readonly isRunning: boolean;
  /** Leads back to this host. */
  readonly isLoopback: boolean;
  /** An Ethernet device: frames sent through it begin with a header. False for loopback and tunnels. */
  readonly hasEthernetHeader: boolean;
  /** Neighbours are found by ARP, those of IPv6 by neighbour discovery. */
  readonly usesArp: boolean;
  /** Six bytes, or null where the interface has none. */
  readonly macAddress: Uint8Array | null;
  /** Longest IP packet. */
  readonly mtuBytes: number;
  /** At the time of reading. */
  readonly stats: LinkCounters;
}

/** Totals since the interface was made: `IFLA_STATS64`. */
export interface LinkCounters {
  /** Packets received. */
  readonly rxPackets: number;
  /** Packets sent. */
  readonly txPackets: number;
  /** Bytes received. */
  readonly rxBytes: number;
  /** Bytes sent. */
  readonly txBytes: number;
  /** Damaged packets received; includes the kinds of error below. */
  readonly rxErrors: number;
  /** Packets that could not be sent. */
  readonly txErrors: number;
  /** Received and then dropped for want of memory or of a protocol. */
  readonly rxDropped: number;
  /** Dropped instead of being sent. */
  readonly txDropped: number;
  /** Lost because the receiver was too slow to take them. */
  readonly rxOverErrors: number;
  /** Lost because the device's own buffer was full. */
  readonly rxFifoErrors: number;
  /** Lost because the host gave the device no room. */
  readonly rxMissed: number;
  /** How often the carrier came or went. */
  readonly carrierChanges: number;
}

/** Totals of an interface's queue since it was made: `TCA_STATS2`. Counters of 32 bits, which wrap. */
export interface QueueCounters {
  /** Packets dropped because the queue was full. */
  readonly dropped: number;
  /** How often the queue held a packet back. */
  readonly overlimits: number;
  /** How often the device gave a packet back. */
  readonly requeues: number;
  /** Bytes that wait now. */
  readonly backlogBytes: number;
  /** Packets that wait now. */
  readonly backlogPackets: number;
}

/** An address of an interface. */
export interface AddressInfo<A extends IpAddress = Ipv4Address> {
  /** Interface that has it. */
  readonly interfaceIndex: number;
  /** In host order. */
  readonly address: A;
  /** Length of the prefix that it is in. */
  readonly prefixLength: number;
  /** Of IPv4: not the first of its prefix, so the kernel does not choose it as source. */
  readonly isSecondary: boolean;
  /** Means something on its link alone, as those of fe80::/10 do. */
  readonly isLinkLocal: boolean;
  /** The states of an address of IPv6; IPv4 has none. */
  readonly state: AddressState;
}

/** What has become of an address since it was made (RFC 4862 section 5.5.4, RFC 8981). */
export interface AddressState {
  /** Not in use before duplicate address detection has ended. */
  readonly isTentative: boolean;
  /** Another host of the link has it, so it never comes into use. */
  readonly isDuplicate: boolean;
  /** Not for new connections. */
  readonly isDeprecated: boolean;
  /** Replaced now and then for privacy. */
  readonly isTemporary: boolean;
}

/** A range of addresses that share their first bits. */
export interface Prefix<A extends IpAddress = Ipv4Address> {
  /** An address of the range, in host order. */
  readonly address: A;
  /** How many first bits they share: 0 to 32, or to 128 of IPv6. */
  readonly prefixLength: number;
}

/** How the kernel would send to an address. */
export interface RouteInfo<A extends IpAddress = Ipv4Address> {
  /** Interface that packets leave through. */
  readonly interfaceIndex: number;
  /** Next hop, or null when the destination is on the link itself (or an IPv4 one behind an IPv6 gateway). */
  readonly gateway: A | null;
  /** The next hop of an IPv4 destination is an IPv6 address (RFC 8950), which ARP cannot find. */
  readonly hasIpv6Gateway: boolean;
  /** Source address that the kernel would choose. */
  readonly source: A | null;
  /** The destination is an address of this host, or an anycast address that it answers for. */
  readonly isLocal: boolean;
  /** The destination is a broadcast address, or that of a group. */
  readonly isGroup: boolean;
  /** Of IPv6: learned from a router advertisement (RFC 4861), whose lifetime ends it unless another one comes. */
  readonly isAdvertised: boolean;
}

/** Destinations that some routing table or rule treats in a way of their own. */
export interface RoutedPrefix<A extends IpAddress = Ipv4Address>
  extends Prefix<A> {
  /** The first address. */
  readonly address: A;
  /** The routing table, or the rule. Of a table the longest prefix decides; rules decide together. */
  readonly table: string;
  /** The same for all routes of a table that differ in nothing but their destinations. */
  readonly nextHop: string;
}

/** Narrows a route lookup. */
export interface RouteQuery<A extends IpAddress = Ipv4Address> {
  /** Only routes through this interface. */
  readonly interfaceIndex?: number;
  /** Only routes for packets from this address, which has to be one of this host's. */
  readonly sourceAddress?: A;
}
