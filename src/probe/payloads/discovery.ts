import { fixed, type LibraryPayload, template } from "./payload.ts";

/** Discovery of devices and routers. */
export const DISCOVERY: readonly LibraryPayload[] = [
  fixed({
    name: "bacnet_47808",
    port: 47808,
    description: "BACnet: reads the object identifier of the device",
    document: "ASHRAE 135 clauses 15.5 and 20, annex J",
    hex: `
      810a001101040005010c0c023fffff194b`,
  }),
  fixed({
    name: "bacnet_rpm_47808",
    port: 47808,
    description: "BACnet: reads names and versions of device 0",
    document: "ASHRAE 135 clauses 15.7 and 20, annex J",
    hex: `
      810a002501040205010e0c020000001e090c091c092c09380939093a0946094d09780979
      1f`,
  }),
  template({
    name: "coap_5683",
    port: 5683,
    description: "CoAP: asks for /.well-known/core",
    document: "RFC 7252, RFC 6690",
    text: "${HEX=4001}${RAND_BYTE=2}${HEX=bb2e77656c6c2d6b6e6f776e04636f7265}",
  }),
  fixed({
    name: "digi1_2362",
    port: 2362,
    description: "Digi ADDP: asks for the configuration, usual magic",
    document:
      "no public specification; known from the answers of deployed systems",
    hex: `
      4449474900010006ffffffffffff`,
  }),
  fixed({
    name: "digi2_2362",
    port: 2362,
    description:
      "Digi ADDP: asks for the configuration, magic of development kits",
    document:
      "no public specification; known from the answers of deployed systems",
    hex: `
      44564b5400010006ffffffffffff`,
  }),
  fixed({
    name: "digi3_2362",
    port: 2362,
    description: "Digi ADDP: asks for the configuration, magic of other makers",
    document:
      "no public specification; known from the answers of deployed systems",
    hex: `
      4447445000010006ffffffffffff`,
  }),
  fixed({
    name: "natpmp_5351",
    port: 5351,
    description: "NAT-PMP: asks for the external address",
    document: "RFC 6886 section 3.2",
    hex: `
      00000000`,
  }),
  fixed({
    name: "nat_port_mapping_5351",
    port: 5351,
    description: "NAT-PMP: asks for the external address, padded",
    document: "RFC 6886 section 3.2",
    hex: `
      0000000000000000000000000000e3b3e483`,
  }),
  template({
    name: "pcp_5351",
    port: 5351,
    description: "PCP: announce",
    document: "RFC 6887 sections 7 and 14.1",
    text: "${HEX=0200000000000000}${SADDR_IPV6_N}",
  }),
  fixed({
    name: "ripv1_520",
    port: 520,
    description: "RIP version 1: asks for the whole table",
    document: "RFC 1058 section 3.4.1",
    hex: `
      010100000000000000000000000000000000000000000010`,
  }),
  fixed({
    name: "ssdp_1900",
    port: 1900,
    description: "SSDP: searches for everything",
    document: "UPnP Device Architecture 1.0 section 1.2.2",
    hex: `
      4d2d534541524348202a20485454502f312e310d0a484f53543a3233392e3235352e3235
      352e3235303a313930300d0a53543a737364703a616c6c0d0a4d414e3a22737364703a64
      6973636f766572220d0a0d0a`,
  }),
  fixed({
    name: "upnp_1900",
    port: 1900,
    description: "SSDP: searches for root devices",
    document: "UPnP Device Architecture 1.0 section 1.2.2",
    hex: `
      4d2d534541524348202a20485454502f312e310d0a486f73743a3233392e3235352e3235
      352e3235303a313930300d0a53543a75706e703a726f6f746465766963650d0a4d616e3a
      22737364703a646973636f766572220d0a4d583a330d0a0d0a0d0a`,
  }),
  fixed({
    name: "ubiquiti_10001",
    port: 10001,
    description: "Ubiquiti discovery, version 1, padded",
    document:
      "no public specification; known from the answers of deployed systems",
    hex: `
      01000000000000000000000000001f7fa366`,
  }),
  fixed({
    name: "ubiquiti_discovery_v1_10001",
    port: 10001,
    description: "Ubiquiti discovery, version 1",
    document:
      "no public specification; known from the answers of deployed systems",
    hex: `
      01000000`,
  }),
  fixed({
    name: "ubiquiti_discovery_v2_10001",
    port: 10001,
    description: "Ubiquiti discovery, version 2",
    document:
      "no public specification; known from the answers of deployed systems",
    hex: `
      02080000`,
  }),
  fixed({
    name: "wsd_malformed_3702",
    port: 3702,
    description: "WS-Discovery: a document that is no XML, which is a fault",
    document: "SOAP 1.2 part 1 section 5.4 (faults)",
    hex: `
      3c3a2f3e0a`,
  }),
  template({
    name: "wsd_3702",
    port: 3702,
    description: "WS-Discovery: probe for devices",
    document: "OASIS WS-Discovery 1.0 (2005/04)",
    text: [
      '<?xml version="1.0" encoding="utf-8"?>',
      '<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:wsd="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:wsdp="http://schemas.xmlsoap.org/ws/2006/02/devprof">',
      "<soap:Header><wsa:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</wsa:To><wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</wsa:Action><wsa:MessageID>urn:uuid:${RAND_DIGIT=8}-${RAND_DIGIT=4}-4${RAND_DIGIT=3}-8${RAND_DIGIT=3}-${RAND_DIGIT=12}</wsa:MessageID></soap:Header><soap:Body><wsd:Probe><wsd:Types>wsdp:Device</wsd:Types></wsd:Probe></soap:Body></soap:Envelope>",
      "",
    ].join("\n"),
  }),
];
