import assert from "node:assert/strict";
import { formatIpv4, parseIpv4 } from "../../src/base/mod.ts";
import {
  requireProbeModule,
  TARGET_ADDRESS,
  TARGET_MICROSECONDS,
  TARGET_PORT,
  TARGET_SECONDS,
  TARGET_SLOTS,
  TARGET_SOURCE,
} from "../../src/probe/mod.ts";
import {
  ETHERNET_HEADER_BYTES,
  IPV4_HEADER_BYTES,
  IPV4_SOURCE,
  parseIpv4Header,
  parseTcpHeader,
  readBytes,
  TCP_HEADER_BYTES,
  TCP_OPTION_PROFILES,
  writeIpv4Header,
  writeTcpChecksum,
  writeTcpHeader,
} from "../../src/wire/mod.ts";
import {
  BUILT_PROBES,
  CAPTURED_ANSWERS,
  LINUX_SYN,
  MASSCAN_SYN,
  PING_ECHO,
  ZMAP_ECHO,
  ZMAP_ECHO_TIME,
  ZMAP_SYN,
} from "../fixtures/captured_packets.ts";
import {
  MORE_BUILT_PROBES,
  ZMAP_UDP,
  ZMAP_UPNP,
} from "../fixtures/more_built_probes.ts";
import {
  bytesOf,
  FILL,
  hexOf,
  judge,
  makeProbe,
  rowOf,
  SCANNER,
  send,
  TARGET,
  viewOf,
} from "../fixtures/probe_scene.ts";

const MAX_PROBES = 4;

Deno.test("probes are what scapy builds from the same fields", () => {
  for (const built of [...BUILT_PROBES, ...MORE_BUILT_PROBES]) {
    const { args, ttl } = built;
    const module = requireProbeModule(built.module);
    const probe = makeProbe(module, { args, ttl, maxProbes: MAX_PROBES });
    const sent = send(probe, {
      address: parseIpv4(built.target),
      port: built.port,
      probe: built.probe,
    });
    const name = `${built.module} ${args} to ${built.target}:${built.port}`;
    assert.equal(hexOf(sent.frame), hexOf(bytesOf(built.frame)), name);
  }
});

Deno.test("probes without arguments have the windows options", () => {
  const [plain, windows] = ["", "windows"].map((args) =>
    send(makeProbe(requireProbeModule("tcp_synscan"), { args })).frame
  );
  assert.deepEqual(plain, windows);
});

Deno.test("answers of Linux are recognised", () => {
  for (const answer of CAPTURED_ANSWERS) {
    const module = requireProbeModule(answer.module);
    const { args } = answer;
    const probe = makeProbe(module, { args, maxProbes: MAX_PROBES });
    const packet = bytesOf(answer.frame).slice(ETHERNET_HEADER_BYTES);
    const verdict = judge(probe, packet);
    const name = `${answer.module} ${args}: ${answer.outcome}`;
    assert.equal(verdict.outcome, answer.outcome, name);
    assert.equal(formatIpv4(verdict.address), answer.target, name);
    assert.equal(verdict.port, answer.port, name);
    assert.equal(verdict.probe, answer.probe, name);
    // Without a column for the sender of ICMP errors it is the sender.
    const address = answer.module.startsWith("icmp_")
      ? formatIpv4(viewOf(packet).getUint32(IPV4_SOURCE))
      : answer.target;
    assert.equal(rowOf(probe, verdict.response).saddr, address);
    const fewer = makeProbe(module, { args, maxProbes: answer.probe });
    assert.equal(judge(fewer, packet).outcome, "invalid", name);
  }
});

Deno.test("answers of Linux have the values that tshark shows", () => {
  const rowOfAnswer = (index: number): Record<string, unknown> => {
    const answer = CAPTURED_ANSWERS[index]!;
    const module = requireProbeModule(answer.module);
    const probe = makeProbe(module, { maxProbes: MAX_PROBES });
    const packet = bytesOf(answer.frame).slice(ETHERNET_HEADER_BYTES);
    return rowOf(probe, judge(probe, packet).response);
  };
  const synAck = rowOfAnswer(1);
  assert.equal(synAck.dport, 57480);
  assert.equal(synAck.window, 65160);
  assert.equal(synAck.tcpopt_mss, 1460);
  assert.equal(synAck.tcpopt_wscale, 1024);
  assert.equal(synAck.tcpopt_sack_perm, 1);
  assert.equal(synAck.tcpopt_ts_val, 603299467);
  assert.equal(synAck.tcpopt_ts_ecr, 1700000000);
  const expired = rowOfAnswer(4);
  assert.equal(expired.icmp_responder, "10.9.0.2");
  assert.equal(expired.icmp_type, 11);
  assert.equal(expired.icmp_unreach_str, "network unreachable");
  const reply = rowOfAnswer(10);
  assert.equal(reply.icmp_id, 0x5cf0);
  assert.equal(reply.seq, 8020);
  assert.equal(reply.rtt_us, 900_000);
});

Deno.test("headers without options are those of zmap and masscan", () => {
  for (const [expected, window] of [[ZMAP_SYN, 65535], [MASSCAN_SYN, 1024]]) {
    const frame = bytesOf(String(expected));
    const packet = frame.slice(ETHERNET_HEADER_BYTES);
    const ip = parseIpv4Header(viewOf(packet), 0, packet.length);
    const tcp = parseTcpHeader(
      viewOf(packet),
      IPV4_HEADER_BYTES,
      packet.length,
    );
    assert.ok(ip !== null && tcp !== null);
    assert.equal(tcp.window, window);
    const view = viewOf(new Uint8Array(packet.length).fill(FILL));
    const tcpAt = writeIpv4Header(view, 0, ip);
    const end = writeTcpHeader(view, tcpAt, tcp, new Uint8Array(0));
    writeTcpChecksum(view, tcpAt, end, SCANNER, TARGET);
    assert.equal(hexOf(readBytes(view, 0, end)), hexOf(packet));
  }
});

Deno.test("the linux options are those of Linux but for the window scale", () => {
  const profile = TCP_OPTION_PROFILES.find(({ name }) => name === "linux")!;
  const captured = bytesOf(LINUX_SYN)
    .slice(ETHERNET_HEADER_BYTES + IPV4_HEADER_BYTES + TCP_HEADER_BYTES);
  const expected = captured.slice();
  viewOf(expected).setUint32(profile.timestampAt, 0);
  expected[expected.length - 1] = 7;
  assert.deepEqual(profile.bytes, expected);
});

Deno.test("echo requests are those of zmap and ping", () => {
  const requests = [
    ["icmp_echoscan", `hex:${"00".repeat(12)}`, 255, ZMAP_ECHO],
    ["icmp_echo_time", "", 255, ZMAP_ECHO_TIME],
    ["icmp_echoscan", "text:pacemap", 64, PING_ECHO],
  ] as const;
  for (const [module, args, ttl, hex] of requests) {
    const expected = bytesOf(hex);
    const from = viewOf(expected);
    const target = new Uint32Array(TARGET_SLOTS);
    target[TARGET_ADDRESS] = TARGET;
    target[TARGET_PORT] = 0;
    target[TARGET_SOURCE] = SCANNER;
    if (module === "icmp_echo_time") {
      target[TARGET_SECONDS] = from.getUint32(42, true);
      target[TARGET_MICROSECONDS] = from.getUint32(46, true);
    }
    const tag = Uint32Array.of(
      0,
      from.getUint16(38) << 16,
      from.getUint16(40) << 16,
      from.getUint16(18) << 16,
    );
    const probe = makeProbe(requireProbeModule(module), { args, ttl });
    const view = viewOf(new Uint8Array(200).fill(FILL));
    probe.prepare(view, 0);
    const end = probe.patch(view, 0, target, tag);
    assert.equal(hexOf(readBytes(view, 0, end)), hexOf(expected), module);
  }
});

Deno.test("datagrams are those of zmap", () => {
  const datagrams = [
    ["udp", "text:hello", ZMAP_UDP],
    ["upnp", "", ZMAP_UPNP],
  ] as const;
  for (const [module, args, hex] of datagrams) {
    const expected = bytesOf(hex);
    const from = viewOf(expected);
    const target = new Uint32Array(TARGET_SLOTS);
    target[TARGET_ADDRESS] = TARGET;
    target[TARGET_PORT] = from.getUint16(36);
    target[TARGET_SOURCE] = SCANNER;
    const port = from.getUint16(34);
    const tag = Uint32Array.of(0, port - 32768, 0, from.getUint16(18) << 16);
    const probe = makeProbe(requireProbeModule(module), { args, ttl: 255 });
    const view = viewOf(new Uint8Array(200).fill(FILL));
    probe.prepare(view, 0);
    const end = probe.patch(view, 0, target, tag);
    assert.equal(hexOf(readBytes(view, 0, end)), hexOf(expected), module);
  }
});
