import assert from "node:assert/strict";
import { type Answer, AnswerQueue, makeAnswerQueueMemory } from "../shm/mod.ts";
import {
  addressSet,
  makeTargetMix,
  makeTargetPlan,
  mixedPosition,
  parsePrefix,
  RangeBuilder,
  TargetSpace,
} from "../targets/mod.ts";
import {
  AnswerReporter,
  ipv4Answered,
  mixedAnswered,
} from "./answer_reporter.ts";

const BASE = 0xc633_6400;
const ADDRESSES = 256;
const PROBES = 2;
const MOST_FOLLOW_UPS = 2;

function makeReporter(
  { isExact, ports = [80] }: {
    readonly isExact: boolean;
    readonly ports?: readonly number[];
  },
): {
  readonly reporter: AnswerReporter;
  readonly space: TargetSpace;
  readonly taken: () => Answer[];
  readonly queue: AnswerQueue;
} {
  const builder = new RangeBuilder();
  builder.addPrefix(parsePrefix("198.51.100.0/24"));
  const plan = makeTargetPlan({
    addresses: addressSet(builder),
    ports: Uint16Array.from(ports),
    seed: 1n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  });
  const memory = makeAnswerQueueMemory(16);
  const space = new TargetSpace(plan);
  const reporter = new AnswerReporter({
    targets: ipv4Answered(space),
    queue: new AnswerQueue(memory),
    firstFollowUp: PROBES,
    mostFollowUps: MOST_FOLLOW_UPS,
    isExact,
    salt: 0x1234_5678,
  });
  const taken = (): Answer[] => {
    const queue = new AnswerQueue(memory);
    const answer = {
      position: 0,
      probeNumber: 0,
      isEligible: false,
      isAgain: false,
    };
    const all: Answer[] = [];
    while (queue.shift(answer)) all.push({ ...answer });
    return all;
  };
  return { reporter, space, taken, queue: new AnswerQueue(memory) };
}

Deno.test("AnswerReporter.first() reports each target once, however often it answers", () => {
  const { reporter, space, taken } = makeReporter({ isExact: false });
  for (let round = 0; round < 1000; round++) {
    for (const address of [BASE, BASE + 7]) {
      reporter.first(address, 80, round % PROBES);
    }
  }
  assert.deepEqual(taken(), [
    {
      position: space.positionOf(BASE, 80),
      probeNumber: 0,
      isEligible: true,
      isAgain: false,
    },
    {
      position: space.positionOf(BASE + 7, 80),
      probeNumber: 0,
      isEligible: true,
      isAgain: false,
    },
  ]);
});

Deno.test("AnswerReporter.followUp() reports each number once, and none that is never sent", () => {
  const { reporter, taken } = makeReporter({ isExact: true });
  for (let round = 0; round < 10_000; round++) {
    reporter.followUp(BASE + 3, 80, PROBES + round % 5);
  }
  const numbers = taken().map(({ probeNumber }) => probeNumber);
  assert.deepEqual(numbers.sort(), [PROBES, PROBES + 1]);
});

Deno.test("AnswerReporter makes one target of each host eligible for follow-ups, at all ports alike", () => {
  const ports = [80, 443, 8080, 22];
  const { reporter, space, taken } = makeReporter({ isExact: true, ports });
  for (let address = BASE; address < BASE + ADDRESSES; address++) {
    for (const port of ports) {
      reporter.first(address, port, 0);
    }
  }
  const target = new Uint32Array(2);
  const chosen = new Map<number, number>();
  for (const { isEligible, position } of taken()) {
    if (!isEligible) continue;
    space.at(position, target);
    assert.equal(chosen.has(target[0]!), false);
    chosen.set(target[0]!, target[1]!);
  }
  assert.equal(chosen.size, ADDRESSES);
  for (const port of ports) {
    const count = [...chosen.values()].filter((one) => one === port).length;
    assert.ok(count > ADDRESSES / 8, `${count} at port ${port}`);
  }
});

Deno.test("mixedAnswered() has positions of the mixed order, and those of the family where there is no other", () => {
  const { space } = makeReporter({ isExact: true, ports: [80, 443] });
  const alone = ipv4Answered(space);
  assert.equal(mixedAnswered(alone, 4, undefined), alone);
  const mix = makeTargetMix(space.positionCount, 1000);
  const targets = mixedAnswered(alone, 4, mix);
  for (const address of [BASE, BASE + 255]) {
    const position = space.positionOf(address, 443);
    assert.equal(
      targets.positionOf(address, 443),
      mixedPosition(mix, 4, position),
    );
  }
  assert.equal(targets.positionOf(BASE - 1, 443), -1);
  assert.equal(targets.portRankOf(BASE, 443), 1);
  assert.equal(targets.hostOf(BASE, 443), alone.hostOf(BASE, 443));
  assert.equal(targets.portCountOf(BASE, 443), 2);
});

Deno.test("AnswerReporter.again() reports each target once in each later pass", () => {
  const { queue, reporter, space, taken } = makeReporter({ isExact: true });
  const answer = (): void => {
    for (let round = 0; round < 100; round++) {
      for (const address of [BASE, BASE + 7]) reporter.again(address, 80, 0);
    }
  };
  const expected = [BASE, BASE + 7].map((address) => ({
    position: space.positionOf(address, 80),
    probeNumber: 0,
    isEligible: false,
    isAgain: true,
  }));
  answer();
  assert.deepEqual(taken(), []);
  for (const pass of [1, 2]) {
    queue.pass = pass;
    answer();
    // No probe that is sent again.
    reporter.again(BASE + 9, 80, 1);
    assert.deepEqual(taken(), expected);
  }
});
