import type { PacketSource } from "../backend/mod.ts";
import assert from "node:assert/strict";
import {
  makeCounters,
  makeRecordHead,
  makeRecordQueueMemory,
  RECEIVE,
  RECEIVE_SLOTS,
  RecordFlag,
  RecordQueue,
} from "../shm/mod.ts";
import { AnswerRecorder, type Dedup } from "./_answer_recorder.ts";
import type { AnswerReporter } from "./answer_reporter.ts";
import { type AnsweredBefore, AnsweredFlag } from "./answered_before.ts";
import { KEY, probe } from "./_test_answers.ts";

const SUCCESS = probe.classes.findIndex(({ isSuccess }) => isSuccess);
const FAILURE = probe.classes.findIndex(({ isSuccess }) => !isSuccess);
const { first, ipv6, success, unwanted } = RecordFlag;

/** Records answers of targets; returns what was handed over: the words, the flags and the length of the packet. */
function record(
  answers: readonly (readonly [number, number, number])[],
  {
    answeredBefore = null,
    answers: reporter = null,
    dedup = { method: "full" },
    isIpv6 = false,
  }: {
    readonly answeredBefore?: AnsweredBefore | null;
    readonly answers?: AnswerReporter | null;
    readonly dedup?: Dedup;
    readonly isIpv6?: boolean;
  } = {},
): { handed: number[][]; counters: Float64Array } {
  const counters = makeCounters(RECEIVE_SLOTS);
  const queue = new RecordQueue(makeRecordQueueMemory(12));
  const view = new DataView(new ArrayBuffer(64));
  const head = makeRecordHead();
  const recorder = new AnswerRecorder({
    source: { view, seconds: 1, microseconds: 2 } as PacketSource,
    counters,
    queue,
    filter: { isSuccessOnly: true, isUniqueOnly: true },
    validationKey: KEY,
    dedup,
    phase: { isCooldown: false },
    probe,
    answers: reporter,
    hasSecondWord: true,
    isIpv6,
    isJournaled: true,
    answeredBefore,
  }, head);
  for (const [word, second, classIndex] of answers) {
    recorder.record(0, 60, classIndex, word, second, true);
  }
  const handed: number[][] = [];
  while (queue.shift(head) >= 0) {
    handed.push([
      head.firstWord,
      head.secondWord,
      head.flags,
      queue.lengthBytes,
    ]);
    queue.release();
  }
  return { handed, counters };
}

Deno.test("AnswerRecorder hands over the first answer of each kind, without its packet where nobody wants it", () => {
  const { counters, handed } = record([
    [0xc612_0001, 80, FAILURE],
    [0xc612_0001, 80, FAILURE],
    [0xc612_0001, 80, SUCCESS],
    [0xc612_0001, 80, SUCCESS],
    [0xc612_0001, 81, SUCCESS],
  ]);
  assert.deepEqual(handed, [
    [0xc612_0001, 80, first | unwanted, 0],
    [0xc612_0001, 80, first | success, 60],
    [0xc612_0001, 81, first | success, 60],
  ]);
  // What no output wants counts as such, noted or not.
  assert.equal(counters[RECEIVE.filtered], 3);
  assert.equal(counters[RECEIVE.handedOver], 2);
});

for (
  const dedup of [{ method: "full" }, { method: "window", size: 9 }] as const
) {
  Deno.test(`AnswerRecorder takes what an earlier run has seen for seen: ${dedup.method}`, () => {
    const answeredBefore = Uint32Array.of(
      ...[7, 80],
      ...[8, 80 | AnsweredFlag.failure],
      ...[9, 80 | AnsweredFlag.ipv6],
    );
    const { counters, handed } = record([
      [7, 80, SUCCESS],
      [8, 80, FAILURE],
      [8, 80, SUCCESS],
      [9, 80, SUCCESS],
    ], { answeredBefore, dedup });
    assert.deepEqual(handed.map(([word]) => word), [8, 9]);
    assert.equal(counters[RECEIVE.repeats], 2);
    assert.equal(counters[RECEIVE.failureUnique], 0);
    const other = record([[7, 80, SUCCESS], [9, 80, SUCCESS]], {
      answeredBefore,
      dedup,
      isIpv6: true,
    });
    assert.deepEqual(other.handed, [[7, 80, first | success | ipv6, 60]]);
  });
}

Deno.test("AnswerRecorder tells of each target that answers in this run once, whether or not it did in an earlier one", () => {
  const reported: number[] = [];
  const again: number[] = [];
  const reporter = {
    isFollowUp: () => false,
    first: (word: number) => reported.push(word),
    again: (word: number) => again.push(word),
  } as unknown as AnswerReporter;
  const answers = [1, 2, 1, 3, 2, 3].map((word) =>
    [word, 80, SUCCESS] as const
  );
  const before = Uint32Array.of(2, 80, 3, 80 | AnsweredFlag.failure);
  const { handed } = record(answers, {
    answeredBefore: before,
    answers: reporter,
  });
  assert.deepEqual(reported, [1, 2, 3]);
  assert.deepEqual(again, [1, 2, 3]);
  assert.deepEqual(handed.map(([word]) => word), [1, 3]);
  reported.length = 0;
  record(answers, { answers: reporter });
  assert.deepEqual(reported, [1, 2, 3]);
});
