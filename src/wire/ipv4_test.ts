import assert from "node:assert/strict";
import { internetChecksum } from "./checksum.ts";
import {
  ipv4PacketEnd,
  ipv4PayloadAt,
  isLaterFragment,
  parseIpv4Header,
  writeIpv4Header,
} from "./ipv4.ts";

const HEADER = {
  typeOfService: 0xc0,
  totalBytes: 84,
  id: 0xe711,
  mayFragment: false,
  hasMoreFragments: true,
  fragmentBytes: 1480,
  ttl: 64,
  protocol: 1,
  source: 0xc0a80001,
  destination: 0xffffffff,
};

function headerView(changes: Partial<typeof HEADER> = {}): DataView {
  const view = new DataView(new Uint8Array(100).fill(0xa5).buffer);
  writeIpv4Header(view, 0, { ...HEADER, ...changes });
  return view;
}

Deno.test("writeIpv4Header() writes the header of a router's ICMP error", () => {
  const bytes = new Uint8Array(22).fill(0xa5);
  const end = writeIpv4Header(new DataView(bytes.buffer), 1, {
    typeOfService: 0xc0,
    totalBytes: 80,
    id: 0xe711,
    mayFragment: true,
    hasMoreFragments: false,
    fragmentBytes: 0,
    ttl: 64,
    protocol: 1,
    source: 0x0a090002,
    destination: 0x0a090001,
  });
  assert.equal(end, 21);
  assert.deepEqual(
    bytes,
    Uint8Array.of(
      ...[0xa5, 0x45, 0xc0, 0, 80, 0xe7, 0x11, 0, 0, 64, 1, 0x7e, 0xc7],
      ...[10, 9, 0, 2, 10, 9, 0, 1, 0xa5],
    ),
  );
});

Deno.test("writeIpv4Header() puts both flags before the fragment offset", () => {
  assert.equal(headerView().getUint16(6), 0x4000 | 0x2000 | 185);
});

Deno.test("writeIpv4Header() writes a checksum that checks", () => {
  assert.equal(internetChecksum(headerView(), 0, 20), 0);
});

Deno.test("parseIpv4Header() reads what writeIpv4Header() wrote", () => {
  assert.deepEqual(parseIpv4Header(headerView(), 0, 20), HEADER);
  assert.equal(parseIpv4Header(headerView(), 0, 19), null);
});

Deno.test("ipv4PayloadAt() finds the end of the header, options included", () => {
  const view = headerView();
  assert.equal(ipv4PayloadAt(view, 0, 20), 20);
  view.setUint8(0, 0x4f);
  assert.equal(ipv4PayloadAt(view, 0, 60), 60);
  assert.equal(ipv4PayloadAt(view, 0, 59), -1);
  assert.equal(ipv4PayloadAt(view, 0, 0), -1);
  for (const first of [0x44, 0x40, 0x65, 0x05]) {
    view.setUint8(0, first);
    assert.equal(ipv4PayloadAt(view, 0, 100), -1);
  }
});

Deno.test("ipv4PacketEnd() cuts off padding and what was not captured", () => {
  assert.equal(ipv4PacketEnd(headerView(), 0, 100, 100), 84);
  assert.equal(ipv4PacketEnd(headerView(), 0, 84, 84), 84);
  assert.equal(ipv4PacketEnd(headerView(), 0, 60, 84), 60);
});

Deno.test("ipv4PacketEnd() knows packets that are damaged", () => {
  assert.equal(ipv4PacketEnd(headerView(), 0, 83, 83), -1);
  assert.equal(ipv4PacketEnd(headerView({ totalBytes: 19 }), 0, 100, 100), -1);
  assert.equal(ipv4PacketEnd(headerView({ totalBytes: 101 }), 0, 100, 100), -1);
  assert.equal(ipv4PacketEnd(headerView(), 0, 19, 84), -1);
});

Deno.test("isLaterFragment() tells later fragments from the first", () => {
  assert.equal(isLaterFragment(headerView(), 0), true);
  assert.equal(isLaterFragment(headerView({ fragmentBytes: 0 }), 0), false);
  assert.equal(isLaterFragment(headerView({ fragmentBytes: 65528 }), 0), true);
});
