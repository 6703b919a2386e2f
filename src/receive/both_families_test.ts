import assert from "node:assert/strict";
import { formatIpv6Words } from "../base/mod.ts";
import {
  FrameBuilder,
  type Ipv6Sources,
  requireProbeModule,
  responseColumns,
  TARGET_SLOTS,
  TARGET_SOURCE6,
} from "../probe/mod.ts";
import {
  AnswerQueue,
  type AnswerQueueMemory,
  Command,
  giveCommand,
  makeAnswerQueueMemory,
  makeControl,
  makeCounters,
  makeRecordHead,
  makeRecordQueueMemory,
  RECEIVE,
  RECEIVE_SLOTS,
  RecordQueue,
} from "../shm/mod.ts";
import {
  addressSet,
  Ipv6TargetSpace,
  makeIpv6TargetPlan,
  makeTargetPlan,
  NO_IPV6_ENTRIES,
  parseIpv6Prefix,
  parsePrefix,
  RangeBuilder,
  selectIpv6Addresses,
  TargetSpace,
} from "../targets/mod.ts";
import { readIpv6Address } from "../wire/mod.ts";
import { ListSource, Slots } from "../../tests/fixtures/link_scene.ts";
import {
  KEY,
  LINK_HEADER,
  makeProbe,
  viewOf,
} from "../../tests/fixtures/probe_scene.ts";
import {
  icmpError6,
  ipv6,
  LINK_HEADER6,
  makeProbe6,
  SCANNER6,
} from "../../tests/fixtures/probe_scene6.ts";
import {
  type AnsweredTargets,
  AnswerReporter,
  ipv4Answered,
  ipv6Answered,
} from "./answer_reporter.ts";
import { ReceiveLoop } from "./receive_loop.ts";

const SOURCE = 0x0a09_0001;
const SYN_ACK = 0x12;
const module = requireProbeModule("tcp_synscan");
const probe4 = makeProbe(module, { linkHeader: LINK_HEADER });
const probe6 = makeProbe6(module);
const ONE_SOURCE: Ipv6Sources = { kind: "list", words: SCANNER6 };

function space4(): TargetSpace {
  const builder = new RangeBuilder();
  builder.addPrefix(parsePrefix("198.18.0.0/26"));
  return new TargetSpace(makeTargetPlan({
    addresses: addressSet(builder),
    ports: Uint16Array.of(80, 443, 22),
    seed: 1n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  }));
}

/** 2^18 windows: with so many ports numbers reach above 2^32. */
function space6(portCount: number): Ipv6TargetSpace {
  return new Ipv6TargetSpace(makeIpv6TargetPlan({
    addresses: selectIpv6Addresses({
      allowed: {
        ...NO_IPV6_ENTRIES,
        ranges: [parseIpv6Prefix("2001:db8::/30")],
      },
      listed: null,
      blocked: NO_IPV6_ENTRIES,
      window: { length: 48, rule: { kind: "random" }, seed: 9n },
    }),
    ports: Uint16Array.from({ length: portCount }, (_, i) => i + 1),
    seed: 2n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  }));
}

/** The frames to these positions, as the first or second probe to their targets. */
function framesTo6(
  space: Ipv6TargetSpace,
  positions: readonly number[],
  { probeNumber = 0, sources = ONE_SOURCE }: {
    readonly probeNumber?: number;
    readonly sources?: Ipv6Sources;
  } = {},
): Uint8Array[] {
  const slots = new Slots(positions.length);
  const ipv6 = { space, sources, hops: null };
  const builder = new FrameBuilder({
    slots,
    probe: makeProbe6(module, { maxProbes: 2 }),
    validationKey: KEY,
    ipv6,
  });
  positions.forEach((position, slot) =>
    builder.add(slot, position, probeNumber)
  );
  builder.finish();
  return positions.map((_, slot) => slots.frame(slot));
}

function framesTo4(space: TargetSpace): Uint8Array[] {
  const slots = new Slots(space.positionCount);
  const builder = new FrameBuilder({
    slots,
    probe: probe4,
    validationKey: KEY,
    hops: null,
    space,
    sourceAddresses: Uint32Array.of(SOURCE),
  });
  builder.addRange(0, space.positionCount, 0, 0);
  builder.finish();
  return Array.from(
    { length: space.positionCount },
    (_, slot) => slots.frame(slot),
  );
}

/** The SYN-ACK to a SYN: addresses and ports change places. */
function answerTo(frame: Uint8Array): Uint8Array {
  const answer = frame.slice();
  const isIpv6 = frame[12] === 0x86;
  const [address, bytes] = isIpv6 ? [22, 16] : [26, 4];
  const tcp = isIpv6 ? 54 : 34;
  answer.copyWithin(address, address + bytes, address + 2 * bytes);
  answer.set(frame.subarray(address, address + bytes), address + bytes);
  answer.copyWithin(tcp, tcp + 2, tcp + 4);
  answer.set(frame.subarray(tcp, tcp + 2), tcp + 2);
  const view = viewOf(answer);
  view.setUint32(tcp + 8, view.getUint32(tcp + 4) + 1);
  answer[tcp + 13] = SYN_ACK;
  return answer;
}

interface Received {
  readonly counters: Float64Array;
  /** Positions reported as answered, in order. */
  readonly answered4: number[];
  readonly answered6: number[];
  /** Values of `saddr`, by the columns of either probe. */
  readonly texts: unknown[];
}

function receive(
  packets: readonly Uint8Array[],
  spaces: { readonly ipv4?: TargetSpace; readonly ipv6: Ipv6TargetSpace },
): Received {
  const control = makeControl();
  const counters = makeCounters(RECEIVE_SLOTS);
  const queue = new RecordQueue(makeRecordQueueMemory(18));
  const [memory4, memory6] = [0, 1].map(() => makeAnswerQueueMemory(12));
  const reporter = (
    targets: AnsweredTargets,
    memory = memory4!,
  ): AnswerReporter =>
    new AnswerReporter({
      targets,
      queue: new AnswerQueue(memory),
      firstFollowUp: 2,
      mostFollowUps: 1,
      isExact: true,
      salt: 5,
    });
  const shared = {
    source: new ListSource(packets, () => giveCommand(control, Command.stop)),
    control,
    counters,
    queue,
    filter: { isSuccessOnly: false, isUniqueOnly: false },
    validationKey: KEY,
    dedup: { method: "full" },
    isPortChecked: true,
    strays: null,
    ipv6: {
      space: spaces.ipv6,
      probe: makeProbe6(module, { maxProbes: 2 }),
      answers: reporter(ipv6Answered(spaces.ipv6), memory6),
    },
  } as const;
  const { ipv4 } = spaces;
  const loop = ipv4 === undefined ? new ReceiveLoop(shared) : new ReceiveLoop({
    ...shared,
    space: ipv4,
    probe: probe4,
    answers: reporter(ipv4Answered(ipv4)),
    hasPorts: true,
  });
  assert.equal(loop.run(), null);
  return {
    counters,
    answered4: positionsIn(memory4!),
    answered6: positionsIn(memory6!),
    texts: textsIn(queue),
  };
}

function positionsIn(memory: AnswerQueueMemory): number[] {
  const queue = new AnswerQueue(memory);
  const answer = { position: 0, probeNumber: 0, isEligible: false };
  const positions: number[] = [];
  while (queue.shift(answer)) positions.push(answer.position);
  return positions.sort((a, b) => a - b);
}

function textsIn(queue: RecordQueue): unknown[] {
  const head = makeRecordHead();
  const saddr = responseColumns(probe6).find(({ name }) => name === "saddr")!;
  const texts: unknown[] = [];
  for (let at = queue.shift(head); at >= 0; at = queue.shift(head)) {
    texts.push(saddr.read({
      ...head,
      view: queue.view,
      at,
      end: at + queue.lengthBytes,
      isSuccess: true,
      isRepeat: false,
      isCooldown: false,
    }));
    queue.release();
  }
  return texts;
}

/** Positions all over a space. */
function somePositions(space: Ipv6TargetSpace): number[] {
  return Array.from(
    { length: 500 },
    (_, i) => Math.floor(i / 499 * (space.positionCount - 1)),
  );
}

Deno.test("ReceiveLoop leads answers of both families back to the positions that they were asked from", () => {
  const ipv4 = space4();
  const ipv6 = space6(40_000);
  assert.ok(ipv6.positionCount > 2 ** 33);
  const positions = somePositions(ipv6);
  const frames4 = framesTo4(ipv4);
  const frames6 = framesTo6(ipv6, positions);
  const answers = [...frames4, ...frames6].map(answerTo);
  const other = LINK_HEADER.slice();
  other[12] = 0x86;
  other[13] = 0x00;
  const { answered4, answered6, counters, texts } = receive(
    // Probes of our own that come back are no answers, repeats are no further ones.
    [...answers, ...answers, ...frames6, Uint8Array.of(...other, 1)],
    { ipv4, ipv6 },
  );
  assert.deepEqual(answered4, frames4.map((_, position) => position));
  assert.deepEqual(answered6, positions);
  assert.equal(counters[RECEIVE.successUnique], answers.length);
  assert.equal(counters[RECEIVE.successUniqueIpv6], frames6.length);
  assert.equal(counters[RECEIVE.validIpv6], 2 * frames6.length);
  assert.equal(counters[RECEIVE.repeats], answers.length);
  assert.equal(counters[RECEIVE.unrecognised], frames6.length);
  assert.equal(counters[RECEIVE.otherLink], 1);
  const target = formatIpv6Words(
    readIpv6Address(viewOf(frames6[7]!), 14 + 24),
    0,
  );
  assert.equal(texts[frames4.length + 7], target);
});

Deno.test("ReceiveLoop takes no IPv4 where there are IPv6 targets alone, and no answer of others", () => {
  const ipv6 = space6(2);
  const outside = framesTo6(space6(3), somePositions(space6(3))).map(answerTo);
  const { answered6, counters } = receive(
    [...framesTo4(space4()).map(answerTo), ...outside],
    { ipv6 },
  );
  assert.deepEqual(answered6, []);
  assert.equal(counters[RECEIVE.otherLink], space4().positionCount);
  // Ports 1 and 2 are asked, but under other numbers.
  assert.ok(counters[RECEIVE.outside]! > 0 && counters[RECEIVE.invalid]! > 0);
  assert.equal(
    counters[RECEIVE.outside]! + counters[RECEIVE.invalid]!,
    outside.length,
  );
});

Deno.test("ReceiveLoop names the target of a router's error, which says nothing of loss", () => {
  const ipv6 = space6(2);
  const [frame] = framesTo6(ipv6, [77]);
  const target = new Uint32Array(TARGET_SLOTS);
  target.set(SCANNER6, TARGET_SOURCE6);
  const packet = frame!.slice(14);
  const sent = { frame: frame!, packet, target, tag: target };
  const error = icmpError6(sent, 1, 3);
  const { answered6, counters, texts } = receive(
    [Uint8Array.of(...LINK_HEADER6, ...error)],
    { ipv6 },
  );
  assert.equal(counters[RECEIVE.failureUnique], 1);
  assert.deepEqual(answered6, []);
  const address = readIpv6Address(viewOf(packet), 24);
  assert.deepEqual(texts, [formatIpv6Words(address, 0)]);
});

Deno.test("FrameBuilder gives each target of IPv6 one source for each number of a probe, of a list or prefix", () => {
  const ipv6Space = space6(2);
  const positions = somePositions(ipv6Space);
  const list = Uint32Array.of(
    ...SCANNER6,
    ...ipv6("2001:db8:a::2"),
    ...ipv6("2001:db8:a::3"),
  );
  const prefix = ipv6("2001:db8:b:c::");
  const kinds: readonly (readonly [Ipv6Sources, number])[] = [
    [{ kind: "list", words: list }, 3],
    [{ kind: "prefix", prefix, lengthBits: 64, seed: 3n }, positions.length],
  ];
  for (const [sources, count] of kinds) {
    const sourcesOf = (probeNumber: number, order = positions): string[] =>
      framesTo6(ipv6Space, order, { probeNumber, sources }).map((frame) =>
        formatIpv6Words(readIpv6Address(viewOf(frame), 14 + 8), 0)
      );
    const first = sourcesOf(0);
    assert.equal(new Set(first).size, count);
    assert.deepEqual(sourcesOf(0, positions.toReversed()).toReversed(), first);
    assert.ok(sourcesOf(1).every((source, i) => source !== first[i]));
    for (const source of first) {
      assert.match(source, /^2001:db8:(a::[123]|b:c:)/);
    }
    // Tags know the source: what goes to another one is no answer.
    const frames = framesTo6(ipv6Space, positions, { sources });
    const answers = frames.map(answerTo);
    assert.deepEqual(
      receive(answers, { ipv6: ipv6Space }).answered6,
      positions,
    );
    for (const answer of answers) answer[14 + 24 + 15]! ^= 1;
    assert.deepEqual(receive(answers, { ipv6: ipv6Space }).answered6, []);
  }
});
