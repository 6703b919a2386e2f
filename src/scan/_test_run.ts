import { getLogger } from "@logtape/logtape";
import { LINK_HEADER, makeProbe } from "../../tests/fixtures/probe_scene.ts";
import { NO_KERNEL_LOSSES, NO_STATUS, readLedger } from "../monitor/mod.ts";
import type { ResultFile } from "../output/mod.ts";
import { requireProbeModule } from "../probe/mod.ts";
import {
  Command,
  readCommand,
  RECEIVE,
  RecordQueue,
  SEND,
  WorkQueue,
} from "../shm/mod.ts";
import { Collector } from "./collector.ts";
import type { ScanConfig } from "./config.ts";
import type { ScanOutcome } from "./hooks.ts";
import type { Outage } from "./outage_facts.ts";
import type { PathReport } from "./path_report.ts";
import type { NetworkWatch } from "./network_watch.ts";
import { OutageWatch } from "./outage_watch.ts";
import { Phase } from "./phase.ts";
import { Reporter } from "./reporter.ts";
import type { ScanClock } from "./scan_clock.ts";
import { ScanController } from "./scan_controller.ts";
import { makeScanMemory, type SenderMemory } from "./scan_memory.ts";
import type { ScanParts } from "./scan_parts.ts";
import type { ScanSummary } from "./scan_summary.ts";
import { ScanRun } from "./scan_run.ts";
import type { ScanThread } from "./transport.ts";
import type { WatchReport } from "./watch_report.ts";

/** Targets of such a scan. */
export const TARGETS = 5000;
/** How long it waits for late answers. */
export const COOLDOWN_S = 8;
/** How long it waits for the network, and for a full disk. */
export const OUTAGE_S = 60;

/** A thread that ends when the test says so. */
export class FakeThread implements ScanThread {
  readonly #done = Promise.withResolvers<void>();
  readonly done: Promise<void> = this.#done.promise;
  readonly closed: Promise<void> = this.#done.promise;
  end: string | null | undefined = undefined;

  stop(reason: string | null): void {
    this.end ??= reason;
    this.#done.resolve();
  }
}

/** How such a scan goes. */
export interface Course {
  /** What happens at the time, in seconds since the start, on top of what the threads do. */
  readonly at?: (nowS: number, scene: Scene) => void;
  readonly isLive?: boolean;
  readonly network?: NetworkWatch | null;
  readonly files?: readonly ResultFile[];
  readonly maxRuntimeMs?: number | null;
  readonly watch?: WatchReport | null;
}

/** What a course can touch. */
export interface Scene {
  readonly sender: FakeThread;
  readonly receiver: FakeThread;
  readonly abort: AbortController;
  readonly phase: Phase;
}

/** What became of such a scan. */
export interface CourseEnd {
  readonly outcome: Omit<ScanOutcome, "summary">;
  readonly summary: ScanSummary;
  /** Probes. */
  readonly sent: number;
  readonly seconds: number;
  readonly outages: readonly Outage[];
  readonly path: PathReport;
}

/** Runs a scan with a sender and a receiver that are no threads, on a clock that only its rests move. */
export async function runCourse(
  {
    at = () => {},
    files = [],
    isLive = true,
    maxRuntimeMs = null,
    network = null,
    watch = null,
  }: Course,
): Promise<CourseEnd> {
  const config = {
    ...CONFIG,
    limits: { ...CONFIG.limits, maxRuntimeMs },
  };
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
      memory.receiver.counters[RECEIVE.caughtUp]! += 1;
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
    sinks: watch === null ? [] : [watch],
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
  const outages = new OutageWatch({
    network,
    nextHops: memory.nextHops,
    controller,
    waitS: OUTAGE_S,
    logger,
  });
  const parts: ScanParts = {
    config,
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
    outages,
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
      watch,
    },
  };
  watch?.watch(parts, undefined);
  const { summary, ...outcome } = await new ScanRun(parts).run();
  const sent = memory.senders[0]!.counters[SEND.done]!;
  return {
    outcome,
    summary: summary!,
    sent,
    seconds: nowS,
    outages: outages.list,
    path: controller.report(),
  };
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
    outputWaitMs: OUTAGE_S * 1000,
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

/** A network whose link is down from one time to another, in seconds. */
export function linkDown(fromS: number, toS: number): NetworkWatch {
  return linkDownWhile((nowS) => nowS >= fromS && nowS < toS);
}

/** A network whose link is down in some moments. */
export function linkDownWhile(
  isDown: (nowS: number) => boolean,
): NetworkWatch {
  const text = "the link is down";
  return {
    nextHops: [],
    isSplit: false,
    ask: () => {},
    look: (nowS) => ({
      trouble: isDown(nowS) ? { cause: "link", text, isFinal: false } : null,
      flap: null,
      moves: [],
      remark: null,
      isNeighbourChanged: false,
      claims: [],
    }),
    [Symbol.dispose]: () => {},
  };
}
