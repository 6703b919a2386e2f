import assert from "node:assert/strict";
import {
  bytesOf,
  icmpError,
  judge,
  makeProbe,
  ROUTER,
  rowOf,
  SCANNER,
  send,
  TARGET,
  tcpAnswer,
  truncated,
  viewOf,
  withIpOptions,
} from "../../tests/fixtures/probe_scene.ts";
import {
  ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE,
  IPV4_HEADER_BYTES,
  parseIpv4Header,
  parseTcpHeader,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
} from "../wire/mod.ts";
import { tcpSynscan } from "./tcp_synscan.ts";

const SYN_ACK = TCP_SYN | TCP_ACK;
const SHORTEST_QUOTE = IPV4_HEADER_BYTES + 8;

Deno.test("tcpSynscan puts the tag's words into sequence, source port and IP identification", () => {
  const { packet, tag } = send(makeProbe(tcpSynscan, { ttl: 7 }));
  const ip = parseIpv4Header(viewOf(packet), 0, packet.length);
  const tcp = parseTcpHeader(viewOf(packet), 20, packet.length);
  assert.ok(ip !== null && tcp !== null);
  assert.equal(ip.id, tag[3]! >>> 16);
  assert.equal(ip.ttl, 7);
  assert.deepEqual([ip.source, ip.destination], [SCANNER, TARGET]);
  assert.deepEqual(tcp, {
    sourcePort: 32768 + tag[1]! % 28233,
    destinationPort: 80,
    sequence: tag[0],
    acknowledgement: 0,
    flags: TCP_SYN,
    window: 65535,
  });
});

Deno.test("tcpSynscan works without a link header", () => {
  const probe = makeProbe(tcpSynscan, { linkHeader: new Uint8Array(0) });
  const ethernet = makeProbe(tcpSynscan);
  assert.deepEqual(send(probe, {}, 0).packet, send(ethernet).packet);
  assert.equal(probe.maxFrameBytes, ethernet.maxFrameBytes - 14);
  assert.equal(probe.snapLengthBytes, ethernet.snapLengthBytes);
});

Deno.test("tcpSynscan lengths are those of its option profiles", () => {
  const lengths = ["", "windows", "linux", "bsd", "smallest-probes"]
    .map((args) => makeProbe(tcpSynscan, { args }).maxFrameBytes);
  assert.deepEqual(lengths, [66, 66, 74, 78, 58]);
});

Deno.test("tcpSynscan rejects arguments that name no option profile", () => {
  assert.throws(() => makeProbe(tcpSynscan, { args: "amiga" }), {
    name: "SyntaxError",
    message:
      'Cannot parse probe arguments "amiga": expected one of windows, linux, bsd, smallest-probes',
  });
});

Deno.test("tcpSynscan accepts a SYN-ACK of sequence + 1 only", () => {
  const probe = makeProbe(tcpSynscan);
  const sent = send(probe);
  for (const ahead of [-1, 0, 1, 2, 0x8000_0000, 0x0100_0000]) {
    const acknowledgement = sent.tag[0]! + ahead;
    const packet = tcpAnswer(sent, { flags: SYN_ACK, acknowledgement });
    const { outcome, address, port, probe: number } = judge(probe, packet);
    assert.equal(outcome, ahead === 1 ? "synack" : "invalid");
    assert.deepEqual([address, port], [TARGET, 80]);
    if (ahead === 1) assert.equal(number, 0);
  }
});

Deno.test("tcpSynscan accepts a RST of sequence + 1 or sequence", () => {
  const probe = makeProbe(tcpSynscan);
  const sent = send(probe);
  for (const flags of [TCP_RST, TCP_RST | TCP_ACK]) {
    for (const ahead of [-1, 0, 1, 2]) {
      const acknowledgement = sent.tag[0]! + ahead;
      const packet = tcpAnswer(sent, { flags, acknowledgement });
      const expected = ahead === 0 || ahead === 1 ? "rst" : "invalid";
      assert.equal(judge(probe, packet).outcome, expected);
    }
  }
});

Deno.test("tcpSynscan does not take segments without RST or SYN and ACK for answers", () => {
  const probe = makeProbe(tcpSynscan);
  const sent = send(probe);
  const acknowledgement = sent.tag[0]! + 1;
  for (
    const flags of [0, TCP_ACK, TCP_SYN, TCP_FIN | TCP_ACK, TCP_PSH | TCP_ACK]
  ) {
    const packet = tcpAnswer(sent, { flags, acknowledgement });
    assert.equal(judge(probe, packet).outcome, "unidentified");
  }
});

Deno.test("tcpSynscan rejects answers from or to another port, address or scan", () => {
  const probe = makeProbe(tcpSynscan);
  const sent = send(probe);
  const good = { flags: SYN_ACK, acknowledgement: sent.tag[0]! + 1 };
  const port = viewOf(sent.packet).getUint16(20);
  const packets = [
    tcpAnswer(sent, { ...good, sourcePort: 81 }),
    tcpAnswer(sent, { ...good, destinationPort: port + 1 }),
    tcpAnswer(sent, { ...good, destinationPort: port - 1 }),
    tcpAnswer(sent, { ...good, destinationPort: 32767 }),
    tcpAnswer(sent, { ...good, destinationPort: 61001 }),
  ];
  const otherAddress = tcpAnswer(sent, good);
  viewOf(otherAddress).setUint32(12, TARGET + 1);
  packets.push(otherAddress);
  for (const packet of packets) {
    assert.equal(judge(probe, packet).outcome, "invalid");
  }
  const otherKey = Uint32Array.of(1, 2, 3, 4);
  const verdict = judge(probe, tcpAnswer(sent, good), otherKey);
  assert.equal(verdict.outcome, "invalid");
});

Deno.test("tcpSynscan tells the probes of one target apart by port, in any range", () => {
  for (const [first, last] of [[0, 65535], [32768, 61000], [40000, 40003]]) {
    const maxProbes = 4;
    const probe = makeProbe(tcpSynscan, {
      sourcePortFirst: first!,
      sourcePortLast: last!,
      maxProbes,
    });
    const ports = new Set<number>();
    for (let number = 0; number < maxProbes; number++) {
      const sent = send(probe, { probe: number });
      ports.add(viewOf(sent.packet).getUint16(20));
      const acknowledgement = sent.tag[0]! + 1;
      const packet = tcpAnswer(sent, { flags: SYN_ACK, acknowledgement });
      const verdict = judge(probe, packet);
      assert.deepEqual([verdict.outcome, verdict.probe], ["synack", number]);
    }
    assert.equal(ports.size, maxProbes);
  }
});

Deno.test("tcpSynscan with one source port sends from it and accepts it alone", () => {
  const probe = makeProbe(tcpSynscan, {
    sourcePortFirst: 65535,
    sourcePortLast: 65535,
  });
  const sent = send(probe);
  const good = { flags: SYN_ACK, acknowledgement: sent.tag[0]! + 1 };
  assert.equal(viewOf(sent.packet).getUint16(20), 65535);
  assert.equal(judge(probe, tcpAnswer(sent, good)).outcome, "synack");
  const packet = tcpAnswer(sent, { ...good, destinationPort: 0 });
  assert.equal(judge(probe, packet).outcome, "invalid");
});

Deno.test("tcpSynscan accepts ICMP errors that quote eight bytes behind the header, or all", () => {
  const probe = makeProbe(tcpSynscan, { maxProbes: 3 });
  const sent = send(probe, { port: 443, probe: 2 });
  for (const type of [3, 4, 5, 11]) {
    for (const length of [SHORTEST_QUOTE, sent.packet.length]) {
      const packet = icmpError(sent.packet.slice(0, length), type, 1);
      const verdict = judge(probe, packet);
      assert.equal(verdict.outcome, "icmp");
      assert.deepEqual([verdict.address, verdict.port], [TARGET, 443]);
      assert.equal(verdict.probe, 2);
    }
  }
});

Deno.test("tcpSynscan rejects ICMP messages that do not quote one of its probes", () => {
  const probe = makeProbe(tcpSynscan);
  const { packet: quoted } = send(probe);
  const error = (
    change: (quote: DataView) => void,
    length = quoted.length,
  ): Uint8Array => {
    const copy = quoted.slice(0, length);
    change(viewOf(copy));
    return icmpError(copy, ICMP_UNREACHABLE, 3);
  };
  const unidentified = [
    error(() => {}, SHORTEST_QUOTE - 1),
    error(() => {}, IPV4_HEADER_BYTES),
    error((quote) => quote.setUint8(0, 0x65)),
    error((quote) => quote.setUint8(0, 0x44)),
    error((quote) => quote.setUint8(0, 0x4f)),
    error((quote) => quote.setUint8(9, 17)),
    error((quote) => quote.setUint16(2, SHORTEST_QUOTE - 1)),
    error((quote) => quote.setUint16(6, 1)),
    error((quote) => quote.setUint32(12, SCANNER + 1)),
    icmpError(quoted, 12, 0),
    icmpError(quoted, 8, 0),
  ];
  for (const packet of unidentified) {
    assert.equal(judge(probe, packet).outcome, "unidentified");
  }
  const invalid = [
    error((quote) => quote.setUint32(16, TARGET + 1)),
    error((quote) => quote.setUint16(20, quote.getUint16(20) ^ 1)),
    error((quote) => quote.setUint16(22, 81)),
    error((quote) => quote.setUint32(24, quote.getUint32(24) ^ 1)),
  ];
  for (const packet of invalid) {
    assert.equal(judge(probe, packet).outcome, "invalid");
  }
});

Deno.test("tcpSynscan finds TCP and quotes behind IPv4 options", () => {
  const probe = makeProbe(tcpSynscan);
  const sent = send(probe);
  const acknowledgement = sent.tag[0]! + 1;
  const answer = tcpAnswer(sent, { flags: SYN_ACK, acknowledgement });
  const quote = withIpOptions(sent.packet, 12);
  for (const optionBytes of [4, 40]) {
    const packet = withIpOptions(answer, optionBytes);
    assert.equal(judge(probe, packet).outcome, "synack");
    const error = icmpError(quote, ICMP_TIME_EXCEEDED, 0);
    const verdict = judge(probe, withIpOptions(error, optionBytes));
    assert.equal(verdict.outcome, "icmp");
  }
});

Deno.test("tcpSynscan does not accept a segment whose header is cut off", () => {
  const probe = makeProbe(tcpSynscan);
  const sent = send(probe);
  const acknowledgement = sent.tag[0]! + 1;
  const options = bytesOf("020405b40101080a0102030405060708");
  const packet = tcpAnswer(sent, { flags: SYN_ACK, acknowledgement, options });
  assert.equal(judge(probe, packet).outcome, "synack");
  for (let length = 0; length < packet.length; length++) {
    const { outcome } = judge(probe, truncated(packet, length));
    assert.equal(outcome, length < 20 ? "damaged" : "unidentified");
    const lying = judge(probe, packet.slice(0, length));
    assert.equal(lying.outcome, "damaged");
  }
  viewOf(packet).setUint8(32, 0x40);
  assert.equal(judge(probe, packet).outcome, "unidentified");
});

Deno.test("tcpSynscan columns describe a SYN-ACK and its options", () => {
  const probe = makeProbe(tcpSynscan);
  const sent = send(probe);
  const packet = tcpAnswer(sent, {
    flags: SYN_ACK,
    acknowledgement: sent.tag[0]! + 1,
    options: bytesOf("020405a0 0402 080a fffffffe 00000001 01 030307"),
  });
  const row = rowOf(probe, judge(probe, packet).response);
  assert.deepEqual(Object.entries(row).slice(6, -8), [
    ["sport", 80],
    ["dport", viewOf(sent.packet).getUint16(20)],
    ["seqnum", 0x01020304],
    ["acknum", (sent.tag[0]! + 1) >>> 0],
    ["window", 64240],
    ["tcpopt_mss", 1440],
    ["tcpopt_wscale", 128],
    ["tcpopt_sack_perm", 1],
    ["tcpopt_ts_val", 0xfffffffe],
    ["tcpopt_ts_ecr", 1],
    ["classification", "synack"],
    ["success", true],
    ["icmp_responder", null],
    ["icmp_type", null],
    ["icmp_code", null],
    ["icmp_unreach_str", null],
  ]);
});

Deno.test("tcpSynscan columns describe an ICMP error and leave the TCP columns null", () => {
  const probe = makeProbe(tcpSynscan);
  const sent = send(probe);
  const packet = icmpError(sent.packet, ICMP_UNREACHABLE, 14);
  const row = rowOf(probe, judge(probe, packet).response);
  assert.equal(row.saddr, "198.18.0.1");
  assert.equal(row.saddr_raw, 0x0200090a);
  assert.equal(row.daddr, "10.9.0.1");
  assert.equal(row.classification, "icmp");
  assert.equal(row.success, false);
  assert.equal(row.icmp_responder, "10.9.0.2");
  assert.equal(ROUTER, 0x0a090002);
  assert.equal(row.icmp_type, 3);
  assert.equal(row.icmp_code, 14);
  assert.equal(row.icmp_unreach_str, "host presdence violation");
  for (const name of ["sport", "dport", "seqnum", "acknum", "window"]) {
    assert.equal(row[name], null);
  }
  for (const name of Object.keys(row)) {
    if (name.startsWith("tcpopt_")) assert.equal(row[name], null);
  }
});
