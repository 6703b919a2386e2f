import assert from "node:assert/strict";
import { encodeHex } from "../../src/base/mod.ts";
import { UDP_PAYLOADS } from "../../src/probe/payloads/mod.ts";

/** Payloads of ZMap 4.3 by their names, and the first eight bytes of their SHA-256 digests. */
const ZMAP_PAYLOADS = `
  ard_3283 7a0a674595f6cfb3
  bacnet_47808 45fa4f6a9a53943e
  bacnet_rpm_47808 3d2963799b45c4ee
  blank_space 36a9e7f1c95b82ff
  chargen_19 4bf5122f344554c5
  citrix_1604 577d4f2d7c1a0e26
  coap_5683 cf961a92876b1a5b
  db2_523 2fe1af921f533b54
  db2disco_523 ec5d99857516e64f
  digi1_2362 d1e442018d0fd142
  digi2_2362 c053d45562cc8405
  digi3_2362 2a72645471e3a66d
  dns_53 165d84d7412d35fc
  dns_53_queryAwww.google.com 4a4930c4133ac8df
  dns_53_queryAwww.google.it a257ef56b018c4e2
  ipmi_623 fbdd8a43325d7d29
  ldap_389 7c8649f6d74334a2
  mdns_5353 eb8b1a615e02e069
  memcache_11211 6be2763fc0fb0cd3
  mssql_1434 dbc1b4c900ffe48d
  nat_port_mapping_5351 21b119c5d925fbc7
  natpmp_5351 df3f619804a92fdb
  netbios_137 4483b3f2b4e0b5f3
  netis_53413 5589fe56d3b47c4c
  newline 01ba4719c80b6fe9
  ntp_123 d91d42094de9004d
  ntp_123_monlist a615a1789f5d36f2
  null_byte 6e340b9cffb37a98
  openvpn_1194 1b3ad04e7423dba7
  pca_nq_5632 acf8f7780683d2d4
  pca_st_5632 bb1e6c76c178daba
  pcanywhere_5632 4f7ebbe0cc68be50
  portmap_111 c35b41b262b77f53
  qotd_17 7eb70257593da06f
  rdp_3389 4316227dc4f76bbf
  ripv1_520 e2e93d602637584d
  sentinel_5093 b7fae902b2e5ddff
  sip_5060 d0b1a869600d2107
  snmp1_161 b844ff2b8f85195a
  snmp2_161 e9715f2be8bf9764
  snmp3_161 7523f04b607796c4
  ssdp_1900 e4844a1fed58fa40
  start_of_heading 4bf5122f344554c5
  tftp_69 abf141bb1fefb82e
  ubiquiti_10001 30527db1053cfb02
  ubiquiti_discovery_v1_10001 67abdd721024f0ff
  ubiquiti_discovery_v2_10001 d0b5531299e0b6e4
  upnp_1900 05dbe50573329abb
  valve_27015 db169509f4192787
  wdbrpc_17185 214ea5dc906d1ca3
  wsd_3702 afbee1147296692d
  wsd_malformed_3702 2520d9695297aab0
  xdmcp_177 466c2b7943dcb4d5`;
/** Names of ZMap's payloads whose bytes are not known here. */
const UNKNOWN = ["dtls1.2_443_client_hello", "quic_ping_443"];
const TABLE = new URL("../../docs/zmap-differences.md", import.meta.url);
const DIGEST_BYTES = 8;

async function digestOf(bytes: Uint8Array): Promise<string> {
  const copy = new Uint8Array(bytes);
  const digest = await crypto.subtle.digest("SHA-256", copy);
  return encodeHex(new Uint8Array(digest, 0, DIGEST_BYTES));
}

Deno.test("UDP_PAYLOADS have ZMap's bytes, or docs/zmap-differences.md says why not", async () => {
  const differing: string[] = [];
  for (const line of ZMAP_PAYLOADS.trim().split("\n")) {
    const [name, digest] = line.trim().split(" ");
    const payload = UDP_PAYLOADS.find((one) => one.name === name);
    assert.ok(payload !== undefined, name);
    if (await digestOf(payload.bytes) !== digest) differing.push(name!);
  }
  const text = await Deno.readTextFile(TABLE);
  const section = text.slice(text.indexOf("## Payloads"));
  const named = [...section.matchAll(/^\| `([^`]+)` +\| \S/gm)].map((
    [, name],
  ) => name!);
  assert.deepEqual(named, [...differing, ...UNKNOWN].toSorted());
});
