import { ConfigError, escapeUnsafe, formatCount } from "../base/mod.ts";
import {
  type CheckpointContent,
  type CheckpointOutput,
  endOf,
  readCheckpoint,
} from "../checkpoint/mod.ts";
import { countPositions } from "../loss/mod.ts";
import {
  formatTimeLeft,
  type Ledger,
  ledgerFrom,
  ledgerLines,
} from "../monitor/mod.ts";
import { ledgerMetadata, runMetadata, runText } from "../scan/mod.ts";
import type { ProgramSignals } from "../signals/mod.ts";
import { newestCheckpoint } from "./resume.ts";
import { EXIT_CODE, printable, printOut } from "./terminal.ts";

const JSON_FLAG = "--json";

/** Text of `pacemap status --help`. */
export const STATUS_HELP: string = `Usage: pacemap status [FILE] [--json]

Shows how far a scan is, running or not, as of its last checkpoint: progress, time
left, rate, outputs, runs and ledger. FILE is its checkpoint, OUTPUT.pacemap;
without one, the newest in this directory.

  --json  print one JSON object instead of lines of text

Examples:
  pacemap status
  pacemap status found.csv.pacemap
  pacemap status found.csv.pacemap --json
`;

/** What a checkpoint says of its scan, for people and programs. */
export interface ScanStatus {
  readonly file: string;
  readonly isRunning: boolean;
  readonly isComplete: boolean;
  readonly phase: string;
  readonly startedAt: string;
  readonly writtenAt: string;
  readonly arguments: readonly string[];
  /** Probes planned for the first pass, and those that need not be sent again. */
  readonly probesPlanned: number;
  readonly probesSettled: number;
  /** Probes of targets that are to be sent again as too many were lost. */
  readonly repairsLeft: number;
  /** Seconds until the scan ends; null: it does not run, or nothing tells. */
  readonly secondsLeft: number | null;
  readonly rows: number;
  /** Packets per second at which the scan is, or was; null: no limit. */
  readonly ratePps: number | null;
  /** Unique successes as a share of the targets that need no first probe any more, percent. */
  readonly hitRatePercent: number;
  readonly outputs: readonly Omit<CheckpointOutput, "memory">[];
  /** All runs together, as in the metadata. */
  readonly ledger: Readonly<Record<string, unknown>>;
  /** Each run, as in the metadata. */
  readonly runs: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Runs `pacemap status`. Returns the exit code.
 *
 * @throws {ConfigError} when the file is no checkpoint
 */
export async function runStatusCommand(
  args: readonly string[],
  { ends, status }: ProgramSignals,
): Promise<number> {
  status.release();
  ends.release();
  if (args.includes("--help") || args.includes("-h")) {
    printOut(STATUS_HELP);
    return EXIT_CODE.done;
  }
  const words = args.filter((arg) => arg !== JSON_FLAG);
  const option = words.find((word) => word.startsWith("-"));
  if (option !== undefined || words.length > 1) {
    throw new ConfigError(
      option ?? "FILE",
      option === undefined ? "More than one file" : "Unknown option",
      "See pacemap status --help",
    );
  }
  const file = words[0] ?? await newestCheckpoint();
  const content = await readCheckpoint(file);
  printOut(
    args.includes(JSON_FLAG)
      ? `${escapeUnsafe(JSON.stringify(statusOf(file, content)))}\n`
      : statusText(file, content),
  );
  return EXIT_CODE.done;
}

/** A checkpoint, and whether a scan is at work on it. */
export type SeenCheckpoint = CheckpointContent & { readonly isInUse: boolean };

/**
 * What a checkpoint says of its scan.
 *
 * @param nowMs Unix time, in milliseconds
 */
export function statusOf(
  file: string,
  { isInUse, job, state }: SeenCheckpoint,
  nowMs: number = Date.now(),
): ScanStatus {
  const { planned, repairs } = state.work;
  const probesPlanned = job.targetCount * job.probesPerTarget;
  const left = planned.reduce((sum, ranges) => sum + countPositions(ranges), 0);
  const targets = job.targetCount - countPositions(planned[0] ?? []);
  const ledger = ledgerFrom(state.ledger);
  const ageS = (nowMs - Date.parse(state.writtenAt)) / 1000;
  return {
    file,
    isRunning: isInUse,
    isComplete: state.phase === "done",
    phase: state.phase,
    startedAt: job.startedAt,
    writtenAt: state.writtenAt,
    arguments: job.args,
    probesPlanned,
    probesSettled: probesPlanned - left,
    repairsLeft: repairs.reduce(
      (sum, { ranges }) => sum + countPositions(ranges),
      0,
    ),
    secondsLeft: !isInUse || state.secondsLeft === null
      ? null
      : Math.max(0, state.secondsLeft - ageS),
    rows: state.rows,
    ratePps: state.ratePps,
    hitRatePercent: 100 * ledger.receive.successUnique / Math.max(1, targets),
    outputs: state.outputs.map(({ memory: _, ...output }) => output),
    ledger: ledgerMetadata(ledger),
    runs: state.lives.map(runMetadata),
  };
}

/** The status as lines of text. */
export function statusText(
  file: string,
  content: SeenCheckpoint,
  nowMs: number = Date.now(),
): string {
  const status = statusOf(file, content, nowMs);
  const { probesPlanned, probesSettled, repairsLeft } = status;
  const { ledger: counts, lives } = content.state;
  const ledger = ledgerFrom(counts);
  const last = lives.at(-1);
  const how = status.isRunning
    ? `running (${status.phase})`
    : status.isComplete
    ? "complete"
    : `ended: ${last === undefined ? "before it began" : endOf(last)}`;
  const share = (100 * probesSettled / Math.max(1, probesPlanned)).toFixed(1);
  const lines = [
    `Scan: pacemap ${status.arguments.join(" ")}`,
    `State: ${how}; begun ${status.startedAt}, written ${status.writtenAt}`,
    `Settled: ${formatCount(probesSettled)} of ${
      formatCount(probesPlanned)
    } probes (${share}%)${leftText(status)}`,
    ...repairsLeft === 0
      ? []
      : [`To be sent again: ${formatCount(repairsLeft)} probes`],
    `Rate: ${
      status.ratePps === null
        ? "no limit"
        : `${formatCount(Math.round(status.ratePps))} p/s`
    }`,
    countsText(ledger, status),
    ...status.outputs.map(({ format, offsetBytes, path }) =>
      `Output: ${path} (${format}), ${formatCount(offsetBytes)} bytes`
    ),
    ...lives.map((run, index) =>
      `Run ${
        status.isRunning && index === lives.length - 1
          ? runText({ ...run, reason: "running", mostUnrecorded: 0 }, index)
          : runText(run, index)
      }`
    ),
    ...ledgerLines(ledger),
  ];
  return lines.map((line) => `${printable(line)}\n`).join("");
}

function leftText({ secondsLeft }: ScanStatus): string {
  return secondsLeft === null ? "" : `, ${formatTimeLeft(secondsLeft)} left`;
}

function countsText(
  { receive, send }: Ledger,
  { hitRatePercent, rows }: ScanStatus,
): string {
  return `Sent: ${formatCount(send.accepted)}; answers: ${
    formatCount(receive.valid)
  }; successes: ${formatCount(receive.successUnique)} (${
    hitRatePercent.toFixed(2)
  }%); rows: ${formatCount(rows)}`;
}
