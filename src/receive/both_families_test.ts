import assert from "node:assert/strict";
import { formatIpv6Words } from "../base/mod.ts";
import {
  type Ipv6Sources,
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
  type Ipv6TargetSpace,
  parseIpv6Prefix,
  type TargetSpace,
} from "../targets/mod.ts";
import { readIpv6Address } from "../wire/mod.ts";
import { ListSource } from "../../tests/fixtures/link_scene.ts";
import { KEY, LINK_HEADER, viewOf } from "../../tests/fixtures/probe_scene.ts";
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
import {
  answerTo,
  framesTo4,
  framesTo6,
  module,
  ONE_SOURCE,
  probe4,
  probe6,
  space4,
  space6,
} from "./_test_families.ts";

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
  sources = ONE_SOURCE,
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
      sources,
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
  const answer = {
    position: 0,
    probeNumber: 0,
    isEligible: false,
    isAgain: false,
  };
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

/** Where the probe of this number comes from, for each position. */
function sourcesOf(
  space: Ipv6TargetSpace,
  positions: readonly number[],
  options: { readonly probeNumber?: number; readonly sources: Ipv6Sources },
): string[] {
  return framesTo6(space, positions, options).map((frame) =>
    formatIpv6Words(readIpv6Address(viewOf(frame), 14 + 8), 0)
  );
}

/** Answers are taken where they go to the source of their probe, and nowhere else. */
function checkAnswers(space: Ipv6TargetSpace, sources: Ipv6Sources): void {
  const positions = somePositions(space);
  const answers = framesTo6(space, positions, { sources }).map(answerTo);
  const answered = (): number[] =>
    receive(answers, { ipv6: space }, sources).answered6;
  assert.deepEqual(answered(), positions);
  for (const answer of answers) answer[14 + 24 + 15]! ^= 1;
  assert.deepEqual(answered(), []);
}

Deno.test("FrameBuilder gives each target of IPv6 one source of a list for each number of a probe", () => {
  const space = space6(2);
  const positions = somePositions(space);
  const words = Uint32Array.of(
    ...SCANNER6,
    ...ipv6("2001:db8:a::2"),
    ...ipv6("2001:db8:a::3"),
  );
  const sources: Ipv6Sources = { kind: "list", words };
  const first = sourcesOf(space, positions, { sources });
  assert.equal(new Set(first).size, 3);
  for (const source of first) assert.match(source, /^2001:db8:a::[123]/);
  const back = positions.toReversed();
  assert.deepEqual(sourcesOf(space, back, { sources }).toReversed(), first);
  const second = sourcesOf(space, positions, { probeNumber: 1, sources });
  assert.ok(second.every((source, i) => source !== first[i]));
  checkAnswers(space, sources);
});

Deno.test("FrameBuilder gives each host of IPv6 a source of a prefix, which the seed fixes", () => {
  const space = space6(1);
  const positions = somePositions(space);
  for (const lengthBits of [64, 61, 100, 32, 127]) {
    const prefix = ipv6("2001:db8:b:c:5:6:7:8");
    const sources: Ipv6Sources = {
      kind: "prefix",
      prefix,
      lengthBits,
      seed: 3n,
    };
    const first = sourcesOf(space, positions, { sources });
    const many = Math.min(2 ** (128 - lengthBits), positions.length);
    assert.equal(new Set(first).size, many);
    const { first: low, last: high } = parseIpv6Prefix(
      `2001:db8:b:c:5:6:7:8/${lengthBits}`,
    );
    for (const source of first) {
      const { first: address } = parseIpv6Prefix(source);
      assert.ok(low <= address && address <= high, source);
    }
    // Other numbers of the targets, other numbers of the probes: the same hosts.
    const again = { probeNumber: 1, sources };
    const wide = space6(2);
    const hosts = positionsOfPort1(space, wide, positions);
    assert.deepEqual(sourcesOf(wide, hosts, again), first);
    const other = sourcesOf(space, positions, {
      sources: { ...sources, seed: 4n },
    });
    assert.notDeepEqual(other, first);
    checkAnswers(space, sources);
  }
});

/** The positions in another space at which the same addresses are asked at the first port. */
function positionsOfPort1(
  space: Ipv6TargetSpace,
  other: Ipv6TargetSpace,
  positions: readonly number[],
): number[] {
  const addresses = new Uint32Array(4);
  return positions.map((position) => {
    space.locate(Float64Array.of(position), 1, addresses, new Uint32Array(1));
    return other.positionOf(other.numberOf(addresses, 0, 1));
  });
}
