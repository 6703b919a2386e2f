/** A network interface. */
export interface LinkInfo {
  readonly index: number;
  readonly name: string;
  /** Switched on by the administrator. */
  readonly isUp: boolean;
  /** Ready to carry frames: cable plugged in, peer up, tunnel attached. */
  readonly hasCarrier: boolean;
  readonly isLoopback: boolean;
  /** An Ethernet device: frames sent through it begin with a header. False for loopback and tunnels. */
  readonly hasEthernetHeader: boolean;
  /** Neighbours are found by ARP. */
  readonly usesArp: boolean;
  /** Six bytes, or null where the interface has none. */
  readonly macAddress: Uint8Array | null;
  /** Longest IP packet. */
  readonly mtuBytes: number;
  readonly stats: LinkCounters;
}

/** Totals since the interface was made: `IFLA_STATS64`. */
export interface LinkCounters {
  readonly rxPackets: number;
  readonly txPackets: number;
  readonly rxBytes: number;
  readonly txBytes: number;
  readonly rxErrors: number;
  readonly txErrors: number;
  readonly rxDropped: number;
  readonly txDropped: number;
  readonly rxOverErrors: number;
  readonly rxFifoErrors: number;
  readonly rxMissed: number;
  /** How often the carrier came or went. */
  readonly carrierChanges: number;
}

/** Totals of an interface's queue since it was made: `TCA_STATS2`. Counters of 32 bits, which wrap. */
export interface QueueCounters {
  readonly dropped: number;
  /** How often the queue held a packet back. */
  readonly overlimits: number;
  readonly requeues: number;
  /** Bytes that wait now. */
  readonly backlogBytes: number;
  /** Packets that wait now. */
  readonly backlogPackets: number;
}

/** An IPv4 address of an interface. */
export interface AddressInfo {
  readonly interfaceIndex: number;
  readonly address: number;
  readonly prefixLength: number;
  /** Not the first of its prefix, so the kernel does not choose it as source. */
  readonly isSecondary: boolean;
}

/** A range of addresses that share their first bits. */
export interface Prefix {
  readonly address: number;
  readonly prefixLength: number;
}

/** How the kernel would send to an address. */
export interface RouteInfo {
  readonly interfaceIndex: number;
  /** Next hop, or null when the destination is on the link itself (or behind an IPv6 gateway). */
  readonly gateway: number | null;
  /** The next hop is an IPv6 address (RFC 8950), which ARP cannot find. */
  readonly hasIpv6Gateway: boolean;
  /** Source address that the kernel would choose. */
  readonly source: number | null;
  /** The destination is an address of this host. */
  readonly isLocal: boolean;
}

/** Narrows a route lookup. */
export interface RouteQuery {
  /** Only routes through this interface. */
  readonly interfaceIndex?: number;
  /** Only routes for packets from this address, which has to be one of this host's. */
  readonly sourceAddress?: number;
}
