import { wilsonInterval } from "../loss/mod.ts";
import {
  averageSent,
  type Ledger,
  LOSS_PLACES,
  percentDone,
  perSecond,
  refusalCauses,
  secondsLeft,
  sentPackets,
  type StatusRow,
  totalsByFamily,
} from "../monitor/mod.ts";
import { AnswerQueue, RecordQueue, SEND, WorkQueue } from "../shm/mod.ts";
import type {
  Band,
  FamilyView,
  LogLineView,
  ScanIdentity,
  ScanView,
} from "../page/view.ts";
import type { LossReport } from "./loss_report.ts";
import { phaseText } from "./phase_text.ts";
import { rateLimit } from "./rate_limit.ts";
import type { ScanParts } from "./scan_parts.ts";
import { ledgerBalances } from "./scan_summary.ts";
import { targetsByFamily } from "./scan_targets.ts";
import { targetsProbed } from "./targets_probed.ts";

/** What of a running scan a view is made from. */
export type ViewedParts = Pick<
  ScanParts,
  | "before"
  | "checkpoints"
  | "clock"
  | "config"
  | "controller"
  | "files"
  | "memory"
  | "network"
  | "settings"
  | "stream"
>;

/** What a view is made from besides. */
export interface ViewFacts {
  readonly identity: ScanIdentity;
  readonly row: StatusRow;
  /** What was lost so far, or in the whole scan. */
  readonly loss: LossReport;
  /** Why it has ended; null: it has not. */
  readonly exitReason: string | null;
  readonly threads: ScanView["threads"];
  readonly memory: ScanView["memory"];
  readonly log: readonly LogLineView[];
}

/** Pieces of work that a sender's queue holds. */
const WORK_CAPACITY = 4096;

/** All that is shown of a scan at a moment; of a scan that is over the final figures, as the metadata have them. */
export function scanView(parts: ViewedParts, facts: ViewFacts): ScanView {
  const { loss, row } = facts;
  const { now, progress } = row;
  const { ledger } = now;
  const isOver = facts.exitReason !== null;
  const path = isOver ? loss.path : progress.pathLoss;
  const left = secondsLeft(now, progress);
  return {
    format: 1,
    scan: facts.identity,
    updated_at: row.wallClock.toISOString(),
    phase: progress.phase,
    phase_text: facts.exitReason ?? phaseTextOf(parts, row),
    elapsed_seconds: rounded(now.elapsedSeconds),
    seconds_left: left === null ? null : rounded(left),
    progress: Math.min(1, percentDone(now, progress) / 100),
    exit_reason: facts.exitReason,
    rates: ratesOf(parts, row),
    packets_sent: sentPackets(ledger),
    ledger: ledgerBalances(ledger),
    lost: LOSS_PLACES.map((place) => ({
      place,
      total: ledger.places[place],
      last_second: Math.max(0, rounded(perSecond(row, (l) => l.places[place]))),
    })),
    ...answersOf(row),
    hits: ledger.receive.successUnique,
    hit_rate: hitBand(ledger.receive.successUnique, progress.hitBase),
    path_loss: path === null ? null : {
      low: path.low,
      estimate: path.rate,
      high: path.high,
      samples: path.samples,
    },
    path_loss_reason: path === null
      ? loss.pathReason ?? "too few follow-ups in the last seconds"
      : null,
    coverage: loss.coverageEstimate,
    unknown_share: isOver ? loss.unknownShare : progress.unknownShare,
    targets: targetsOf(parts, row),
    passes: loss.passes,
    limit: rateLimit(rateFacts(parts, row)),
    queues: queuesOf(parts),
    output_lag: {
      bytes: parts.files.reduce((sum, file) => sum + file.pendingBytes, 0),
      rows: waitingRows(ledger),
    },
    rows: ledger.output.rows,
    threads: facts.threads,
    memory: facts.memory,
    checkpoint: checkpointOf(parts),
    families: familiesOf(parts, row),
    log: facts.log,
  };
}

function phaseTextOf({ memory }: ViewedParts, { progress }: StatusRow): string {
  const { cooldownElapsedSeconds, cooldownSeconds, phase } = progress;
  return phaseText({
    phase: phase === "done" ? "closing" : phase,
    packetsLeft: progress.packetsLeft,
    mayGrow: progress.mayGrow,
    isHeld: areSendersSlowed(memory),
    waitingFor: progress.outage ?? progress.shortage,
    refusedS: 0,
    refusals: "",
    cooldownLeftS: cooldownSeconds - cooldownElapsedSeconds,
  });
}

/** Whether senders pause since the outputs are too slow. */
function areSendersSlowed({ senders }: ViewedParts["memory"]): boolean {
  return senders.some(({ counters }) => counters[SEND.held]! > 0);
}

function ratesOf(
  { settings }: ViewedParts,
  row: StatusRow,
): ScanView["rates"] {
  return {
    asked: settings.askedPps,
    allowed: row.progress.wantedRatePps,
    sent: rounded(perSecond(row, sentPackets)),
    received: rounded(perSecond(row, ({ capture }) => capture.received)),
    mean_sent: rounded(averageSent(row)),
  };
}

function answersOf(
  { now, progress }: StatusRow,
): Pick<ScanView, "answers" | "repeats" | "differing"> {
  const { receive } = now.ledger;
  return {
    answers: [
      {
        class: "success",
        total: receive.success,
        unique: receive.successUnique,
      },
      {
        class: "failure",
        total: receive.failure,
        unique: receive.failureUnique,
      },
      ...progress.hasAppSuccess
        ? [{
          class: "app_success" as const,
          total: receive.appSuccess,
          unique: receive.appSuccessUnique,
        }]
        : [],
    ],
    repeats: receive.repeats,
    differing: receive.differing,
  };
}

/** Hits can be more than what was probed so far is known to be. */
function hitBand(hits: number, base: number): Band | null {
  if (base === 0) return null;
  const { high, low, rate } = wilsonInterval(Math.min(hits, base), base);
  return { low, estimate: rate, high };
}

function targetsOf(
  parts: ViewedParts,
  { now, progress }: StatusRow,
): ScanView["targets"] {
  const { config: { targets }, stream } = parts;
  const planned = stream?.known ?? targets.endPosition - targets.firstPosition;
  const probed = Math.min(planned, targetsProbed(parts));
  return {
    planned,
    may_grow: progress.mayGrow === true,
    by_state: { probed, waiting: planned - probed },
    without_neighbour: now.ledger.send.noNeighbour,
    probes_left: progress.packetsLeft,
  };
}

function rateFacts(
  { config, memory, settings }: ViewedParts,
  row: StatusRow,
): Parameters<typeof rateLimit>[0] {
  const { progress } = row;
  const { filter, refusedByErrno } = row.now.ledger.send;
  return {
    progress,
    sentPps: perSecond(row, sentPackets),
    allowedPps: progress.wantedRatePps,
    mostPps: settings.pace.maxRatePps,
    isAdaptive: settings.pace.isAuto || config.loss.onLoss === "slow",
    isOutputSlow: areSendersSlowed(memory),
    refused: perSecond(row, ({ send }) => send.refused),
    refusals: refusalCauses(refusedByErrno, filter),
  };
}

function queuesOf({ memory }: ViewedParts): ScanView["queues"] {
  const { answers } = memory.receiver;
  const work = memory.senders.map(({ work }) => new WorkQueue(work).length);
  return [
    { name: "results", fill: new RecordQueue(memory.receiver.records).fill },
    {
      name: "answers",
      fill: share(new AnswerQueue(answers).length, answers.positions.length),
    },
    { name: "work", fill: share(Math.max(0, ...work), WORK_CAPACITY) },
  ];
}

/** Answers that were handed over, and have neither become a row nor been left out. */
function waitingRows({ output, receive }: Ledger): number {
  const { filtered, interrupted, rows } = output;
  return Math.max(0, receive.handedOver - rows - filtered - interrupted);
}

function checkpointOf(
  { checkpoints, clock }: ViewedParts,
): ScanView["checkpoint"] {
  if (checkpoints === null || checkpoints === undefined) return null;
  const { writtenS } = checkpoints;
  return {
    age_seconds: writtenS === null
      ? null
      : rounded(Math.max(0, clock.nowS() - writtenS)),
  };
}

function familiesOf(
  parts: ViewedParts,
  { now, progress }: StatusRow,
): ScanView["families"] {
  const { config, stream } = parts;
  const { families } = progress;
  const totals = totalsByFamily(now.ledger, families);
  const byFamily = targetsByFamily(config.targets, targetsProbed(parts));
  const of = (family: "ipv4" | "ipv6"): FamilyView => {
    const { sent, successUnique, valid } = totals[family];
    const { planned, probed } = byFamily[family];
    return {
      // Of a stream the plan tells only where targets may lie, and nobody counts the families.
      targets: stream === undefined || families === "both"
        ? planned
        : stream.known,
      targets_probed: Math.max(0, probed),
      packets_sent: sent,
      valid,
      success_unique: successUnique,
    };
  };
  return {
    ...families === "ipv6" ? {} : { ipv4: of("ipv4") },
    ...families === "ipv4" ? {} : { ipv6: of("ipv6") },
  };
}

function share(part: number, whole: number): number {
  return Math.min(1, Math.max(0, part / whole));
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
