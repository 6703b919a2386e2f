import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { PatientWriter, ResultFile } from "../output/mod.ts";
import {
  COOLDOWN_S,
  linkDown,
  linkDownWhile,
  OUTAGE_S,
  runCourse as run,
  type Scene,
  TARGETS,
} from "./_test_run.ts";
import type { NetworkWatch } from "./network_watch.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

Deno.test("ScanRun.run() sends everything, then waits for late answers", async () => {
  const { outcome, seconds, sent } = await run({});
  assert.deepEqual(outcome, { exitCode: 0, reason: "completed" });
  assert.equal(sent, TARGETS);
  assert.ok(seconds >= COOLDOWN_S && seconds < COOLDOWN_S + 5, `${seconds}`);
});

Deno.test("ScanRun.run() waits for nothing where no answers come", async () => {
  const { outcome, seconds } = await run({ isLive: false });
  assert.equal(outcome.exitCode, 0);
  assert.ok(seconds < COOLDOWN_S, `${seconds}`);
});

Deno.test("ScanRun.run() ends with the reason when a thread dies, in every phase", async () => {
  const sender = await run({
    at: (_, { sender }) => sender.stop("sender: it broke"),
  });
  assert.deepEqual(sender.outcome, { exitCode: 1, reason: "sender: it broke" });
  const receiver = await run({
    at: (nowS, { receiver }) => {
      if (nowS > 3) receiver.stop("receiver: it broke");
    },
  });
  assert.equal(receiver.outcome.reason, "receiver: it broke");
  assert.ok(receiver.seconds < COOLDOWN_S);
  const silent = await run({
    at: (_, { sender }) => sender.stop(null),
    isLive: false,
  });
  assert.deepEqual(silent.outcome, { exitCode: 1, reason: "nobody reads" });
});

Deno.test("ScanRun.run() ends at a signal, also during the cooldown", async () => {
  for (const atS of [0, 4]) {
    const { outcome, seconds } = await run({
      at: (nowS, { abort }) => {
        if (nowS > atS) abort.abort("stopped by SIGTERM");
      },
    });
    assert.deepEqual(outcome, { exitCode: 1, reason: "stopped by SIGTERM" });
    assert.ok(seconds < atS + 1, `${seconds}`);
  }
});

Deno.test("ScanRun.run() waits for a link that is down, and sends again what it took", async () => {
  const { outcome, seconds, sent } = await run({ network: linkDown(0, 40) });
  assert.deepEqual(outcome, { exitCode: 0, reason: "completed" });
  assert.equal(sent, 2 * TARGETS, "once in vain");
  assert.ok(seconds >= 40 + COOLDOWN_S && seconds < 55, `${seconds}`);
});

Deno.test("ScanRun.run() waits for late answers only while they can come", async () => {
  const { outcome, seconds, sent } = await run({ network: linkDown(5, 25) });
  assert.deepEqual(outcome, { exitCode: 0, reason: "completed" });
  assert.equal(sent, TARGETS);
  assert.ok(seconds >= 20 + COOLDOWN_S && seconds < 35, `${seconds}`);
});

/** A link that goes down as soon as all is sent, for so many seconds. */
function downOnceSent(
  seconds: number,
): { network: NetworkWatch; at: (nowS: number, scene: Scene) => void } {
  let downS = Infinity;
  return {
    network: linkDownWhile((nowS) => nowS >= downS && nowS < downS + seconds),
    at: (nowS, { phase }) => {
      if (/late answers/.test(phase.report())) downS = Math.min(downS, nowS);
    },
  };
}

Deno.test("ScanRun.run() sends again what an outage took whose answers were still on their way", async () => {
  const end = await run(downOnceSent(20));
  assert.deepEqual(end.outcome, { exitCode: 0, reason: "completed" });
  assert.equal(end.sent, 2 * TARGETS);
  assert.equal(end.outages[0]!.positions, TARGETS);
  const { seconds } = end;
  assert.ok(seconds >= 20 + COOLDOWN_S && seconds < 35, `${seconds}`);
});

Deno.test("ScanRun.run() knows nothing of what an outage took and what cannot be sent again", async () => {
  const gone = await run(downOnceSent(Infinity));
  assert.equal(gone.outcome.reason, `the link is down, for ${OUTAGE_S} s`);
  const limited = await run({ ...downOnceSent(20), maxRuntimeMs: 1 });
  assert.equal(limited.outcome.exitCode, 0);
  assert.equal(limited.outages[0]!.positions, 0);
  for (const { path, sent } of [gone, limited]) {
    assert.equal(sent, TARGETS);
    assert.equal(path.unknownShare, 1);
    assert.equal(path.losses[0]!.estimate, null);
  }
});

Deno.test("ScanRun.run() ends with the reason when the link stays down", async () => {
  for (const fromS of [0, 5]) {
    const network = linkDown(fromS, Infinity);
    const { outcome, seconds } = await run({ network });
    assert.equal(outcome.exitCode, 1);
    assert.equal(outcome.reason, `the link is down, for ${OUTAGE_S} s`);
    assert.ok(Math.abs(seconds - fromS - OUTAGE_S) < 1, `${seconds}`);
  }
});

Deno.test("ScanRun.run() goes on when the network cannot be watched any more", async () => {
  const network = linkDown(0, 10);
  let looks = 0;
  const { outcome } = await run({
    network: {
      ...network,
      look: (nowS) => {
        if (looks++ > 20) throw new Error("the socket is broken");
        return network.look(nowS);
      },
    },
  });
  assert.deepEqual(outcome, { exitCode: 0, reason: "completed" });
});

Deno.test("ScanRun.run() tells in every phase what it does and what it waits for", async () => {
  const texts = new Set<string>();
  await run({
    at: (_, { phase }) => {
      const [status, text] = phase.report().split("\n");
      assert.match(status!, /send: /);
      texts.add(text!.replaceAll(/\d[\d,]*/g, "N"));
    },
  });
  assert.deepEqual(
    [...texts],
    [
      "Sending, N packets left",
      "Waiting for late answers, another N s",
      "Waiting for the threads to end",
    ],
  );
});

Deno.test("ScanRun.run() is not done when a reader left something unread in the end", async () => {
  const file = new ResultFile({
    write: (bytes) => Promise.resolve(bytes.length),
    unreadBytes: () => 4,
    close: () => {},
  }, '"pipe"');
  await file.write(new TextEncoder().encode("one\ntwo\n"));
  const { outcome, sent } = await run({ files: [file] });
  assert.equal(sent, TARGETS);
  assert.deepEqual(outcome, {
    exitCode: 1,
    reason: 'The reader of "pipe" has gone; 1 row lost (4 bytes)',
  });
});

Deno.test("ScanRun.run() ends at a signal although an output takes nothing", async () => {
  const file = new ResultFile({
    write: () => new Promise(() => {}),
    close: () => {},
  }, '"pipe"');
  file.write(new TextEncoder().encode("one\ntwo\n"));
  const { outcome } = await run({
    files: [file],
    at: (nowS, { abort }) => {
      if (nowS > 1) abort.abort("stopped by SIGTERM");
    },
  });
  assert.deepEqual(outcome, { exitCode: 1, reason: "stopped by SIGTERM" });
  assert.equal(file.status, "failed");
  assert.equal(file.discardedRows, 2);
});

/** A file whose disk is full until `makeRoom` is called. */
async function fullFile(): Promise<
  { readonly file: ResultFile; readonly rows: string[]; makeRoom(): void }
> {
  const rows: string[] = [];
  let isFull = true;
  const sink = {
    write: (bytes: Uint8Array): Promise<number> => {
      const code = "ENOSPC";
      if (isFull) {
        return Promise.reject(Object.assign(new Error(code), { code }));
      }
      rows.push(new TextDecoder().decode(bytes));
      return Promise.resolve(bytes.length);
    },
    close: () => {},
  };
  const patient = new PatientWriter(sink, () => Promise.resolve());
  const file = new ResultFile(sink, '"rows"', patient);
  file.write(new TextEncoder().encode("one\n"));
  while (file.shortage === null) await Promise.resolve();
  return {
    file,
    rows,
    makeRoom: () => void (isFull = false),
  };
}

Deno.test("ScanRun.run() sends nothing while the disk of an output is full, and goes on where it stopped", async () => {
  const { file, makeRoom, rows } = await fullFile();
  const texts = new Set<string>();
  const { outcome, path, seconds, sent } = await run({
    files: [file],
    at: (nowS, { phase }) => {
      if (nowS < 40) texts.add(phase.report().split("\n")[1]!);
      else makeRoom();
    },
  });
  assert.deepEqual(
    [...texts],
    ['Sending, 5,000 packets left; waiting: the disk of "rows" is full (ENOSPC)'],
  );
  assert.deepEqual(outcome, { exitCode: 0, reason: "completed" });
  assert.equal(sent, TARGETS);
  assert.ok(seconds >= 40 + COOLDOWN_S && seconds < 55, `${seconds}`);
  assert.deepEqual(rows, ["one\n"]);
  assert.equal(path.losses[0]!.estimate, null);
});

Deno.test("ScanRun.run() ends with the reason when a disk stays full", async () => {
  const { file } = await fullFile();
  const { outcome, seconds, sent } = await run({ files: [file] });
  assert.deepEqual(outcome, {
    exitCode: 1,
    reason: "cannot write results: ENOSPC",
  });
  assert.equal(sent, 0);
  assert.ok(Math.abs(seconds - OUTAGE_S) < 1, `${seconds}`);
});
