/**
 * Field positions, readers, builders and checksums of the packets that a scan sends and receives. All of it
 * works on (view, offset). Numbers are host order outside of this room. Readers that take an `end` read
 * nothing at or behind it and answer `null` or -1 when that is too little.
 *
 * @module
 */
export type { FrameSlots } from "./frame_slots.ts";
export {
  checkIpv4,
  DAMAGED,
  DLT_EN10MB,
  DLT_LINUX_SLL,
  DLT_NULL,
  DLT_RAW,
  FRAGMENT,
  type LinkLayer,
  linkLayer,
  NOT_IPV4,
} from "./link_layer.ts";
export { readBytes, writeBytes } from "./bytes.ts";
export {
  foldSum,
  internetChecksum,
  pseudoHeaderSum,
  sumOfUint32,
  sumWords,
  updateChecksum,
} from "./checksum.ts";
export {
  ETHERNET_DESTINATION,
  ETHERNET_HEADER_BYTES,
  ETHERNET_SOURCE,
  ETHERNET_TYPE,
  type EthernetHeader,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  ETHERTYPE_VLAN,
  MAC_BYTES,
  parseEthernetHeader,
  readMac,
  writeEthernetHeader,
} from "./ethernet.ts";
export {
  ARP_BYTES,
  ARP_REPLY,
  ARP_REQUEST,
  type ArpMessage,
  parseArp,
  writeArp,
} from "./arp.ts";
export {
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_IPIP,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  IPV4_CHECKSUM,
  IPV4_DESTINATION,
  IPV4_FRAGMENT,
  IPV4_HEADER_BYTES,
  IPV4_ID,
  IPV4_MAX_HEADER_BYTES,
  IPV4_PROTOCOL,
  IPV4_SOURCE,
  IPV4_TOTAL_LENGTH,
  IPV4_TTL,
  IPV4_TYPE_OF_SERVICE,
  type Ipv4Header,
  ipv4PacketEnd,
  ipv4PayloadAt,
  isLaterFragment,
  parseIpv4Header,
  writeIpv4Header,
} from "./ipv4.ts";
export {
  parseTcpHeader,
  TCP_ACK,
  TCP_ACKNOWLEDGEMENT,
  TCP_CHECKSUM,
  TCP_DATA_OFFSET,
  TCP_DESTINATION_PORT,
  TCP_FIN,
  TCP_FLAGS,
  TCP_HEADER_BYTES,
  TCP_MAX_HEADER_BYTES,
  TCP_PSH,
  TCP_RST,
  TCP_SEQUENCE,
  TCP_SOURCE_PORT,
  TCP_SYN,
  TCP_URGENT,
  TCP_WINDOW,
  tcpChecksum,
  type TcpHeader,
  tcpPayloadAt,
  writeTcpChecksum,
  writeTcpHeader,
} from "./tcp.ts";
export {
  findTcpOption,
  TCP_OPTION_MSS,
  TCP_OPTION_PROFILES,
  TCP_OPTION_SACK_PERMITTED,
  TCP_OPTION_TIMESTAMPS,
  TCP_OPTION_WINDOW_SCALE,
  type TcpOptionProfile,
} from "./tcp_options.ts";
export {
  parseUdpHeader,
  UDP_CHECKSUM,
  UDP_DESTINATION_PORT,
  UDP_HEADER_BYTES,
  UDP_LENGTH,
  UDP_SOURCE_PORT,
  type UdpHeader,
  writeUdpChecksum,
  writeUdpHeader,
} from "./udp.ts";
export {
  ICMP_CHECKSUM,
  ICMP_CODE,
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_HEADER_BYTES,
  ICMP_ID,
  ICMP_REDIRECT,
  ICMP_SEQUENCE,
  ICMP_SOURCE_QUENCH,
  ICMP_TIME_EXCEEDED,
  ICMP_TYPE,
  ICMP_UNREACHABLE,
  type IcmpEcho,
  icmpUnreachableText,
  isIcmpError,
  parseIcmpEcho,
  writeIcmpEcho,
} from "./icmp.ts";
export {
  NTP_BYTES,
  NTP_ORIGINATE_TIME,
  NTP_POLL,
  NTP_PRECISION,
  NTP_RECEIVE_TIME,
  NTP_REFERENCE_ID,
  NTP_REFERENCE_TIME,
  NTP_ROOT_DELAY,
  NTP_ROOT_DISPERSION,
  NTP_STRATUM,
  NTP_TRANSMIT_TIME,
  writeNtpRequest,
} from "./ntp.ts";
export {
  DNS_COUNTS,
  DNS_FLAGS,
  DNS_HEADER_BYTES,
  DNS_ID,
  DNS_RECURSION_DESIRED,
  DNS_RESPONSE,
  DNS_RESPONSE_CODE,
  DNS_TYPES,
  type DnsQuestion,
  dnsTypeName,
  makeDnsQuery,
  readText,
} from "./dns.ts";
export { maxDnsTextBytes } from "./dns_name.ts";
export {
  type DnsAskedQuestion,
  type DnsMessage,
  type DnsRecord,
  parseDnsMessage,
} from "./dns_message.ts";
