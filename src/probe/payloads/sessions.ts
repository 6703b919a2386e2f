import { fixed, type LibraryPayload, template } from "./payload.ts";

/** Sessions, tunnels, calls and games. */
export const SESSIONS: readonly LibraryPayload[] = [
  template({
    name: "dht_6881",
    port: 6881,
    description: "BitTorrent DHT: ping",
    document: "BEP 5",
    text:
      "d1:ad2:id20:${RAND_ALPHANUM=20}e1:q4:ping1:t2:${RAND_ALPHANUM=2}1:y1:qe",
  }),
  template({
    name: "dtls1.2_443_client_hello",
    port: 443,
    description: "DTLS 1.2: client hello",
    document: "RFC 6347, RFC 5246 section 7.4.1.2",
    text:
      "${HEX=16feff00000000000000000074010000680000000000000068fefd}${RAND_BYTE=32}" +
      "${HEX=0000001ac02bc02fc02cc030c009c013c00ac014009c009d002f003500ff}" +
      "${HEX=01000024000a00080006001d00170018000b00020100000d000e000c0403}" +
      "${HEX=05030804040105010201}",
  }),
  template({
    name: "openvpn_1194",
    port: 1194,
    description: "OpenVPN: hard reset of a client",
    document: "OpenVPN protocol, P_CONTROL_HARD_RESET_CLIENT_V2",
    text: "${HEX=38}${RAND_BYTE=8}${HEX=0000000000}",
  }),
  template({
    name: "quic_ping_443",
    port: 443,
    description: "QUIC: a version that does not exist asks for those that do",
    document: "RFC 9000 sections 6 and 15",
    text:
      "${HEX=c0babababa08}${RAND_BYTE=8}${HEX=08}${RAND_BYTE=8}${HEX=004496}",
    zeroBytes: 1174,
  }),
  template({
    name: "sip_5060",
    port: 5060,
    description: "SIP: options, answered to the port it comes from",
    document: "RFC 3261 section 11, RFC 3581",
    lines: [
      "OPTIONS sip:${DADDR_HOST} SIP/2.0",
      "Via: SIP/2.0/UDP ${SADDR_HOST}:${SPORT};branch=z9hG4bK${RAND_ALPHANUM=16};rport",
      "Max-Forwards: 70",
      "From: <sip:scan@${SADDR_HOST}>;tag=${RAND_ALPHANUM=8}",
      "To: <sip:${DADDR_HOST}>",
      "Call-ID: ${RAND_ALPHANUM=16}",
      "CSeq: 1 OPTIONS",
      "Content-Length: 0",
      "",
      "",
    ],
  }),
  template({
    name: "sip_options_5060",
    port: 5060,
    description: "SIP: options with what a client accepts",
    document: "RFC 3261 section 11.1, RFC 3581",
    lines: [
      "OPTIONS sip:${DADDR_HOST}:${DPORT} SIP/2.0",
      "Via: SIP/2.0/UDP ${SADDR_HOST}:${SPORT};branch=z9hG4bK${RAND_ALPHANUM=16};rport",
      "Max-Forwards: 70",
      "From: <sip:scan@${SADDR_HOST}:${SPORT}>;tag=${RAND_ALPHANUM=8}",
      "To: <sip:scan@${DADDR_HOST}:${DPORT}>",
      "Call-ID: ${RAND_ALPHANUM=16}@${SADDR_HOST}",
      "CSeq: ${RAND_DIGIT=4} OPTIONS",
      "Contact: <sip:scan@${SADDR_HOST}:${SPORT}>",
      "Accept: application/sdp",
      "Content-Length: 0",
      "",
      "",
    ],
  }),
  template({
    name: "stun_3478",
    port: 3478,
    description: "STUN: binding request",
    document: "RFC 8489 section 5",
    text: "${HEX=000100002112a442}${RAND_BYTE=12}",
  }),
  fixed({
    name: "tftp_69",
    port: 69,
    description: "TFTP: asks for a file that there is hardly",
    document: "RFC 1350 section 5",
    hex: `
      00012f61006e6574617363696900`,
  }),
  fixed({
    name: "valve_27015",
    port: 27015,
    description: "Source engine: asks for information, A2S_INFO",
    document: "Valve developer wiki, server queries",
    hex: `
      ffffffff54536f7572636520456e67696e6520517565727900`,
  }),
];
