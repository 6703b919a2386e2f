import assert from "node:assert/strict";
import { type Probe, requireProbeModule } from "../../src/probe/mod.ts";
import {
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
} from "../../src/wire/mod.ts";
import { COMPILED_FILTERS } from "../fixtures/compiled_filters.ts";
import { parseProgram, passes } from "../fixtures/kernel_filter.ts";
import {
  bytesOf,
  echoAnswer,
  icmpError,
  LINK_HEADER,
  makeProbe,
  send,
  tcpAnswer,
  udpAnswer,
  viewOf,
  withIpOptions,
} from "../fixtures/probe_scene.ts";

const tcp = probeOf("tcp_synscan");
const echo = probeOf("icmp_echoscan");
const query = send(probeOf("udp"), { port: 53 });
const tunnelled = send(probeOf("ipip"));
const syn = send(tcp);
const request = send(echo, { port: 0 });
const ERROR_TYPES = [3, 4, 5, 11];

function probeOf(name: string): Probe {
  const module = requireProbeModule(name);
  return makeProbe(module, { args: module.exampleArgs });
}

function segment(flags: number, optionsHex = ""): Uint8Array {
  const options = bytesOf(optionsHex);
  return tcpAnswer(syn, { flags, acknowledgement: 0, options });
}

/** Runs `check` with every compiled form of a probe's filter. */
function withFilters(
  module: string,
  check: (pass: (packet: Uint8Array) => boolean, linkBytes: number) => void,
): void {
  const filters = COMPILED_FILTERS.filter((filter) => filter.module === module);
  assert.equal(filters.length, 2);
  for (const { linkType, program } of filters) {
    const instructions = parseProgram(program);
    const link = linkType === "RAW" ? new Uint8Array(0) : LINK_HEADER;
    check((packet) => {
      return passes(instructions, Uint8Array.of(...link, ...packet));
    }, link.length);
  }
}

/** A packet in which one byte has changed. */
function changed(packet: Uint8Array, at: number, byte: number): Uint8Array {
  const copy = packet.slice();
  copy[at] = byte;
  return copy;
}

Deno.test("captureFilter is the expression that was compiled", () => {
  for (const { module, expression } of COMPILED_FILTERS) {
    const probe = probeOf(module);
    assert.equal(probe.captureFilter, expression);
  }
  const alike = [
    ["icmp_echoscan", "icmp_echo_time"],
    ["tcp_synscan", "tcp_synackscan"],
    ...["ntp", "upnp", "dns", "bacnet"].map((other) => ["udp", other]),
  ];
  for (const [one, other] of alike) {
    const { captureFilter } = probeOf(one!);
    assert.equal(probeOf(other!).captureFilter, captureFilter);
  }
});

Deno.test("captureFilter of TCP passes every answer, at any header length", () => {
  withFilters("tcp_synscan", (pass) => {
    const answers = [
      segment(TCP_SYN | TCP_ACK),
      segment(TCP_SYN | TCP_ACK, "020405b4"),
      segment(TCP_RST),
      segment(TCP_RST | TCP_ACK),
      ...ERROR_TYPES.map((type) => icmpError(syn.packet, type, 0)),
      ...ERROR_TYPES.map((type) => icmpError(syn.packet.slice(0, 28), type, 0)),
    ];
    for (const answer of answers) {
      for (const optionBytes of [0, 4, 40]) {
        assert.ok(pass(withIpOptions(answer, optionBytes)));
      }
    }
  });
});

Deno.test("captureFilter of TCP rejects other traffic", () => {
  const options = "0101080a0102030405060708";
  const data = new Uint8Array(200);
  const other = [TCP_ACK, TCP_PSH | TCP_ACK, TCP_FIN | TCP_ACK, TCP_SYN]
    .map((flags) => segment(flags, options));
  withFilters("tcp_synscan", (pass, linkBytes) => {
    for (const packet of other) {
      assert.equal(pass(packet), false);
      assert.equal(pass(withIpOptions(packet, 40)), false);
      const long = Uint8Array.of(...packet, ...data);
      viewOf(long).setUint16(2, long.length);
      assert.equal(pass(long), false);
      assert.equal(pass(changed(long, 9, 17)), false);
    }
    for (const type of [0, 8, 13, 14]) {
      assert.equal(pass(echoAnswer(request, type)), false);
    }
    if (linkBytes > 0) assert.equal(pass(segment(TCP_ACK)), false);
  });
});

Deno.test("captureFilter of ICMP passes all but echo requests and other protocols", () => {
  withFilters("icmp_echoscan", (pass) => {
    for (let type = 0; type < 256; type++) {
      const packet = echoAnswer(request, type);
      for (const optionBytes of [0, 4, 40]) {
        assert.equal(pass(withIpOptions(packet, optionBytes)), type !== 8);
      }
    }
    assert.equal(pass(segment(TCP_SYN | TCP_ACK)), false);
  });
});

Deno.test("captureFilter of UDP passes datagrams to source ports in use only", () => {
  const data = new Uint8Array(30);
  const wanted = [
    udpAnswer(query, new Uint8Array(0)),
    ...[32768, 61000].map((destinationPort) =>
      udpAnswer(query, data, { destinationPort })
    ),
    ...ERROR_TYPES.map((type) => icmpError(query.packet.slice(0, 28), type, 0)),
  ];
  const other = [
    ...[0, 53, 32767, 61001, 65535].map((destinationPort) =>
      udpAnswer(query, data, { destinationPort })
    ),
    echoAnswer(request, 0),
  ];
  withFilters("udp", (pass) => {
    for (const optionBytes of [0, 4, 40]) {
      for (const packet of wanted) {
        assert.ok(pass(withIpOptions(packet, optionBytes)));
      }
      for (const packet of other) {
        assert.equal(pass(withIpOptions(packet, optionBytes)), false);
      }
    }
    const long = Uint8Array.of(...segment(TCP_SYN | TCP_ACK), ...data);
    viewOf(long).setUint16(2, long.length);
    assert.equal(pass(long), false);
  });
});

Deno.test("captureFilter of tunnels passes datagrams from source ports in use only", () => {
  const answer = tunnelled.packet.slice(20);
  const toOthers = udpAnswer(tunnelled, new Uint8Array(30), {
    sourcePort: 80,
    destinationPort: 40000,
  });
  withFilters("ipip", (pass) => {
    assert.ok(pass(answer));
    assert.ok(pass(icmpError(tunnelled.packet, 3, 2)));
    assert.equal(pass(toOthers), false);
  });
});

Deno.test("captureFilter of UDP takes any range of ports", () => {
  const filterOf = (sourcePortFirst: number, sourcePortLast: number): string =>
    makeProbe(requireProbeModule("ntp"), { sourcePortFirst, sourcePortLast })
      .captureFilter;
  assert.doesNotMatch(filterOf(0, 65535), /udp\[/);
  assert.match(filterOf(0, 99), /\(udp\[2:2\] <= 99\)/);
  assert.match(filterOf(99, 65535), /\(udp\[2:2\] >= 99\)/);
});

Deno.test("captureFilter passes packets that are cut off, at each length", () => {
  const cases = [
    ["tcp_synscan", withIpOptions(segment(TCP_SYN | TCP_ACK, "020405b4"), 8)],
    ["tcp_synscan", segment(TCP_RST)],
    ["tcp_synscan", icmpError(syn.packet, 3, 1)],
    ["udp", udpAnswer(query, new Uint8Array(0))],
    ["udp", withIpOptions(udpAnswer(query, new Uint8Array(9)), 8)],
    ["ipip", tunnelled.packet.slice(20)],
    ["icmp_echoscan", echoAnswer(request, 0)],
    ["icmp_echoscan", withIpOptions(icmpError(request.packet, 11, 0), 12)],
  ] as const;
  for (const [module, packet] of cases) {
    withFilters(module, (pass) => {
      for (let length = 1; length <= packet.length; length++) {
        assert.ok(pass(packet.slice(0, length)), `${module}, ${length} bytes`);
      }
    });
  }
});

Deno.test("captureFilter passes packets whose lengths lie, and fragments", () => {
  const segments = [segment(TCP_ACK, "01010101"), segment(TCP_SYN | TCP_ACK)];
  const messages = [echoAnswer(request, 0), icmpError(syn.packet, 3, 1)];
  for (
    const [module, packets] of [
      ["tcp_synscan", [...segments, messages[1]!]],
      ["icmp_echoscan", messages],
      ["udp", [udpAnswer(query, new Uint8Array(30)), messages[1]!]],
    ] as const
  ) {
    withFilters(module, (pass) => {
      for (const packet of packets) {
        for (const first of [0x40, 0x41, 0x44]) {
          assert.ok(pass(changed(packet, 0, first)), `header ${first}`);
        }
        assert.ok(pass(changed(packet, 3, 27)), "total length");
        assert.ok(pass(changed(packet, 6, 0x20)), "more fragments");
        assert.ok(pass(changed(packet, 7, 1)), "fragment offset");
        assert.ok(pass(changed(packet.slice(0, 60), 0, 0x4f)), "header 60");
      }
      const later = changed(changed(packets[0]!, 7, 3), 9, 47);
      assert.equal(pass(later), false);
    });
  }
});
