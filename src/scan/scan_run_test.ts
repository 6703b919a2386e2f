import assert from "node:assert/strict";
import { openLibc } from "../../ffi/libc.ts";
import { getLogger } from "@logtape/logtape";
import { LINK_HEADER, makeProbe } from "../../tests/fixtures/probe_scene.ts";
import { NO_KERNEL_LOSSES, NO_STATUS, readLedger } from "../monitor/mod.ts";
import { ResultFile } from "../output/mod.ts";
import { requireProbeModule } from "../probe/mod.ts";
import {
  Command,
  readCommand,
  RecordQueue,
  SEND,
  WorkQueue,
} from "../shm/mod.ts";
import { Collector } from "./collector.ts";
import type { ScanConfig } from "./config.ts";
import type { ScanOutcome } from "./hooks.ts";
import type { NetworkWatch } from "./network_watch.ts";
import { OutageWatch } from "./outage_watch.ts";
import { Phase } from "./phase.ts";
import { Reporter } from "./reporter.ts";
import type { ScanClock } from "./scan_clock.ts";
import { ScanController } from "./scan_controller.ts";
import { makeScanMemory, type SenderMemory } from "./scan_memory.ts";
import { ScanRun } from "./scan_run.ts";
import type { ScanThread } from "./transport.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
openLibc();

const TARGETS = 5000;
const COOLDOWN_S = 8;
const OUTAGE_S = 60;

/** A thread that ends when the test says so. */
class FakeThread implements ScanThread {
  readonly #done = Promise.withResolvers<void>();
  readonly done: Promise<void> = this.#done.promise;
  readonly closed: Promise<void> = this.#done.promise;
  end: string | null | undefined = undefined;

  stop(reason: string | null): void {
    this.end ??= reason;
    this.#done.resolve();
  }
}

interface Course {
  /** What happens at the time, in seconds since the start, on top of what the threads do. */
  readonly at?: (nowS: number, scene: Scene) => void;
  readonly isLive?: boolean;
  readonly network?: NetworkWatch | null;
  readonly files?: readonly ResultFile[];
}

interface Scene {
  readonly sender: FakeThread;
  readonly receiver: FakeThread;
  readonly abort: AbortController;
  readonly phase: Phase;
}

/** Runs a scan with a sender and a receiver that are no threads, on a clock that only its rests move. */
async function run(
  { at = () => {}, files = [], isLive = true, network = null }: Course,
): Promise<{ outcome: ScanOutcome; sent: number; seconds: number }> {
  const memory = makeScanMemory({ layer: "ip", nextHops: [] }, {
    senders: 1,
    ratePps: 10_000,
  });
  const scene: Scene = {
    sender: new FakeThread(),
    receiver: new FakeThread(),
    abort: new AbortController(),
    phase: new Phase(""),
  };
  let nowS = 0;
  const clock: ScanClock = {
    nowS: () => nowS,
    rest: (ms) => {
      nowS += ms / 1000;
      at(nowS, scene);
      send(memory.senders[0]!, scene.sender);
      if (readCommand(memory.receiver.control) === Command.stop) {
        scene.receiver.stop(null);
      }
      return Promise.resolve();
    },
  };
  const probe = makeProbe(requireProbeModule("tcp_synscan"));
  const collector = new Collector({
    queue: new RecordQueue(memory.receiver.records),
    probe,
    outputs: [],
    maxRows: null,
  });
  const logger = getLogger(["pacemap", "test"]);
  const reporter = new Reporter({
    clock,
    isQuiet: true,
    statusFile: null,
    senders: 1,
    pathLossTarget: null,
    logger,
    statusSink: NO_STATUS,
    hasReaderGone: () => false,
    readLedger: () =>
      readLedger(
        [memory.senders[0]!.counters],
        memory.receiver.counters,
        NO_KERNEL_LOSSES,
        collector,
      ),
  });
  const pace = {
    startRatePps: 10_000,
    minRatePps: 100,
    maxRatePps: 10_000,
    isAuto: false,
  };
  const controller = new ScanController({
    loss: CONFIG.loss,
    pace,
    followUpsOff: "a test",
    ranges: [{ first: 0, end: TARGETS }],
    probesPerTarget: 1,
    longestDelayS: COOLDOWN_S,
    bucket: memory.bucket,
    senders: memory.senders,
    answers: memory.receiver.answers,
    receiverCounters: memory.receiver.counters,
    localLosses: () => 0,
  }, nowS);
  const outcome = await new ScanRun({
    config: CONFIG,
    network: NETWORK,
    settings: {
      probe,
      maxFrameBytes: probe.maxFrameBytes,
      hasAppSuccess: false,
      probeOptions: {
        linkHeader: LINK_HEADER,
        sourcePortFirst: 1,
        sourcePortLast: 2,
        maxProbes: 1,
        ttl: 64,
        args: "",
      },
      pace,
      askedPps: 10_000,
      followUpsOff: "a test",
    },
    transport: {
      isLive,
      ownAddresses: 0,
      senders: [scene.sender],
      receiver: isLive ? scene.receiver : null,
      silentEnd: "nobody reads",
    },
    memory,
    controller,
    collector,
    outages: new OutageWatch({
      network,
      nextHops: memory.nextHops,
      controller,
      waitS: OUTAGE_S,
      logger,
    }),
    reporter,
    files,
    statusFile: null,
    metadataFile: null,
    clock,
    logger,
    hooks: {
      signal: scene.abort.signal,
      takeRateSteps: () => 0,
      continuations: () => 0,
      phase: scene.phase,
      statusSink: NO_STATUS,
    },
  }).run();
  const sent = memory.senders[0]!.counters[SEND.done]!;
  return { outcome, sent, seconds: nowS };
}

function send(
  { control, counters, work }: SenderMemory,
  thread: FakeThread,
): void {
  const command = readCommand(control);
  if (command === Command.stop) return thread.stop(null);
  if (command !== Command.run || thread.end !== undefined) return;
  const queue = new WorkQueue(work);
  const piece = { first: 0, end: 0, probeNumber: 0 };
  while (queue.shift(piece)) {
    counters[SEND.done]! += piece.end - piece.first;
    counters[SEND.accepted]! += piece.end - piece.first;
  }
}

const CONFIG = {
  targets: {
    ipv4: { firstPosition: 0, endPosition: TARGETS },
    ipv6: null,
    mix: null,
    firstPosition: 0,
    endPosition: TARGETS,
  },
  probe: { probesPerTarget: 1 },
  send: { cooldownMs: COOLDOWN_S * 1000 },
  limits: {
    maxRuntimeMs: null,
    maxResults: null,
    minHitRatePercent: 0,
    maxSendFailures: null,
  },
  loss: { sampleShare: 0, target: 0.005, onLoss: "warn", maxPasses: 3 },
  dedup: { method: "full" },
  report: { isQuiet: true, description: {} },
} as unknown as ScanConfig;

const NETWORK = {
  interfaceName: "",
  interfaceIndex: 0,
  sourceAddresses: [0xc000_0201],
  layer: "ip" as const,
  linkHeader: new Uint8Array(0),
  gatewayAddress: null,
  gatewayMac: null,
  nextHops: [],
  routes: null,
  sourceMac: null,
  reason: "",
};

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

/** A network whose link is down from one time to another, in seconds. */
function linkDown(fromS: number, toS: number): NetworkWatch {
  const text = "the link is down";
  return {
    nextHops: [],
    ask: () => {},
    look: (nowS) => ({
      trouble: nowS >= fromS && nowS < toS
        ? { cause: "link", text, isFinal: false }
        : null,
      flap: null,
      isNeighbourChanged: false,
      claims: [],
    }),
    [Symbol.dispose]: () => {},
  };
}

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
      "Waiting for the threads to end",
      "Waiting for late answers, another N s",
      "Waiting for the threads to end",
    ].filter((text, at, all) => all.indexOf(text) === at),
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
