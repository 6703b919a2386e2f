import assert from "node:assert/strict";
import fc from "fast-check";
import { captureFilter } from "../../src/receive/capture_filter.ts";
import { captureProgram } from "../../src/backend/mod.ts";
import { DLT_EN10MB, DLT_RAW } from "../../src/wire/mod.ts";
import { COMPILED_FILTERS } from "../fixtures/compiled_filters.ts";
import { parseProgram, passes } from "../fixtures/kernel_filter.ts";
import {
  IPV4_MODULES,
  LINK_HEADER,
  makeProbe,
} from "../fixtures/probe_scene.ts";

const SNAP = { snapLengthBytes: 96 };
const ETHERNET = { ...SNAP, linkType: DLT_EN10MB };
const RAW = { ...SNAP, linkType: DLT_RAW };

type Program = ReturnType<typeof parseProgram>;

/** Reads a program as the kernel would. */
function programOf(bytes: Uint8Array): Program {
  const view = new DataView(bytes.buffer);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 8) {
    const [code, constant] = [
      view.getUint16(at, true),
      view.getUint32(at + 4, true),
    ];
    lines.push(
      `${code} ${view.getUint8(at + 2)} ${view.getUint8(at + 3)} ${constant}`,
    );
  }
  return parseProgram(lines.join(","));
}

function compile(expression: string, target = ETHERNET): Program {
  return programOf(captureProgram(expression, target));
}

/** IPv4 packets of any length whose bytes are often those that filters look for. */
const packets = fc.record({
  first: fc.constantFrom(0x45, 0x45, 0x46, 0x4f, 0x40, 0x60),
  totalBytes: fc.oneof(fc.integer({ min: 0, max: 70 }), fc.nat(0xffff)),
  fragment: fc.constantFrom(0, 0, 0, 0x4000, 0x2000, 1, 0x1fff),
  protocol: fc.constantFrom(1, 6, 17, 47),
  source: fc.constantFrom(0x0a000001, 0xc0000201),
  destination: fc.constantFrom(0x0a000001, 0x0a000002, 0xc0000201),
  payload: fc.uint8Array({ minLength: 20, maxLength: 80 }),
  type: fc.integer({ min: 0, max: 13 }),
  flags: fc.constantFrom(2, 4, 16, 18, 20, 25),
  lengthBytes: fc.integer({ min: 0, max: 100 }),
}).map((fields) => {
  const packet = new Uint8Array(20 + fields.payload.length);
  const view = new DataView(packet.buffer);
  packet.set(fields.payload, 20);
  packet[0] = fields.first;
  view.setUint16(2, fields.totalBytes);
  view.setUint16(6, fields.fragment);
  packet[9] = fields.protocol;
  view.setUint32(12, fields.source);
  view.setUint32(16, fields.destination);
  packet[20] = fields.type;
  packet[33] = fields.flags;
  return packet.slice(0, fields.lengthBytes);
});

function withLink(packet: Uint8Array, linkHeader: Uint8Array): Uint8Array {
  return Uint8Array.of(...linkHeader, ...packet);
}

Deno.test("captureProgram() judges packets as libpcap's program does", () => {
  for (const { expression, linkType, program } of COMPILED_FILTERS) {
    const isRaw = linkType === "RAW";
    const theirs = parseProgram(program);
    const ours = compile(expression, isRaw ? RAW : ETHERNET);
    fc.assert(
      fc.property(packets, (packet) => {
        const frame = withLink(packet, isRaw ? new Uint8Array(0) : LINK_HEADER);
        assert.equal(passes(ours, frame), passes(theirs, frame));
      }),
      { numRuns: 2000 },
    );
  }
});

Deno.test("captureProgram() knows the filter of every probe", () => {
  for (const module of IPV4_MODULES) {
    const expression = captureFilter(
      makeProbe(module, { args: module.exampleArgs }).captureFilter,
      [1, 2],
    );
    for (const target of [ETHERNET, RAW]) {
      assert.ok(compile(expression, target).length > 10, module.name);
    }
  }
});

Deno.test("captureProgram() keeps as much of a packet as it is told", () => {
  const program = captureProgram("ip", ETHERNET);
  assert.equal(
    new DataView(program.buffer).getUint32(program.length - 12, true),
    96,
  );
});

Deno.test("captureProgram() finds any of a thousand addresses, and no other", () => {
  const addresses = Array.from({ length: 1000 }, (_, i) => 0x0a000000 + 2 * i);
  const program = compile(captureFilter("ip proto 6", addresses));
  const packet = new Uint8Array(40);
  const view = new DataView(packet.buffer);
  packet[0] = 0x45;
  packet[9] = 6;
  for (let i = 0; i < 2000; i++) {
    view.setUint32(16, 0x0a000000 + i);
    const frame = withLink(packet, LINK_HEADER);
    assert.equal(passes(program, frame), i % 2 === 0);
  }
  packet[9] = 17;
  view.setUint32(16, 0x0a000000);
  assert.equal(passes(program, withLink(packet, LINK_HEADER)), false);
  // Too short to tell.
  packet[9] = 6;
  assert.ok(passes(program, withLink(packet.slice(0, 19), LINK_HEADER)));
  const many = Array.from({ length: 3000 }, (_, i) => 2 * i);
  assert.throws(() => compile(captureFilter("ip", many)), RangeError);
});

Deno.test("captureProgram() computes and compares numbers", () => {
  const packet = new Uint8Array(60);
  packet.set([0x46, 0, 0, 60]); // 24 bytes of header
  packet[9] = 6;
  packet[24] = 200;
  packet[25] = 7;
  const frame = withLink(packet, LINK_HEADER);
  const cases: readonly (readonly [string, boolean])[] = [
    ["len = 74", true],
    ["len != 74", false],
    ["ip[0] & 15 << 2 = 4", true], // binds as 15 << 2 does first
    ["24 = (ip[0] & 15) << 2", true],
    ["20 - 2 * 3 = 14", true],
    ["2 * 3 + 1 = 7", true],
    ["tcp[0] = 200", true],
    ["tcp[0:2] = 0xc807", true],
    ["tcp[0:4] > 0xc8070000", false],
    ["tcp[0:4] >= 0xc8070000", true],
    ["tcp[0] + tcp[1] < len * 3", true],
    ["tcp[0] + tcp[1] <= 207", true],
    ["tcp[0] >> 3 == 25", true],
    ["ip[0] | 1 = 0x47", true],
    ["udp[0] = 200", false],
    ["not udp[0] = 200", true],
    ["ip proto 17 or ip proto 6 and ip proto 6", true],
    ["ip proto 6 or ip proto 6 and ip proto 17", false],
    ["src host 0.0.0.0 and dst host 0.0.0.1", false],
    ["len - ip[2:2] = 14", true],
    ["len >= 20 + ((ip[0] & 15) << 2)", true],
  ];
  for (const [expression, expected] of cases) {
    assert.equal(passes(compile(expression), frame), expected, expression);
  }
});

Deno.test("captureProgram() refuses what it does not know", () => {
  const expressions = [
    "",
    "vlan 7",
    "ip and",
    "ip or or ip",
    "(ip",
    "ip)",
    "len",
    "len <",
    "ip[0:3] = 1",
    "ip[len] = 1",
    "dst host nowhere",
    "ip proto tcp",
    "tcp port 80",
    "len = 1 $",
    "len = 0x",
    "(len) = 1", // libpcap knows this one
  ];
  for (const expression of expressions) {
    assert.throws(() => compile(expression), SyntaxError, expression);
  }
});
