import assert from "node:assert/strict";
import fc from "fast-check";
import { captureProgram } from "../../src/backend/mod.ts";
import { requireProbeModule } from "../../src/probe/mod.ts";
import {
  captureFilter,
  captureFilter6,
  captureFilterOfBoth,
} from "../../src/receive/capture_filter.ts";
import {
  DLT_EN10MB,
  DLT_RAW,
  TCP_ACK,
  TCP_RST,
  TCP_SYN,
} from "../../src/wire/mod.ts";
import { COMPILED_FILTERS6 } from "../fixtures/compiled_filters6.ts";
import { parseProgram, passes } from "../fixtures/kernel_filter.ts";
import { LINK_HEADER, makeProbe, SCANNER } from "../fixtures/probe_scene.ts";
import {
  dataOf6,
  echoAnswer6,
  icmpError6,
  ipv6,
  LINK_HEADER6,
  makeProbe6,
  SCANNER6,
  send6,
  tcpAnswer6,
  truncated6,
  udpAnswer6,
  withExtensions,
} from "../fixtures/probe_scene6.ts";

const LIST = { kind: "list", words: SCANNER6 } as const;
const PREFIX = {
  kind: "prefix",
  prefix: SCANNER6,
  lengthBits: 60,
  seed: 0n,
} as const;
const tcp = makeProbe6(requireProbeModule("tcp_synscan"));
const echo = makeProbe6(requireProbeModule("icmp6_echoscan"));
const udp = makeProbe6(requireProbeModule("udp"), { args: "text:a" });
const tcp4 = makeProbe(requireProbeModule("tcp_synscan"));
const FILTERS: Readonly<Record<string, string>> = {
  tcp_synscan: captureFilter6(tcp.captureFilter, LIST),
  icmp6_echoscan: captureFilter6(echo.captureFilter, LIST),
  udp: captureFilter6(udp.captureFilter, PREFIX),
  both: captureFilterOfBoth(
    captureFilter(tcp4.captureFilter, [SCANNER]),
    captureFilter6(tcp.captureFilter, LIST),
  ),
};

type Program = ReturnType<typeof parseProgram>;

function compile(expression: string, linkType: number): Program {
  const bytes = captureProgram(expression, { linkType, snapLengthBytes: 96 });
  const view = new DataView(bytes.buffer);
  const lines = Array.from({ length: bytes.length / 8 }, (_, i) => {
    const at = 8 * i;
    const numbers = [
      view.getUint16(at, true),
      view.getUint8(at + 2),
      view.getUint8(at + 3),
      view.getUint32(at + 4, true),
    ];
    return numbers.join(" ");
  });
  return parseProgram(lines.join(","));
}

/** IPv6 packets of any length whose bytes are often those that filters look for; some say to be IPv4. */
const packets = fc.record({
  first: fc.constantFrom(0x60, 0x60, 0x6f, 0x45),
  payloadBytes: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.nat(0xffff)),
  next: fc.constantFrom(0, 6, 17, 43, 44, 47, 51, 58, 59, 60, 135, 139, 140),
  destination: fc.constantFrom(
    SCANNER6,
    ipv6("2001:db8:a:f::1"),
    ipv6("2001:db8:a:10::1"),
    ipv6("2001:db8:a::2"),
  ),
  rest: fc.uint8Array({ minLength: 24, maxLength: 60 }),
  type: fc.constantFrom(0, 1, 3, 127, 128, 129, 135),
  flags: fc.constantFrom(2, 4, 16, 18, 20, 25),
  port: fc.constantFrom(32_767, 32_768, 61_000, 61_001),
  lengthBytes: fc.integer({ min: 0, max: 100 }),
}).map((fields) => {
  const packet = new Uint8Array(40 + fields.rest.length);
  const view = new DataView(packet.buffer);
  packet.set(fields.rest, 40);
  packet[0] = fields.first;
  view.setUint16(4, fields.payloadBytes);
  packet[6] = fields.next;
  fields.destination.forEach((word, i) => view.setUint32(24 + 4 * i, word));
  view.setUint16(42, fields.port);
  packet[40] = fields.type;
  packet[53] = fields.flags;
  return packet.slice(0, fields.lengthBytes);
});

Deno.test("captureProgram() judges packets of IPv6 as libpcap's program does", () => {
  for (const { expression, linkType, module, program } of COMPILED_FILTERS6) {
    assert.equal(FILTERS[module], expression);
    const isRaw = linkType === "RAW";
    const theirs = parseProgram(program);
    const ours = compile(expression, isRaw ? DLT_RAW : DLT_EN10MB);
    const anyLink = fc.constantFrom(LINK_HEADER6, LINK_HEADER6, LINK_HEADER);
    fc.assert(
      fc.property(packets, anyLink, (packet, link) => {
        const frame = Uint8Array.of(...(isRaw ? [] : link), ...packet);
        assert.equal(passes(ours, frame), passes(theirs, frame));
      }),
      { numRuns: 3000 },
    );
  }
});

/** Runs `check` with the filter of a probe for both link types. */
function withFilter(
  module: string,
  check: (pass: (packet: Uint8Array) => boolean) => void,
): void {
  for (const linkType of [DLT_EN10MB, DLT_RAW]) {
    const program = compile(FILTERS[module]!, linkType);
    const link = linkType === DLT_RAW ? [] : LINK_HEADER6;
    check((packet) => passes(program, Uint8Array.of(...link, ...packet)));
  }
}

const syn = send6(tcp);
const request = send6(echo, { port: 0 });
const query = send6(udp, { port: 53 });

Deno.test("captureFilter of IPv6 passes every answer, cut off at any length and behind extension headers", () => {
  const segment = (flags: number): Uint8Array =>
    tcpAnswer6(syn, { flags, acknowledgement: 0 });
  const answers: Readonly<Record<string, readonly Uint8Array[]>> = {
    tcp_synscan: [
      segment(TCP_SYN | TCP_ACK),
      segment(TCP_RST),
      segment(TCP_RST | TCP_ACK),
      ...[1, 2, 3, 4, 127].map((type) => icmpError6(syn, type, 0)),
    ],
    icmp6_echoscan: [
      echoAnswer6(request, 129),
      ...[1, 2, 3, 4].map((type) => icmpError6(request, type, 0)),
    ],
    udp: [udpAnswer6(query, dataOf6(query)), icmpError6(query, 1, 4)],
  };
  for (const [module, packets] of Object.entries(answers)) {
    withFilter(module, (pass) => {
      for (const packet of packets) {
        for (let length = 1; length <= packet.length; length++) {
          assert.ok(pass(truncated6(packet, length)), `${module} ${length}`);
        }
        for (const type of [0, 43, 44, 51, 60, 135, 139, 140]) {
          assert.ok(pass(withExtensions(packet, [{ type, units: 0 }])));
        }
      }
    });
  }
});

Deno.test("captureFilter of IPv6 rejects other traffic, and answers to others", () => {
  const data = new Uint8Array(40);
  const long = tcpAnswer6(syn, { flags: TCP_ACK, acknowledgement: 0 });
  const other = Uint8Array.of(...long, ...data);
  other[5]! += data.length;
  const toOther = tcpAnswer6(
    send6(tcp, { source: ipv6("2001:db8:a::2") }),
    { flags: TCP_SYN | TCP_ACK, acknowledgement: 0, options: data.slice(20) },
  );
  withFilter("tcp_synscan", (pass) => {
    assert.equal(pass(other), false);
    assert.equal(pass(toOther), false);
    assert.equal(pass(echoAnswer6(request, 129)), false);
  });
  withFilter("icmp6_echoscan", (pass) => {
    // Echo requests, router and neighbour messages.
    for (const type of [128, 133, 134, 135, 136]) {
      assert.equal(pass(echoAnswer6(request, type)), false);
    }
  });
  const [own, foreign] = ["2001:db8:a:f::9", "2001:db8:a:10::9"].map((text) =>
    udpAnswer6(send6(udp, { source: ipv6(text) }), new Uint8Array(30))
  );
  withFilter("udp", (pass) => {
    assert.equal(pass(own!), true);
    assert.equal(pass(foreign!), false);
  });
});
