import assert from "node:assert/strict";
import {
  IPV6_MAX_EXTENSION_BYTES,
  IPV6_MAX_EXTENSIONS,
  ipv6PacketEnd,
  ipv6PayloadAt,
  isIpv6Fragment,
  parseIpv6Header,
  writeIpv6Header,
} from "./ipv6.ts";

const TCP = 6;
const HEADER = {
  trafficClass: 0xb8,
  flowLabel: 0xf_1234,
  payloadBytes: 60,
  nextHeader: TCP,
  hopLimit: 57,
  source: Uint32Array.of(0x20010db8, 1, 2, 0xffff_ffff),
  destination: Uint32Array.of(0xfe800000, 0, 0xffff_fffe, 3),
};

/** A packet of 100 bytes with these extension headers: type and, but for fragments, 8-byte units behind the first. */
function packetWith(
  ...extensions: readonly (readonly [number, number])[]
): DataView {
  const view = new DataView(new ArrayBuffer(600));
  const types = [...extensions.map(([type]) => type), TCP];
  writeIpv6Header(view, 0, { ...HEADER, nextHeader: types[0]! });
  let at = 40;
  extensions.forEach(([type, units], i) => {
    view.setUint8(at, types[i + 1]!);
    if (type === 44) view.setUint16(at + 2, units);
    else view.setUint8(at + 1, units);
    at += type === 44 ? 8 : type === 51 ? 4 * (units + 2) : 8 * (units + 1);
  });
  return view;
}

Deno.test("writeIpv6Header() writes the fields where RFC 8200 has them", () => {
  const view = new DataView(new Uint8Array(42).fill(0xa5).buffer);
  assert.equal(writeIpv6Header(view, 1, HEADER), 41);
  const digits = Array.from(
    new Uint8Array(view.buffer),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
  assert.equal(
    digits,
    "a5" + "6b8f1234" + "003c" + "06" + "39" +
      "20010db80000000100000002ffffffff" +
      "fe80000000000000fffffffe00000003" + "a5",
  );
});

Deno.test("parseIpv6Header() reads what was written, and nothing that is cut or of another version", () => {
  const view = packetWith();
  assert.deepEqual(parseIpv6Header(view, 0, 40), HEADER);
  assert.equal(parseIpv6Header(view, 0, 39), null);
  view.setUint8(0, 0x4b);
  assert.equal(parseIpv6Header(view, 0, 40), null);
});

Deno.test("ipv6PayloadAt() looks through extension headers, in any order", () => {
  assert.equal(ipv6PayloadAt(packetWith(), 0, 100, TCP), 40);
  const view = packetWith([0, 0], [60, 2], [43, 0], [44, 1], [51, 4], [135, 0]);
  assert.equal(ipv6PayloadAt(view, 0, 200, TCP), 40 + 8 + 24 + 8 + 8 + 24 + 8);
  assert.equal(ipv6PayloadAt(view, 0, 40 + 79, TCP), -1);
  assert.equal(ipv6PayloadAt(view, 0, 200, 17), -1);
});

Deno.test("ipv6PayloadAt() stops at unknown headers, later fragments, and its bounds", () => {
  for (const type of [50, 59, 89]) {
    assert.equal(ipv6PayloadAt(packetWith([type, 0]), 0, 200, TCP), -1);
  }
  assert.equal(ipv6PayloadAt(packetWith([44, 8]), 0, 200, TCP), -1);
  const many = (count: number): DataView =>
    packetWith(...Array.from({ length: count }, () => [60, 0] as const));
  const most = IPV6_MAX_EXTENSIONS;
  assert.equal(ipv6PayloadAt(many(most), 0, 600, TCP), 40 + 8 * most);
  assert.equal(ipv6PayloadAt(many(most + 1), 0, 600, TCP), -1);
  const units = IPV6_MAX_EXTENSION_BYTES / 8;
  assert.equal(
    ipv6PayloadAt(packetWith([60, units - 1]), 0, 600, TCP),
    40 + IPV6_MAX_EXTENSION_BYTES,
  );
  assert.equal(ipv6PayloadAt(packetWith([60, units]), 0, 600, TCP), -1);
});

Deno.test("isIpv6Fragment() tells fragments from packets whose fragment header means nothing", () => {
  assert.equal(isIpv6Fragment(packetWith(), 0, 100), false);
  assert.equal(isIpv6Fragment(packetWith([44, 0]), 0, 100), false);
  // The first of several, a later one, the last.
  for (const field of [1, 0x0101, 0x0100]) {
    assert.equal(isIpv6Fragment(packetWith([44, field]), 0, 100), true);
    assert.equal(isIpv6Fragment(packetWith([0, 0], [44, field]), 0, 100), true);
    assert.equal(isIpv6Fragment(packetWith([44, field]), 0, 47), false);
  }
});

Deno.test("ipv6PacketEnd() leaves padding out and refuses lengths that the wire did not carry", () => {
  const view = packetWith();
  assert.equal(ipv6PacketEnd(view, 0, 106, 106), 100);
  assert.equal(ipv6PacketEnd(view, 0, 60, 100), 60);
  assert.equal(ipv6PacketEnd(view, 0, 60, 99), -1);
  assert.equal(ipv6PacketEnd(view, 0, 39, 100), -1);
});
