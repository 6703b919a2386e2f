import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Probe,
  type Response,
  responseColumns,
  TARGET_PORT,
  TARGET_SLOTS,
} from "../../src/probe/mod.ts";
import {
  internetChecksum,
  parseIpv4Header,
  parseUdpHeader,
  tcpChecksum,
} from "../../src/wire/mod.ts";
import {
  type Answer,
  answersTo,
  anyKind,
  anyScene,
  isKnownByPort,
  type Kind,
  play,
} from "../fixtures/any_answer.ts";
import {
  judge,
  LINK_HEADER,
  makeProbe,
  SCANNER,
  TARGET,
  truncated,
  viewOf,
  withIpOptions,
} from "../fixtures/probe_scene.ts";

const word = fc.integer({ min: 0, max: 0xffff_ffff });
/** With one probe per target and an odd number of ports every bit of a tag counts. */
const ONE_PROBE = {
  sourcePortFirst: 32768,
  sourcePortLast: 61000,
  maxProbes: 1,
};

Deno.test("probes have right lengths and checksums, whatever the target", () => {
  fc.assert(
    fc.property(anyScene, (scene) => {
      const { probe, sent } = play(scene);
      const { frame, packet } = sent;
      const view = viewOf(packet);
      const ip = parseIpv4Header(view, 0, packet.length);
      assert.ok(frame.length <= probe.maxFrameBytes);
      assert.equal(ip?.totalBytes, packet.length);
      const isTunnel = probe.name === "ipip";
      assert.equal(ip?.ttl, isTunnel ? 255 : scene.ttl);
      assert.equal(ip?.destination, scene.address);
      assert.equal(internetChecksum(view, 0, 20), 0);
      const bytes = packet.length;
      if (isTunnel) {
        const inner = parseIpv4Header(view, 20, bytes);
        assert.equal(internetChecksum(view, 20, 20), 0);
        assert.equal(inner?.totalBytes, bytes - 20);
      }
      const udpAt = isTunnel ? 40 : 20;
      if (isKnownByPort(scene.kind)) {
        const udp = parseUdpHeader(view, udpAt, bytes);
        assert.equal(udp?.lengthBytes, bytes - udpAt);
        assert.equal(udp?.destinationPort, scene.port);
        assert.equal(view.getUint16(udpAt + 6), 0);
      } else {
        const sum = scene.kind.module.usesPorts
          ? tcpChecksum(view, 20, bytes, SCANNER, scene.address)
          : internetChecksum(view, 20, bytes - 20);
        assert.equal(sum, 0);
      }
      const linkBytes = frame.length - packet.length;
      assert.deepEqual(
        frame.slice(0, linkBytes),
        LINK_HEADER.slice(0, linkBytes),
      );
    }),
    { numRuns: 500 },
  );
});

Deno.test("probes do not depend on what was patched into the buffer before", () => {
  fc.assert(fc.property(anyScene, word, (scene, before) => {
    const { probe, sent } = play(scene);
    const bytes = new Uint8Array(probe.maxFrameBytes);
    const other = new Uint32Array(TARGET_SLOTS).fill(before);
    other[TARGET_PORT] = before & 0xffff;
    probe.prepare(viewOf(bytes), 0);
    probe.patch(viewOf(bytes), 0, other, Uint32Array.of(before, 1, 2, 3));
    probe.patch(viewOf(bytes), 0, sent.target, sent.tag);
    assert.deepEqual(bytes.slice(0, sent.frame.length), sent.frame);
  }));
});

Deno.test("answers lead back to target, port and number of the probe", () => {
  const optionBytes = fc.integer({ min: 0, max: 10 }).map((words) => words * 4);
  fc.assert(
    fc.property(anyScene, optionBytes, (scene, more) => {
      const played = play(scene);
      for (const { outcome, packet } of answersTo(played)) {
        const verdict = judge(played.probe, withIpOptions(packet, more));
        assert.equal(verdict.outcome, outcome);
        assert.equal(verdict.address, scene.address);
        assert.equal(verdict.port, played.port);
        assert.equal(verdict.probe, played.number);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("any flipped bit of the tag that a probe carries fails validation", () => {
  const bit = fc.integer({ min: 0, max: 31 });
  fc.assert(
    fc.property(anyScene, bit, (scene, index) => {
      const played = play({ ...scene, ports: ONE_PROBE });
      const { probe, sent } = played;
      const flips = isKnownByPort(scene.kind)
        ? [[1, index]]
        : scene.kind.module.usesPorts
        ? [[0, index], [1, index]]
        : [[1, 16 + index % 16], [2, 16 + index % 16]];
      for (const { outcome, packet: answer } of answersTo(played)) {
        for (const [place, which] of flips) {
          const tag = sent.tag.slice();
          tag[place!]! ^= 1 << which!;
          // A RST may acknowledge either of two numbers; one flip can turn one into the other.
          if (outcome === "rst" && place === 0) {
            const ahead = (viewOf(answer).getUint32(28) - tag[0]!) >>> 0;
            if (ahead <= 1) continue;
          }
          const target = sent.target.slice();
          const { length } = answer;
          const view = viewOf(answer);
          assert.ok(probe.validate(view, 0, length, target, sent.tag));
          assert.equal(probe.validate(view, 0, length, target, tag), false);
        }
      }
    }),
    { numRuns: 300 },
  );
});

/** Offsets of the bytes of an answer that say which probe it answers. */
function identityOf({ isError }: Answer, kind: Kind): number[] {
  const range = (first: number, last: number): number[] =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i);
  if (isKnownByPort(kind)) {
    // Other addresses and target ports mean another tag, which a port in some 28,000 fits.
    const isTunnel = kind.module.name === "ipip";
    const at = isError ? isTunnel ? 68 : 48 : isTunnel ? 20 : 22;
    return [at, at + 1];
  }
  const { usesPorts } = kind.module;
  const numbers = usesPorts ? [0, 1, 2, 3, 8, 9, 10, 11] : [4, 5, 6, 7];
  const quotedNumbers = usesPorts ? range(0, 7) : [4, 5, 6, 7];
  if (!isError) {
    return [...range(12, 19), ...numbers.map((at) => 20 + at)];
  }
  const quoted = [...range(12, 19), ...quotedNumbers.map((at) => 20 + at)];
  return [...range(16, 19), ...quoted.map((at) => 28 + at)];
}

Deno.test("any flipped bit of addresses, ports or numbers makes an answer none", () => {
  fc.assert(
    fc.property(anyScene, (scene) => {
      const played = play({ ...scene, ports: ONE_PROBE });
      for (const answer of answersTo(played)) {
        const { outcome } = answer;
        for (const at of identityOf(answer, scene.kind)) {
          for (let bit = 0; bit < 8; bit++) {
            const packet = answer.packet.slice();
            packet[at]! ^= 1 << bit;
            if (outcome === "rst" && at >= 28) {
              // A RST may acknowledge either of two numbers.
              const ahead = viewOf(packet).getUint32(28) - played.sent.tag[0]!;
              if (ahead === 0 || ahead === 1) continue;
            }
            const verdict = judge(played.probe, packet);
            assert.ok(["unidentified", "invalid"].includes(verdict.outcome));
          }
        }
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("answers to the probes of another key fail validation", () => {
  const otherKey = fc.tuple(word, word, word, word);
  let accepted = 0;
  fc.assert(fc.property(anyScene, otherKey, (scene, words) => {
    const played = play({ ...scene, ports: ONE_PROBE });
    const key = Uint32Array.from(words);
    for (const { packet } of answersTo(played)) {
      const { outcome } = judge(played.probe, packet, key);
      if (outcome === "invalid") continue;
      assert.ok(isKnownByPort(scene.kind));
      accepted++;
    }
  }));
  // Of some 500 answers, and the answers to one probe stand or fall together.
  assert.ok(accepted <= 16, `${accepted} accepted`);
});

/** Ways to spoil a packet: cut it, change bytes, and lie about lengths, options and fragments. */
const anyDamage = fc.record({
  cutBytes: fc.integer({ min: 0, max: 60 }),
  keepsTotal: fc.boolean(),
  changes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
    maxLength: 4,
  }),
  headerWords: fc.option(fc.integer({ min: 0, max: 15 })),
  dataOffset: fc.option(fc.integer({ min: 0, max: 15 })),
  quotedWords: fc.option(fc.integer({ min: 0, max: 15 })),
  totalBytes: fc.option(fc.integer({ min: 0, max: 0xffff })),
  fragment: fc.option(fc.integer({ min: 0, max: 0xffff })),
});

type Damage = typeof anyDamage extends fc.Arbitrary<infer T> ? T : never;

function damage(packet: Uint8Array, how: Damage): Uint8Array {
  const length = Math.max(packet.length - how.cutBytes, 0);
  const bytes = how.keepsTotal
    ? packet.slice(0, length)
    : truncated(packet, length);
  const set = (at: number, value: number | null): void => {
    if (value !== null && at < bytes.length) bytes[at] = value;
  };
  for (const [at, value] of how.changes) set(at % (length || 1), value);
  if (how.headerWords !== null) set(0, 0x40 | how.headerWords);
  if (how.dataOffset !== null) set(32, how.dataOffset << 4);
  if (how.quotedWords !== null) set(28, 0x40 | how.quotedWords);
  if (how.totalBytes !== null && length >= 4) {
    viewOf(bytes).setUint16(2, how.totalBytes);
  }
  if (how.fragment !== null && length >= 8) {
    viewOf(bytes).setUint16(6, how.fragment);
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
  const isIpv6 = end > 0 && view.getUint8(0) >>> 4 === 6;
  const response: Response = {
    view,
    at: 0,
    end,
    seconds: 1,
    microseconds: 2,
    targetAddress: isIpv6 ? 8 : TARGET,
    targetPort: 80,
    classIndex,
    isSuccess: probe.classes[classIndex]!.isSuccess,
    isRepeat: false,
    isCooldown: false,
  };
  // The columns that all probes share read the header, which the caller has seen to be whole.
  const isWhole = end >= (isIpv6 ? 40 : 20);
  const columns = isWhole ? responseColumns(probe) : probe.columns;
  return [
    isIdentified,
    isValid,
    classIndex,
    ...target,
    ...columns.map((column) => column.read(response)),
  ];
}

Deno.test("no damaged answer makes a probe throw or look behind its end", () => {
  fc.assert(
    fc.property(anyScene, anyDamage, (scene, how) => {
      const played = play(scene);
      for (const answer of answersTo(played)) {
        const { probe, sent } = played;
        const packet = damage(answer.packet, how);
        const alone = readAll(probe, sent.tag, viewOf(packet), packet.length);
        const longer = Uint8Array.of(...packet, ...answer.packet);
        const within = readAll(probe, sent.tag, viewOf(longer), packet.length);
        assert.deepEqual(alone, within);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("no bytes make a probe throw", () => {
  const bytes = fc.tuple(
    fc.constantFrom(0x45, 0x46, 0x4f, 0x40, 0x60),
    fc.uint8Array({ minLength: 8, maxLength: 8 }),
    fc.constantFrom(1, 6, 17),
    fc.uint8Array({ maxLength: 120 }),
  ).map(([first, head, protocol, rest]) =>
    Uint8Array.of(first, ...head, protocol, ...rest)
  );
  fc.assert(
    fc.property(anyKind, bytes, (kind, packet) => {
      const probe = makeProbe(kind.module, { args: kind.args });
      const tag = Uint32Array.of(1, 2, 3, 4);
      for (let end = 0; end <= packet.length; end++) {
        readAll(probe, tag, viewOf(packet), end);
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("answers that are cut off at any length are no answers, or whole enough to be judged", () => {
  fc.assert(
    fc.property(anyScene, (scene) => {
      const played = play(scene);
      for (const { outcome, packet, isError } of answersTo(played)) {
        const wholeBytes = isError
          ? played.probe.name === "ipip" ? 76 : 56
          : isTcp(played.probe)
          ? packet.length
          : 28;
        for (let length = 0; length < packet.length; length++) {
          const lying = judge(played.probe, packet.slice(0, length));
          assert.equal(lying.outcome, "damaged");
          const verdict = judge(played.probe, truncated(packet, length));
          if (length < wholeBytes) {
            assert.ok(["damaged", "unidentified"].includes(verdict.outcome));
          } else if (isError || !isJudgedByData(played.probe)) {
            assert.equal(verdict.outcome, outcome);
          } else {
            const { classes } = played.probe;
            const names = ["invalid", ...classes.map(({ name }) => name)];
            assert.ok(names.includes(verdict.outcome));
          }
        }
      }
    }),
    { numRuns: 50 },
  );
});

function isTcp(probe: Probe): boolean {
  return probe.name.startsWith("tcp");
}

/** Whether the class of an answer depends on more than headers. */
function isJudgedByData(probe: Probe): boolean {
  return ["upnp", "dns", "bacnet"].includes(probe.name);
}
