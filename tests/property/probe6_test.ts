import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Probe,
  requireProbeModule,
  responseColumns,
  TARGET_PORT,
  TARGET_SLOTS,
} from "../../src/probe/mod.ts";
import {
  icmpv6Checksum,
  internetChecksum,
  parseIpv6Header,
  parseUdpHeader,
  pseudoHeaderSum6,
} from "../../src/wire/mod.ts";
import { viewOf } from "../fixtures/probe_scene.ts";
import { answersTo6, anyScene6, play6 } from "../fixtures/any_answer6.ts";
import {
  icmpError6,
  ipv6,
  judge6,
  LINK_HEADER6,
  makeProbe6,
  SCANNER6,
  send6,
  truncated6,
  withExtensions,
} from "../fixtures/probe_scene6.ts";

const icmp6Echoscan = requireProbeModule("icmp6_echoscan");
const word = fc.integer({ min: 0, max: 0xffff_ffff });
Deno.test("probes over IPv6 have right lengths and checksums, whatever the target", () => {
  fc.assert(
    fc.property(anyScene6, (scene) => {
      const { probe, sent } = play6(scene);
      const { frame, packet } = sent;
      const view = viewOf(packet);
      const end = packet.length;
      const ip = parseIpv6Header(view, 0, end)!;
      assert.ok(frame.length <= probe.maxFrameBytes && end <= 1500);
      assert.equal(ip.payloadBytes, end - 40);
      assert.equal(ip.hopLimit, scene.ttl);
      assert.deepEqual(ip.source, scene.source);
      assert.deepEqual(ip.destination, scene.address);
      if (ip.nextHeader === 58) {
        assert.equal(icmpv6Checksum(view, 40, end, ip), 0);
      } else {
        const { destination, nextHeader, source } = ip;
        const bytes = end - 40;
        const sum = pseudoHeaderSum6(source, destination, nextHeader, bytes);
        assert.equal(internetChecksum(view, 40, bytes, sum), 0);
      }
      if (ip.nextHeader === 17) {
        const udp = parseUdpHeader(view, 40, end)!;
        assert.equal(udp.lengthBytes, end - 40);
        assert.equal(udp.destinationPort, scene.port);
        assert.notEqual(view.getUint16(46), 0);
      }
      const linkBytes = frame.length - end;
      assert.deepEqual(
        frame.slice(0, linkBytes),
        LINK_HEADER6.slice(0, linkBytes),
      );
    }),
    { numRuns: 500 },
  );
});

Deno.test("probes over IPv6 do not depend on what was patched into the buffer before", () => {
  fc.assert(fc.property(anyScene6, word, (scene, before) => {
    const { probe, sent } = play6(scene);
    const bytes = new Uint8Array(probe.maxFrameBytes);
    const other = new Uint32Array(TARGET_SLOTS).fill(before);
    other[TARGET_PORT] = before & 0xffff;
    probe.prepare(viewOf(bytes), 0);
    probe.patch(viewOf(bytes), 0, other, Uint32Array.of(before, 1, 2, 3));
    probe.patch(viewOf(bytes), 0, sent.target, sent.tag);
    assert.deepEqual(bytes.slice(0, sent.frame.length), sent.frame);
  }));
});

/** Extension headers that are within the bounds. */
const anyExtensions = fc.array(
  fc.record({
    type: fc.constantFrom(0, 43, 44, 51, 60, 135, 139, 140),
    units: fc.integer({ min: 0, max: 3 }),
  }).map((one) => one.type === 44 ? { ...one, units: 0 } : one),
  { maxLength: 8 },
);

Deno.test("answers over IPv6 lead back to target, port and number of the probe, behind any extension headers", () => {
  fc.assert(
    fc.property(anyScene6, anyExtensions, (scene, extensions) => {
      const played = play6(scene);
      for (const { outcome, packet } of answersTo6(played)) {
        const verdict = judge6(
          played.probe,
          withExtensions(packet, extensions),
        );
        assert.equal(verdict.outcome, outcome);
        assert.deepEqual(verdict.address, scene.address);
        assert.equal(verdict.port, played.port);
        assert.equal(verdict.probe, scene.probe);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("any flipped bit of the tag that a probe over IPv6 carries fails validation", () => {
  const bit = fc.integer({ min: 0, max: 31 });
  fc.assert(
    fc.property(anyScene6, bit, (scene, index) => {
      const { probe, sent } = play6({ ...scene, probe: 0 });
      const strict = makeProbe6(scene.kind.module, {
        args: scene.kind.args,
        maxProbes: 1,
      });
      const flips = probe.name.startsWith("tcp")
        ? [[0, index], [1, index]]
        : probe.name.startsWith("icmp")
        ? [[1, 16 + index % 16], [2, 16 + index % 16]]
        : [[1, index]];
      for (const { outcome, packet } of answersTo6({ probe, sent, port: 0 })) {
        for (const [place, which] of flips) {
          const tag = sent.tag.slice();
          tag[place!]! ^= 1 << which!;
          const view = viewOf(packet);
          // A RST may acknowledge either of two numbers.
          if (outcome === "rst" && place === 0) {
            if (((view.getUint32(48) - tag[0]!) >>> 0) <= 1) continue;
          }
          const end = packet.length;
          const target = sent.target.slice();
          assert.ok(strict.validate(view, 0, end, target, sent.tag));
          assert.equal(strict.validate(view, 0, end, target, tag), false);
        }
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("answers over IPv6 to another source address, or from another host, are none", () => {
  const module = requireProbeModule("tcp_synscan");
  fc.assert(
    fc.property(fc.nat(127), fc.boolean(), (index, isSource) => {
      const probe = makeProbe6(module);
      const sent = send6(probe);
      for (const { isError, packet } of answersTo6({ probe, sent, port: 80 })) {
        const copy = packet.slice();
        const at = isError ? isSource ? 48 + 8 : 48 + 24 : isSource ? 24 : 8;
        copy[at + (index >> 3)]! ^= 1 << (index & 7);
        const { outcome } = judge6(probe, copy);
        assert.ok(["unidentified", "invalid"].includes(outcome), outcome);
      }
    }),
    { numRuns: 200 },
  );
});

/** Ways to spoil a packet: cut it, change bytes, and lie about lengths and next headers. */
const anyDamage = fc.record({
  cutBytes: fc.integer({ min: 0, max: 90 }),
  keepsLength: fc.boolean(),
  changes: fc.array(fc.tuple(fc.nat(120), fc.integer({ min: 0, max: 255 })), {
    maxLength: 6,
  }),
  nextHeader: fc.option(fc.constantFrom(0, 6, 17, 43, 44, 50, 51, 58, 59, 60)),
  quotedNext: fc.option(fc.constantFrom(0, 6, 17, 43, 44, 51, 58, 60)),
  payloadBytes: fc.option(fc.integer({ min: 0, max: 0xffff })),
});
type Damage = typeof anyDamage extends fc.Arbitrary<infer T> ? T : never;

function damage(packet: Uint8Array, how: Damage): Uint8Array {
  const length = Math.max(packet.length - how.cutBytes, 0);
  const bytes = how.keepsLength
    ? packet.slice(0, length)
    : truncated6(packet, length);
  const set = (at: number, value: number | null): void => {
    if (value !== null && at < bytes.length) bytes[at] = value;
  };
  for (const [at, value] of how.changes) set(at, value);
  set(6, how.nextHeader);
  set(54, how.quotedNext);
  if (how.payloadBytes !== null && length >= 6) {
    viewOf(bytes).setUint16(4, how.payloadBytes);
  }
  return bytes;
}

/** Everything that a receiver may do with a packet, whatever the step before said. */
function readAll(
  probe: Probe,
  tag: Uint32Array,
  view: DataView,
  end: number,
): unknown[] {
  const target = new Uint32Array(TARGET_SLOTS);
  const isIdentified = probe.identify(view, 0, end, target);
  const isValid = probe.validate(view, 0, end, target, tag);
  const classIndex = probe.classify(view, 0, end, target, tag);
  assert.ok(probe.classes[classIndex] !== undefined);
  const response = {
    view,
    at: 0,
    end,
    seconds: 1,
    microseconds: 2,
    targetAddress: 8,
    targetPort: 80,
    classIndex,
    isSuccess: probe.classes[classIndex]!.isSuccess,
    isRepeat: false,
    isCooldown: false,
  };
  const columns = end < 40 ? probe.columns : responseColumns(probe);
  return [
    isIdentified,
    isValid,
    classIndex,
    ...target,
    ...columns.map((column) => column.read(response)),
  ];
}

Deno.test("no damaged answer or chain of extension headers over IPv6 makes a probe throw or look behind its end", () => {
  const longChains = fc.array(
    fc.record({
      type: fc.constantFrom(0, 43, 44, 51, 60, 50, 59),
      units: fc.integer({ min: 0, max: 60 }),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(anyScene6, anyDamage, longChains, (scene, how, chain) => {
      const { probe, sent, port } = play6(scene);
      for (const answer of answersTo6({ probe, sent, port })) {
        const packet = damage(withExtensions(answer.packet, chain), how);
        const alone = readAll(probe, sent.tag, viewOf(packet), packet.length);
        const longer = Uint8Array.of(...packet, ...answer.packet);
        const within = readAll(probe, sent.tag, viewOf(longer), packet.length);
        assert.deepEqual(alone, within);
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("rows over IPv6 have canonical texts, the hop limit, and no numbers that IPv6 has not", () => {
  const probe = makeProbe6(icmp6Echoscan);
  const sent = send6(probe, { address: ipv6("2001:db8:8000::7"), port: 0 });
  const error = icmpError6(sent, 1, 1);
  const { outcome, response } = judge6(probe, error, { targetAt: 48 + 24 });
  assert.equal(outcome, "unreach_admin");
  const row = Object.fromEntries(
    responseColumns(probe).map(({ name, read }) => [name, read(response)]),
  );
  assert.equal(row["saddr"], "fe80::2");
  assert.equal(row["daddr"], "2001:db8:a::1");
  assert.equal(row["ttl"], 57);
  for (const name of ["saddr_raw", "daddr_raw", "ipid"]) {
    assert.equal(row[name], null);
  }
  const tcp = makeProbe6(requireProbeModule("tcp_synscan"));
  const late = icmpError6(send6(tcp, { source: SCANNER6 }), 3, 0);
  const verdict = judge6(tcp, late, { targetAt: 48 + 24 });
  const columns = responseColumns(tcp);
  const valueOf = (name: string): unknown =>
    columns.find((column) => column.name === name)!.read(verdict.response);
  assert.equal(valueOf("saddr"), "2001:db8:8000::1:2");
  assert.equal(valueOf("icmp_responder"), "fe80::2");
  assert.equal(valueOf("icmp_type"), 3);
  assert.equal(valueOf("icmp_unreach_str"), null);
});

Deno.test("icmp6_echoscan knows IPv6 alone, upnp and ipip IPv4 alone", () => {
  for (const name of ["upnp", "ipip"]) {
    assert.throws(() => makeProbe6(requireProbeModule(name)), {
      name: "RangeError",
      message:
        `Cannot send probes of module ${name} to IPv6 targets: it knows IPv4 only`,
    });
  }
  assert.throws(() => makeProbe6(icmp6Echoscan, { family: 4 }), RangeError);
});
