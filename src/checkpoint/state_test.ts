import assert from "node:assert/strict";
import { MOST_EVIDENCE, MOST_STRETCHES } from "./measured.ts";
import { MOST_RECORD_BYTES } from "./slot.ts";
import {
  type CheckpointState,
  decodeState,
  encodeState,
  MOST_LIFE_ARGS,
  MOST_LIVES,
  MOST_RANGES,
} from "./state.ts";
import { TEST_CONTENT } from "./_test_content.ts";

const { state } = TEST_CONTENT;

Deno.test("decodeState() reads what encodeState() wrote, and leaves out what it does not know", () => {
  assert.deepEqual(decodeState(encodeState(state)), state);
  const text = new TextDecoder().decode(encodeState(state));
  const later = text.replace("{", '{"added_later":[1,2],');
  assert.deepEqual(decodeState(new TextEncoder().encode(later)), state);
});

Deno.test("decodeState() refuses ranges out of order", () => {
  const text = new TextDecoder().decode(encodeState(state));
  const bad = text.replace("[[100,256]]", "[[100,256],[200,300]]");
  assert.throws(() => decodeState(new TextEncoder().encode(bad)), SyntaxError);
});

Deno.test("encodeState() fits a slot at its largest, and covers all that was to be sent", () => {
  const first = 2 ** 47;
  const ranges = Array.from({ length: 2 * MOST_RANGES }, (_, i) => ({
    first: first + 2 ** 20 * i,
    end: first + 2 ** 20 * i + 1 + i % 5,
  }));
  const ledger = Object.fromEntries(
    Array.from({ length: 200 }, (_, i) => [`send.refusedByErrno${i}`, 2 ** 44]),
  );
  const evidence = {
    packets: 2 ** 44 + 0.5,
    counted: 2 ** 44 + 0.5,
    answers: 2 ** 44 + 0.5,
    tried: 2 ** 44 + 0.5,
    silent: 2 ** 44 + 0.5,
  };
  const { changes, delay, outages } = state.measured;
  const measured = {
    ...state.measured,
    evidence: Array(2).fill(Array(MOST_EVIDENCE).fill(evidence)),
    repair: {
      ...state.measured.repair!,
      stretches: Array.from({ length: 2 * MOST_STRETCHES }, (_, i) => ({
        first: first + 2 ** 20 * i,
        end: first + 2 ** 20 * i + 5,
        passes: 3,
        residual: 1 / 3,
        isKnown: true,
      })),
    },
    delay: {
      ...delay,
      before: Array(200).fill(2 ** 40 + 0.1),
      after: Array(200).fill(2 ** 40 + 0.1),
    },
    changes: Array(300).fill({ ...changes[0]!, reason: "r".repeat(900) }),
    outages: Array(300).fill({ ...outages[0]!, text: "t".repeat(900) }),
  };
  const largest: CheckpointState = {
    ...state,
    work: {
      planned: Array(2).fill(ranges),
      touched: ranges,
      repairs: [1, 2].map((pass) => ({ pass, ranges })),
    },
    outputs: Array(4).fill({ ...state.outputs[0]!, path: "x".repeat(4096) }),
    lives: Array(3 * MOST_LIVES).fill({
      ...state.lives[0]!,
      args: ["y".repeat(MOST_LIFE_ARGS)],
      reason: "z".repeat(200),
    }),
    ledger,
    measured,
  };
  const bytes = encodeState(largest);
  assert.ok(bytes.length <= MOST_RECORD_BYTES, String(bytes.length));
  const { lives, work } = decodeState(bytes);
  for (
    const found of [
      ...work.planned,
      ...work.repairs.map((one) => one.ranges),
    ]
  ) {
    let at = 0;
    for (const { end, first } of ranges) {
      while (found[at]!.end < end) at++;
      assert.ok(found[at]!.first <= first);
    }
  }
  const packets = (all: typeof lives): number =>
    all.reduce((sum, one) => sum + one.packets, 0);
  assert.equal(packets(lives), packets(largest.lives));
  // Gaps that were closed were sent, and may have been asked.
  assert.deepEqual(work.touched, [{
    first: ranges[0]!.first,
    end: ranges.at(-1)!.end,
  }]);
  assert.equal(lives.length, MOST_LIVES);
});
