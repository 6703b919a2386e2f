import { RECEIVE_BACKENDS, type ReceiveBackend } from "../../backend/names.ts";
import type { IpAddress } from "../../base/mod.ts";
import {
  parseChoice,
  parseMac,
  parsePath,
  parseSourcePorts,
  type PortRange,
} from "../option_parsers.ts";
import { flag, type OptionTable, setting } from "../option_spec.ts";
import { parseSize } from "../units.ts";
import {
  parseIp,
  parseSourceAddresses,
  type SourceAddresses,
} from "../source_addresses.ts";

const MAC_REMEDY = "Give it as 00:11:22:aa:bb:cc";

/** Values of `NETWORK_OPTIONS`. */
export interface NetworkValues {
  readonly receiveBackend: ReceiveBackend;
  readonly captureBuffer: number;
  readonly interface: string | null;
  readonly sourceIp: SourceAddresses | null;
  readonly sourcePort: PortRange;
  readonly validateSourcePort: boolean | null;
  readonly gatewayMac: Uint8Array | null;
  readonly sourceMac: Uint8Array | null;
  readonly iplayer: boolean;
  readonly netmapWaitPing: IpAddress | null;
}

/** The way of probes and answers. */
export const NETWORK_OPTIONS: OptionTable<NetworkValues> = {
  receiveBackend: setting({
    long: "receive-backend",
    argument: "WAY",
    group: "network",
    help:
      "How answers are captured: pcap; packet, which needs no libpcap; auto for pcap where libpcap is",
    remedy: `Give one of ${RECEIVE_BACKENDS.join(", ")}`,
    fallback: "auto",
    fallbackText: "auto",
    parse: (text) => parseChoice(text, RECEIVE_BACKENDS),
  }),
  captureBuffer: setting({
    long: "capture-buffer",
    argument: "SIZE",
    group: "network",
    help:
      "Kernel memory for packets that wait for the receiver, in bytes, or with a unit such as MiB or M",
    remedy: "Give a size from 64KiB to 1GiB, for example 64MiB",
    fallback: 24 * 2 ** 20,
    fallbackText: "24M",
    parse: (text) =>
      parseSize(text, {
        what: "Capture buffer",
        min: 64 * 2 ** 10,
        max: 2 ** 30,
      }),
  }),
  interface: setting({
    long: "interface",
    short: "i",
    argument: "NAME",
    group: "network",
    help: "Network interface to use",
    remedy: "Give the name of an interface, for example eth0",
    fallback: null,
    fallbackText: "from the route to the targets",
    parse: parsePath,
  }),
  sourceIp: setting({
    long: "source-ip",
    short: "S",
    argument: "ADDRESSES",
    group: "network",
    help:
      "Source addresses: a comma list of addresses and ranges, at most 256 in all; with -6 those of IPv6, or a prefix of which each target gets an address",
    remedy:
      "Give addresses of this machine, for example 192.0.2.5, 192.0.2.5-192.0.2.9 or 2001:db8::5, or one prefix of IPv6 from /16 to /127 that is routed to it, for example 2001:db8::/64",
    fallback: null,
    fallbackText: "the interface's",
    parse: parseSourceAddresses,
  }),
  sourcePort: setting({
    long: "source-port",
    short: "s",
    argument: "PORTS",
    group: "network",
    help: "Source port, or range of source ports",
    remedy: "Give a port or a range, for example 40000 or 40000-40999",
    fallback: { first: 32768, last: 61000 },
    fallbackText: "32768-61000",
    parse: parseSourcePorts,
  }),
  validateSourcePort: setting({
    long: "validate-source-port",
    argument: "CHOICE",
    group: "network",
    help:
      "Whether answers have to come from a port that is probed: enable or disable",
    remedy: "Give enable or disable",
    fallback: null,
    fallbackText: "enable",
    choices: ["enable", "disable"],
    parse: (text) => parseChoice(text, ["enable", "disable"]) === "enable",
  }),
  gatewayMac: setting({
    long: "gateway-mac",
    short: "G",
    argument: "MAC",
    group: "network",
    help: "Ethernet address that packets are sent to",
    remedy: MAC_REMEDY,
    fallback: null,
    fallbackText: "the gateway's, found by ARP or neighbour discovery",
    parse: parseMac,
  }),
  sourceMac: setting({
    long: "source-mac",
    argument: "MAC",
    group: "network",
    help: "Ethernet address that packets come from",
    remedy: MAC_REMEDY,
    fallback: null,
    fallbackText: "the interface's",
    parse: parseMac,
  }),
  iplayer: flag({
    long: "iplayer",
    short: "X",
    group: "network",
    help: "Send IP packets and leave the way to the target to the kernel",
  }),
  netmapWaitPing: setting({
    long: "netmap-wait-ping",
    argument: "ADDRESS",
    group: "network",
    help:
      "Ping this host each second, and start when it has answered; give up after 60 seconds",
    remedy: "Give an address of IPv4 or IPv6",
    fallback: null,
    parse: parseIp,
  }),
};
