import assert from "node:assert/strict";
import { ALIAS_CHILDREN, ALIAS_FIRST } from "../probe/mod.ts";
import { SEND, WorkQueue } from "../shm/mod.ts";
import {
  type AliasTest,
  AliasTests,
  type AliasVerdict,
} from "./alias_tests.ts";
import { makeScanMemory } from "./scan_memory.ts";

const WAIT_S = 4;
const PREFIX = 0x2001_0db8_0000_0001n;

function make(senders: number, capacity = 100): {
  readonly tests: AliasTests;
  /** Does what senders do with so many probes; returns their positions. */
  readonly send: (count: number) => number[];
  readonly table: Uint32Array;
} {
  const memory = makeScanMemory({ layer: "ip", nextHops: [] }, {
    senders,
    ratePps: 0,
    aliasCapacity: capacity,
  });
  const table = memory.aliasTable!;
  const queues = memory.senders.map(({ aliases }) => new WorkQueue(aliases!));
  return {
    table: table.words,
    tests: new AliasTests({
      table,
      capacity,
      senders: memory.senders,
      waitS: WAIT_S,
    }),
    send(count): number[] {
      const sent: number[] = [];
      const work = { first: 0, end: 0, probeNumber: 0 };
      for (let i = 0; sent.length < count && i < 10 * count; i++) {
        const sender = i % senders;
        if (!queues[sender]!.shift(work)) continue;
        sent.push(work.first);
        memory.senders[sender]!.counters[SEND.aliases]! += 1;
      }
      return sent;
    },
  };
}

/** A test whose probes have all left, and what comes of so many answers. */
function verdictAfter(answers: number): AliasVerdict {
  const { send, tests } = make(1);
  const test = tests.begin(PREFIX, 0);
  const verdicts: AliasVerdict[] = [];
  const note = ({ verdict }: AliasTest): void => void verdicts.push(verdict);
  tests.update(0, note);
  send(ALIAS_CHILDREN);
  for (let child = 0; child < answers; child++) {
    const isLast = child === ALIAS_CHILDREN - 1;
    assert.equal(tests.answered(test, child), isLast);
    // Whoever answers twice is one address.
    assert.equal(tests.answered(test, child), false);
  }
  tests.update(1, note);
  tests.update(1 + WAIT_S - 0.01, note);
  assert.deepEqual(verdicts, []);
  tests.update(1 + WAIT_S, note);
  assert.deepEqual(verdicts, answers === ALIAS_CHILDREN ? [] : [test.verdict]);
  return test.verdict;
}

Deno.test("AliasTests takes a prefix for aliased when all sixteen addresses answer", () => {
  assert.equal(verdictAfter(16), true);
  assert.equal(verdictAfter(15), null);
  assert.equal(verdictAfter(8), null);
  assert.equal(verdictAfter(7), false);
  assert.equal(verdictAfter(0), false);
});

Deno.test("AliasTests.update() gives senders sixteen probes for each prefix, once", () => {
  for (const senders of [1, 3]) {
    const { send, table, tests } = make(senders);
    const ignore = (): void => {};
    for (let i = 0; i < 100; i++) {
      assert.equal(tests.isFull, false);
      tests.begin(PREFIX + BigInt(i), 80 + i);
    }
    assert.equal(tests.isFull, true);
    assert.equal(tests.waiting, 1600);
    const sent: number[] = [];
    for (let round = 0; round < 20; round++) {
      tests.update(round, ignore);
      sent.push(...send(90));
    }
    assert.deepEqual(
      sent.sort((a, b) => a - b),
      Array.from({ length: 1600 }, (_, i) => ALIAS_FIRST + i),
    );
    assert.equal(tests.waiting, 0);
    assert.deepEqual([...table.subarray(3, 6)], [0x2001_0db8, 2, 81]);
    assert.equal(tests.all.length, 100);
  }
});

Deno.test("AliasTests waits for answers from when the last probe of a prefix has left", () => {
  const { send, tests } = make(2);
  const over: AliasTest[] = [];
  const note = (test: AliasTest): void => void over.push(test);
  const first = tests.begin(PREFIX, 0);
  const second = tests.begin(PREFIX + 1n, 0);
  tests.update(0, note);
  send(31);
  tests.update(10, note);
  assert.deepEqual([first.deadlineS, second.deadlineS], [14, Infinity]);
  send(1);
  tests.update(20, note);
  assert.deepEqual(over, [first]);
  tests.update(24, note);
  assert.deepEqual(over, [first, second]);
});
