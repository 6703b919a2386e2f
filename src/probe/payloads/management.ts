import { fixed, type LibraryPayload } from "./payload.ts";

const DB2_ADDRESS = {
  port: 523,
  description: "Db2 administration server: asks for its address",
  document:
    "no public specification; known from the answers of deployed systems",
  hex: `
      444232474554414444520053514c303930313000`,
};

/** Management of hosts and networks, directories and databases. */
export const MANAGEMENT: readonly LibraryPayload[] = [
  fixed({
    name: "ard_3283",
    port: 3283,
    description: "Apple Remote Desktop: asks for information",
    document:
      "no public specification; known from the answers of deployed systems",
    hex: `
      0014000103`,
  }),
  fixed({
    name: "citrix_1604",
    port: 1604,
    description: "Citrix ICA browser: asks for servers",
    document:
      "no public specification; known from the answers of deployed systems",
    hex: `
      1e00013002fda8e300000000000000000000000000000000000000000000`,
  }),
  fixed({ ...DB2_ADDRESS, name: "db2_523" }),
  fixed({
    ...DB2_ADDRESS,
    name: "db2disco_523",
    hex: `
      444232474554414444520053514c303530303000`,
  }),
  fixed({
    name: "ipmi_623",
    port: 623,
    description: "IPMI: asks for the authentication capabilities of a channel",
    document: "IPMI 2.0 sections 13.6 and 22.13",
    hex: `
      0600ff07000000000000000000092018c88100388e04b5`,
  }),
  fixed({
    name: "rmcp_623",
    port: 623,
    description: "ASF presence ping",
    document: "ASF 2.0 section 3.2.4.2",
    hex: `
      0600ff06000011be80000000`,
  }),
  fixed({
    name: "ldap_389",
    port: 389,
    description: "Connectionless LDAP: asks for the root entry",
    document: "RFC 4511; MS-ADTS section 6.3.3",
    hex: `
      30840000002d02010163840000002404000a01000a0100020100020100010100870b6f62
      6a656374636c617373308400000000000a`,
  }),
  fixed({
    name: "memcache_11211",
    port: 11211,
    description: "memcached: asks for statistics of its items",
    document: "memcached, doc/protocol.txt, UDP protocol",
    hex: `
      5a4d0000000100007374617473206974656d730d0a`,
  }),
  fixed({
    name: "mssql_1434",
    port: 1434,
    description: "SQL Server browser: asks for the instances",
    document: "MC-SQLR section 2.2.1",
    hex: `
      02`,
  }),
  fixed({
    name: "portmap_111",
    port: 111,
    description: "Port mapper: asks for all RPC programs",
    document: "RFC 5531; RFC 1833 section 3",
    hex: `
      1aa9ffe10000000000000002000186a00000000200000004000000000000000000000000
      00000000`,
  }),
  fixed({
    name: "snmp1_161",
    port: 161,
    description: 'SNMP version 1: asks "public" for sysDescr',
    document: "RFC 1157",
    hex: `
      302902010004067075626c6963a01c0204565adc5d020100020100300e300c06082b0601
      02010101000500`,
  }),
  fixed({
    name: "snmp2_161",
    port: 161,
    description: 'SNMP version 2c: asks "public" for the object behind icmp',
    document: "RFC 1901, RFC 3416",
    hex: `
      302602010104067075626c6963a1190204dc63c29a020100020100300b300906052b0601
      02010500`,
  }),
  fixed({
    name: "snmp3_161",
    port: 161,
    description: "SNMP version 3: asks for the engine",
    document: "RFC 3412, RFC 3414 section 4",
    hex: `
      303a020103300f02024a69020300ffe30401040201030410300e04000201000201000400
      04000400301204000400a00c020237f00201000201003000`,
  }),
  fixed({
    name: "sentinel_5093",
    port: 5093,
    description: "Sentinel license manager",
    document:
      "no public specification; known from the answers of deployed systems",
    hex: `
      7a0000000000`,
  }),
  fixed({
    name: "pca_nq_5632",
    port: 5632,
    description: "pcAnywhere: network query",
    document:
      "no public specification; known from the answers of deployed systems",
    hex: `
      4e51`,
  }),
  fixed({
    name: "pca_st_5632",
    port: 5632,
    description: "pcAnywhere: status",
    document:
      "no public specification; known from the answers of deployed systems",
    hex: `
      5354`,
  }),
  fixed({
    name: "rdp_3389",
    port: 3389,
    description: "Remote Desktop over UDP: the first datagram of a connection",
    document: "MS-RDPEUDP sections 2.2.2 and 3.1.5.1.1",
    hex: `
      ffffffff004000010000000104d004d0`,
    minBytes: 1232,
  }),
  fixed({
    name: "wdbrpc_17185",
    port: 17185,
    description: "VxWorks debug agent: asks whether it is alive",
    // The call, then checksum (behind the transaction id), length and sequence number of its own. Not
    // WDB_TARGET_CONNECT, which tells more: it would end the session of whoever is debugging the target.
    document:
      "RFC 5531 section 9; Wind River, WDB protocol API, WDB_TARGET_PING",
    hex: `
      00000001000000000000000255555555000000010000000000000000000000000000000000000000
      ffff55210000003000000001`,
  }),
  fixed({
    name: "xdmcp_177",
    port: 177,
    description: "X display manager: query without authentication",
    document: "XDMCP 1.1",
    hex: `
      00010002000100`,
  }),
  fixed({
    name: "netis_53413",
    port: 53413,
    description: "Netis routers: a datagram to their back door, no password",
    document:
      "no public specification; known from published analyses of the back door",
    hex: `
      0a000000000000000000000000009e21bdad`,
  }),
  fixed({
    name: "pcanywhere_5632",
    port: 5632,
    description: "pcAnywhere: network query, padded",
    document: "no public specification; known from deployed systems",
    hex: `
      4e5100000000000000000000000041f4bfa6`,
  }),
];
