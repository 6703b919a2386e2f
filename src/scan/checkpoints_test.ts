import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
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
import { ContentDigest, ResultFile } from "../output/mod.ts";
import { makeCounters, RECEIVE_SLOTS, SEND, SEND_SLOTS } from "../shm/mod.ts";
import { type CheckpointFacts, Checkpoints, grant } from "./checkpoints.ts";
import type { Output } from "./outputs.ts";
import { runsUpTo } from "./runs_before.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

const { job } = TEST_CONTENT;
const TEXT = new TextEncoder().encode("192.0.2.1\n");

interface Scene {
  readonly path: string;
  readonly held: HeldCheckpoint;
  readonly account: WorkAccount;
  readonly file: ResultFile;
  readonly checkpoints: Checkpoints;
}

async function withScene(
  run: (scene: Scene) => Promise<void>,
  toRemove: (path: string) => string = (path) => path,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
  try {
    const path = `${directory}/rows.pacemap`;
    const work = { planned: [[{ first: 0, end: 100 }]], repairs: [] };
    const state = { ...TEST_CONTENT.state, work };
    using held = await createCheckpoint(path, { job, state });
    const account = new WorkAccount({ work, senders: 1, waitS: 8 });
    const file = await ResultFile.open(`${directory}/rows`, { option: "-o" });
    const digest = new ContentDigest();
    const writer = {};
    const output = { file, keptBytes: 204, digest, owner: 7, writer } as Output;
    const checkpoints = new Checkpoints({
      config: {
        path: toRemove(path),
        isNamed: true,
        intervalS: 5,
        job,
        args: ["--rate=5"],
      },
      outputConfigs: [{ path: "rows", format: "csv" } as never],
      held,
      before: runsUpTo(state),
      followUpShare: 0.01,
      firstHorizon: 0,
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
    seconds: 5,
    secondsLeft: 30,
    noted: null,
    given: 90,
    done: 80,
    measured: () => TEST_CONTENT.state.measured,
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
      {
        path: "rows",
        format: "csv",
        offsetBytes: 214,
        digest: new ContentDigest().hex,
        owner: 7,
      },
    ]);
    assert.equal(first.ratePps, null);
    assert.deepEqual(first.work.planned, [[{ first: 0, end: 100 }]]);
    assert.equal(first.lives.length, 2);
    const { args, packets, rows } = first.lives[1]!;
    assert.deepEqual(args, ["--rate=5"]);
    assert.deepEqual([packets, rows], [77, 3]);
    // Those of the run before are in it.
    assert.equal(first.ledger["send.accepted"], 177);
    assert.equal(first.ledger["output.rows"], 3);
    await update(1.9, factsWith());
    assert.equal(cuts, 1);
    // A passing one, which is no reason to put off the next.
    const passing = await update(5.9, factsWith({ sendSeconds: 4.75 }));
    assert.equal(passing.lives[1]!.sendSeconds, 4.75);
    assert.equal(passing.outputs[0]!.offsetBytes, 224);
    checkpoints.look(9.2, 0, [50]);
    checkpoints.look(9.5, 2, [50]);
    checkpoints.collected();
    const second = await update(9.5, factsWith());
    assert.deepEqual(second.work.planned, [[{ first: 30, end: 100 }]]);
    const third = await update(9.6, factsWith({ phase: "cooldown" }));
    assert.deepEqual([cuts, third.phase], [4, "cooldown"]);
    assert.equal(third.outputs[0]!.offsetBytes, 244);
    await checkpoints.finish(factsWith(), { isComplete: true, reason: "" });
    await update(99, factsWith());
    assert.equal(cuts, 4);
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
    await checkpoints.finish(factsWith({ repairs }), {
      isComplete: false,
      reason: "stopped by SIGINT",
    });
    const { lives, work } = (await readCheckpoint(path)).state;
    assert.deepEqual(work, {
      planned: [[{ first: 60, end: 100 }]],
      touched: [],
      repairs: [
        { pass: 1, ranges: [{ first: 0, end: 20 }] },
        { pass: 2, ranges: [{ first: 40, end: 60 }] },
      ],
    });
    assert.equal(lives.at(-1)!.reason, "stopped by SIGINT");
  });
});

Deno.test("Checkpoints stay until they are removed: a scan that is killed while it closes its files goes on", async () => {
  await withScene(async ({ account, checkpoints, path }) => {
    account.give(0, { first: 0, end: 100, pass: 0, probeNumber: 0 });
    account.progress(0, [100]);
    account.settle(8);
    const facts = factsWith({ phase: "cooldown" });
    await checkpoints.finish(facts, { isComplete: true, reason: "completed" });
    const { lives, phase, work } = (await readCheckpoint(path)).state;
    assert.equal(phase, "cooldown");
    assert.deepEqual(work.planned, [[]]);
    assert.equal(lives.at(-1)!.reason, "");
    // What the metadata say.
    assert.equal(checkpoints.runs.at(-1)!.reason, "completed");
    await checkpoints.remove();
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  });
});

Deno.test("Checkpoints.fail() says why a scan that had done everything is not complete", async () => {
  await withScene(async ({ checkpoints, path }) => {
    await checkpoints.finish(factsWith(), {
      isComplete: true,
      reason: "completed",
    });
    await checkpoints.fail("disk full");
    const { lives, phase } = (await readCheckpoint(path)).state;
    assert.deepEqual([phase, lives.at(-1)!.reason], ["sending", "disk full"]);
    assert.deepEqual(checkpoints.runs, lives);
  });
});

Deno.test("Checkpoints.remove() leaves no more than the word of it where the file cannot be removed", async () => {
  await withScene(async ({ checkpoints, held, path }) => {
    const journal = new JournalBuffer();
    journal.add({ first: 1, second: 2, isFailure: false, isIpv6: false });
    await held.file.writeJournal(0, journal.since(0));
    const { size } = await Deno.stat(path);
    await checkpoints.finish(factsWith(), {
      isComplete: true,
      reason: "completed",
    });
    await checkpoints.remove();
    assert.equal((await Deno.stat(path)).size, size - 8);
    const { lives, phase } = (await readCheckpoint(path)).state;
    assert.deepEqual([phase, lives.at(-1)!.reason], ["done", "completed"]);
    // A path that leads through a file: not even root may remove it.
  }, (path) => `${path}/below`);
});

Deno.test("Checkpoints of a scan whose rows cannot be written stay what they were, but for why it ended", async () => {
  await withScene(async ({ checkpoints, file, path }) => {
    const facts = factsWith();
    const cut = { moment: () => facts, facts: () => facts, flush: () => {} };
    checkpoints.update(1, cut);
    await checkpoints.idle();
    const { state: before } = await readCheckpoint(path);
    file.abandon("disk full");
    await checkpoints.finish(factsWith({ rows: 99 }), {
      isComplete: false,
      reason: "cannot write results",
    });
    const { state } = await readCheckpoint(path);
    const [first, second] = before.lives;
    assert.deepEqual(state, {
      ...before,
      lives: [first, { ...second, reason: "cannot write results" }],
    });
  });
});

Deno.test("Checkpoints.horizon moves on with what is on the disk, which tells how much may be sent beyond it", async () => {
  await withScene(async ({ checkpoints, file, path }) => {
    assert.equal(checkpoints.horizon, 0);
    const update = async (
      nowS: number,
      facts: CheckpointFacts,
    ): Promise<CheckpointState> => {
      checkpoints.look(nowS, 0, [facts.done]);
      const cut = { moment: () => facts, facts: () => facts, flush: () => {} };
      checkpoints.update(nowS, cut);
      await checkpoints.idle();
      return (await readCheckpoint(path)).state;
    };
    const facts = factsWith({ ratePps: 1000, given: 2000, done: 1200 });
    const first = await update(1, facts);
    const ahead = grant(facts, 5);
    assert.ok(ahead > 5000 && ahead < 10_000);
    assert.equal(checkpoints.horizon, 2000 + ahead);
    const most = first.lives.at(-1)!.mostUnrecorded;
    // All that is given out, and a hundredth of follow-ups.
    assert.ok(most >= 800 + ahead && most <= (800 + ahead) * 1.011 + 2);
    // Where much was given out, the next one comes early.
    const later = factsWith({ ...facts, given: 1500 + ahead });
    const second = await update(1.2, later);
    assert.notEqual(second.writtenAt, first.writtenAt);
    assert.equal(checkpoints.horizon, later.given + ahead);
    file.abandon("disk full");
    await update(9, factsWith({ ...facts, given: 9000 }));
    assert.equal(checkpoints.horizon, later.given + ahead);
  });
});
