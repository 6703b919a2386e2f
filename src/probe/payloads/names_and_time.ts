import { fixed, type LibraryPayload } from "./payload.ts";

/** Names, time and what else every network has. */
export const NAMES_AND_TIME: readonly LibraryPayload[] = [
  fixed({
    name: "dns_53",
    port: 53,
    description:
      "Asks a name server for its version: TXT version.bind, class CHAOS",
    document: "RFC 1035, RFC 4892",
    hex: `
      34ef010000010000000000000756455253494f4e0442494e440000100003`,
  }),
  fixed({
    name: "dns_53_queryAwww.google.com",
    port: 53,
    description: "Asks for the address of www.google.com",
    document: "RFC 1035",
    hex: `
      ae0d010000010000000000000377777706676f6f676c6503636f6d0000010001`,
  }),
  fixed({
    name: "dns_53_queryAwww.google.it",
    port: 53,
    description: "Asks for the address of www.google.it",
    document: "RFC 1035",
    hex: `
      4b05010000010000000000000377777706676f6f676c650269740000010001`,
  }),
  fixed({
    name: "mdns_5353",
    port: 5353,
    description: "Asks for all services of multicast DNS",
    document: "RFC 6762, RFC 6763 section 9",
    hex: `
      000000000001000000000000095f7365727669636573075f646e732d7364045f75647005
      6c6f63616c00000c0001`,
  }),
  fixed({
    name: "netbios_137",
    port: 137,
    description: "Asks for the NetBIOS names of a host",
    document: "RFC 1002 section 4.2.17",
    hex: `
      e5d80000000100000000000020434b414141414141414141414141414141414141414141
      4141414141414141410000210001`,
  }),
  fixed({
    name: "ntp_123",
    port: 123,
    description: "Request of an NTP client, version 4",
    document: "RFC 5905",
    hex: `
      e30004fa0001000000010000000000000000000000000000000000000000000000000000
      00000000c54f234b71b152f3`,
  }),
  fixed({
    name: "ntp_123_monlist",
    port: 123,
    description: "Asks ntpd for its last clients (private mode, MON_GETLIST_1)",
    document: "ntpd, ntp_request.h; RFC 1305 appendix B",
    hex: `
      1700032a0000000000000000000000000000000000000000000000000000000000000000
      000000000000000000000000000000000000000000000000000000000000000000000000
      000000000000000000000000000000000000000000000000000000000000000000000000
      000000000000000000000000000000000000000000000000000000000000000000000000
      000000000000000000000000000000000000000000000000000000000000000000000000
      000000000000000000000000`,
  }),
  fixed({
    name: "daytime_13",
    port: 13,
    description: "Asks for the time as text; any datagram does",
    document: "RFC 867",
    hex: `
      0a`,
  }),
  fixed({
    name: "time_37",
    port: 37,
    description: "Asks for the time as a number; any datagram does",
    document: "RFC 868",
    hex: `
      0a`,
  }),
  fixed({
    name: "echo_7",
    port: 7,
    description: "Asks for itself",
    document: "RFC 862",
    hex: `
      706163656d61700d0a`,
  }),
  fixed({
    name: "chargen_19",
    port: 19,
    description: "Asks for characters; any datagram does",
    document: "RFC 864",
    hex: `
      01`,
  }),
  fixed({
    name: "qotd_17",
    port: 17,
    description: "Asks for a quote; any datagram does",
    document: "RFC 865",
    hex: `
      0d0a`,
  }),
  fixed({
    name: "blank_space",
    port: 0,
    description: "One blank",
    document: "none: a byte",
    hex: `
      20`,
  }),
  fixed({
    name: "newline",
    port: 0,
    description: "One line feed",
    document: "none: a byte",
    hex: `
      0a`,
  }),
  fixed({
    name: "null_byte",
    port: 0,
    description: "One zero byte",
    document: "none: a byte",
    hex: `
      00`,
  }),
  fixed({
    name: "start_of_heading",
    port: 0,
    description: "One byte of value 1",
    document: "none: a byte",
    hex: `
      01`,
  }),
];
