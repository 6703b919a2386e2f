import { ConfigError, escapeUnsafe, formatCount } from "../base/mod.ts";
import {
  type CheckpointContent,
  readCheckpoint,
  sumTotals,
} from "../checkpoint/mod.ts";
import { countPositions } from "../loss/mod.ts";
import type { ProgramSignals } from "../signals/mod.ts";
import { newestCheckpoint } from "./resume.ts";
import { EXIT_CODE, printable, printOut } from "./terminal.ts";

const JSON_FLAG = "--json";

/** Text of `pacemap status --help`. */
export const STATUS_HELP: string = `Usage: pacemap status [FILE] [--json]

Shows how far a scan is, running or not. FILE is its checkpoint, OUTPUT.pacemap;
without one, the newest in this directory.

  --json  print one JSON object instead of lines of text
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
  readonly rows: number;
  readonly ratePps: number | null;
  readonly outputs: CheckpointContent["state"]["outputs"];
  /** Counts of all runs together. */
  readonly totals: Readonly<Record<string, number>>;
  readonly runs: CheckpointContent["state"]["lives"];
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
  const found = statusOf(file, content);
  printOut(
    args.includes(JSON_FLAG)
      ? `${escapeUnsafe(JSON.stringify(found))}\n`
      : statusText(found),
  );
  return EXIT_CODE.done;
}

/** What a checkpoint says of its scan. */
export function statusOf(
  file: string,
  { isInUse, job, state }: CheckpointContent & { readonly isInUse: boolean },
): ScanStatus {
  const { planned, repairs } = state.work;
  const probesPlanned = job.targetCount * job.probesPerTarget;
  const left = planned.reduce((sum, ranges) => sum + countPositions(ranges), 0);
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
    rows: state.rows,
    ratePps: state.ratePps,
    outputs: state.outputs,
    totals: sumTotals(state.lives),
    runs: state.lives,
  };
}

/** The status as lines of text. */
export function statusText(status: ScanStatus): string {
  const { probesPlanned, probesSettled, repairsLeft, runs, totals } = status;
  const last = runs.at(-1);
  const how = status.isRunning
    ? `running (${status.phase})`
    : status.isComplete
    ? "complete"
    : `ended: ${last?.reason || "killed, or the machine stopped"}`;
  const share = (100 * probesSettled / Math.max(1, probesPlanned)).toFixed(1);
  const lines = [
    `Scan: pacemap ${status.arguments.join(" ")}`,
    `State: ${how}; begun ${status.startedAt}, written ${status.writtenAt}`,
    `Settled: ${formatCount(probesSettled)} of ${
      formatCount(probesPlanned)
    } probes (${share}%)`,
    ...repairsLeft === 0 ? [] : [
      `To be sent again, as too many were lost: ${formatCount(repairsLeft)}`,
    ],
    `Rate: ${
      status.ratePps === null
        ? "no limit"
        : `${formatCount(Math.round(status.ratePps))} p/s`
    }`,
    `Sent: ${formatCount(totals["send.accepted"] ?? 0)}; answers: ${
      formatCount(totals["receive.valid"] ?? 0)
    }; successes: ${formatCount(totals["receive.successUnique"] ?? 0)}; rows: ${
      formatCount(status.rows)
    }`,
    ...status.outputs.map(({ format, offsetBytes, path }) =>
      `Output: ${path} (${format}), ${formatCount(offsetBytes)} bytes`
    ),
    ...runs.map(({ args, endedAt, reason, sendSeconds, startedAt }, index) =>
      `Run ${index + 1}: ${startedAt} to ${endedAt}, ${
        sendSeconds.toFixed(1)
      } s of sending${args.length === 0 ? "" : ` with ${args.join(" ")}`}${
        reason === "" ? "" : `, ended: ${reason}`
      }`
    ),
  ];
  return lines.map((line) => `${printable(line)}\n`).join("");
}
