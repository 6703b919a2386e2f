import assert from "node:assert/strict";
import { openLibc } from "../../ffi/libc.ts";
import { getLogger } from "@logtape/logtape";
import {
  type CheckpointState,
  createCheckpoint,
  type HeldCheckpoint,
  JournalBuffer,
  readCheckpoint,
  WorkAccount,
} from "../checkpoint/mod.ts";
import { TEST_CONTENT } from "../checkpoint/_test_content.ts";
import { NO_KERNEL_LOSSES, readLedger } from "../monitor/mod.ts";
import { ResultFile } from "../output/mod.ts";
import { makeCounters, RECEIVE_SLOTS, SEND, SEND_SLOTS } from "../shm/mod.ts";
import { type CheckpointFacts, Checkpoints } from "./checkpoints.ts";
import type { Output } from "./outputs.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
openLibc();

const { job } = TEST_CONTENT;
const TEXT = new TextEncoder().encode("192.0.2.1\n");

interface Scene {
  readonly path: string;
  readonly held: HeldCheckpoint;
  readonly account: WorkAccount;
  readonly file: ResultFile;
  readonly checkpoints: Checkpoints;
}

async function withScene(run: (scene: Scene) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
  try {
    const path = `${directory}/rows.pacemap`;
    const work = { planned: [[{ first: 0, end: 100 }]], repairs: [] };
    const state = { ...TEST_CONTENT.state, work };
    using held = await createCheckpoint(path, { job, state });
    const account = new WorkAccount({ work, senders: 1, waitS: 8 });
    const file = await ResultFile.open(`${directory}/rows`, { option: "-o" });
    const output = { file, keptBytes: 204, writer: {} } as Output;
    const checkpoints = new Checkpoints({
      config: { path, isNamed: true, intervalS: 5, job, args: ["--rate=5"] },
      outputConfigs: [{ path: "rows", format: "csv" } as never],
      held,
      account,
      journal: new JournalBuffer(),
      outputs: [output],
      logger: getLogger(["pacemap", "test"]),
    });
    await run({ path, held, account, file, checkpoints });
    await file.close();
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function factsWith(more: Partial<CheckpointFacts> = {}): CheckpointFacts {
  const senders = makeCounters(SEND_SLOTS);
  senders[SEND.accepted] = 77;
  const counts = { rows: 3, lostRows: 0, filtered: 0 };
  return {
    phase: "sending",
    ratePps: 0,
    rows: 20,
    sendSeconds: 4,
    ledger: readLedger(
      [senders],
      makeCounters(RECEIVE_SLOTS),
      NO_KERNEL_LOSSES,
      counts,
    ),
    repairs: [],
    ...more,
  };
}

Deno.test("Checkpoints are due by time and at each change of phase, and know the rows handed over", async () => {
  await withScene(async ({ account, checkpoints, file, path }) => {
    let cuts = 0;
    const update = async (
      nowS: number,
      facts: CheckpointFacts,
    ): Promise<CheckpointState> => {
      checkpoints.update(nowS, {
        moment: () => facts,
        facts: () => facts,
        flush: () => {
          cuts++;
          file.write(TEXT);
        },
      });
      await checkpoints.idle();
      return (await readCheckpoint(path)).state;
    };
    account.give(0, { first: 0, end: 50, pass: 0, probeNumber: 0 });
    checkpoints.look(1, 0, [30]);
    const first = await update(1, factsWith());
    assert.deepEqual(first.outputs, [
      { path: "rows", format: "csv", offsetBytes: 214 },
    ]);
    assert.equal(first.ratePps, null);
    assert.deepEqual(first.work.planned, [[{ first: 0, end: 100 }]]);
    assert.equal(first.lives.length, 2);
    const { args, totals } = first.lives[1]!;
    assert.deepEqual(args, ["--rate=5"]);
    assert.deepEqual([totals["send.accepted"], totals["output.rows"]], [77, 3]);
    await update(5.9, factsWith());
    assert.equal(cuts, 1);
    checkpoints.look(9.2, 0, [50]);
    checkpoints.look(9.5, 2, [50]);
    checkpoints.collected();
    const second = await update(9.5, factsWith());
    assert.deepEqual(second.work.planned, [[{ first: 30, end: 100 }]]);
    const third = await update(9.6, factsWith({ phase: "cooldown" }));
    assert.deepEqual([cuts, third.phase], [3, "cooldown"]);
    assert.equal(third.outputs[0]!.offsetBytes, 234);
  });
});

Deno.test("Checkpoints have what the loss asks to be sent again, but for what is sent anyway", async () => {
  await withScene(async ({ account, checkpoints, path }) => {
    account.give(0, { first: 0, end: 60, pass: 0, probeNumber: 0 });
    account.progress(0, [60]);
    account.settle(8);
    account.again({ first: 10, end: 20, pass: 1, probeNumber: 0 });
    const repairs = [
      { first: 0, end: 15, pass: 1 },
      { first: 40, end: 70, pass: 2 },
    ];
    const isLeft = await checkpoints.finish(factsWith({ repairs }), {
      isComplete: false,
      reason: "stopped by SIGINT",
    });
    assert.ok(isLeft);
    const { lives, work } = (await readCheckpoint(path)).state;
    assert.deepEqual(work, {
      planned: [[{ first: 60, end: 100 }]],
      repairs: [
        { pass: 1, ranges: [{ first: 0, end: 20 }] },
        { pass: 2, ranges: [{ first: 40, end: 60 }] },
      ],
    });
    assert.equal(lives.at(-1)!.reason, "stopped by SIGINT");
  });
});

Deno.test("Checkpoints.finish() removes the file of a scan that is complete", async () => {
  await withScene(async ({ checkpoints, path }) => {
    const isLeft = await checkpoints.finish(factsWith(), {
      isComplete: true,
      reason: "completed",
    });
    assert.ok(!isLeft);
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  });
});

Deno.test("Checkpoints of a scan whose rows cannot be written stay what they were", async () => {
  await withScene(async ({ checkpoints, file, held, path }) => {
    file.abandon("disk full");
    await checkpoints.finish(factsWith({ rows: 99 }), {
      isComplete: false,
      reason: "cannot write results",
    });
    const { state } = await readCheckpoint(path);
    assert.deepEqual(state, held.state);
  });
});
