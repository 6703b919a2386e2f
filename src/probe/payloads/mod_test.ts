import assert from "node:assert/strict";
import {
  dataOf,
  makeProbe,
  send,
} from "../../../tests/fixtures/probe_scene.ts";
import { internetChecksum } from "../../wire/mod.ts";
import { udp } from "../udp.ts";
import { findUdpPayload, UDP_PAYLOADS } from "./mod.ts";

Deno.test("UDP_PAYLOADS have names of their own that end in their port", () => {
  const names = UDP_PAYLOADS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  assert.deepEqual(names, names.toSorted());
  for (const { name, port, description, document } of UDP_PAYLOADS) {
    const hasPort = new RegExp(`_${port}(_|$)`).test(name);
    assert.equal(hasPort, port !== 0, name);
    assert.ok(description.length > 0 && document.length > 0);
  }
});

Deno.test("UDP_PAYLOADS are usable, and listed in the help", () => {
  for (const { name, bytes, isTemplate, description } of UDP_PAYLOADS) {
    const probe = makeProbe(udp, { args: `payload:${name}` });
    const data = dataOf(send(probe));
    assert.ok(data.length >= 1 && data.length <= 1472);
    if (!isTemplate) assert.deepEqual(data, bytes);
    assert.ok(!new TextDecoder().decode(data).includes("${"), name);
    assert.match(udp.help, new RegExp(`^  ${name} +${description[0]}`, "m"));
  }
});

Deno.test("findUdpPayload() knows the names that ZMap's payloads have", () => {
  const names =
    `ard_3283 bacnet_47808 chargen_19 citrix_1604 coap_5683 db2_523 digi1_2362
    digi2_2362 digi3_2362 dns_53 dtls1.2_443 ipmi_623 ldap_389 mdns_5353
    memcache_11211 mssql_1434 nat_port_mapping_5351 natpmp_5351 netbios_137
    netis_53413 pcanywhere_5632 wsd_malformed_3702 ntp_123 ntp_123_monlist
    openvpn_1194 portmap_111 qotd_17 quic_ping_443 rdp_3389 ripv1_520 sip_5060
    snmp1_161 snmp2_161 snmp3_161 ssdp_1900 tftp_69 ubiquiti_10001 upnp_1900
    valve_27015 wdbrpc_17185 wsd_3702 xdmcp_177`;
  for (const name of names.split(/\s+/)) {
    assert.notEqual(findUdpPayload(name), null, name);
  }
});

Deno.test("wdbrpc_17185 counts and sums up itself as its protocol asks for", () => {
  const bytes = findUdpPayload("wdbrpc_17185")!.bytes.slice();
  const view = new DataView(bytes.buffer);
  // All but the transaction id.
  assert.equal(view.getUint32(44), bytes.length - 4);
  assert.equal(view.getUint16(40), 0xffff);
  view.setUint16(40, 0);
  assert.equal(internetChecksum(view, 4, bytes.length - 4), 0);
});

Deno.test("wdbrpc_17185 asks for no more than a sign of life", () => {
  const { bytes } = findUdpPayload("wdbrpc_17185")!;
  // Program, version and procedure of the call, RFC 5531 section 9: procedure 0 changes nothing.
  assert.deepEqual([...bytes.slice(12, 24)], [
    ...[0x55, 0x55, 0x55, 0x55],
    ...[0, 0, 0, 1],
    ...[0, 0, 0, 0],
  ]);
});

Deno.test("findUdpPayload() takes a whole name, or the start of only one", () => {
  assert.equal(findUdpPayload("ntp_123")?.name, "ntp_123");
  assert.equal(findUdpPayload("ntp_123_")?.name, "ntp_123_monlist");
  assert.equal(findUdpPayload("ntp_"), null);
  assert.equal(findUdpPayload("gopher"), null);
});
