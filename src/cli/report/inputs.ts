import { ConfigError } from "../../base/mod.ts";
import { endOf, MAGIC, readCheckpoint } from "../../checkpoint/mod.ts";
import { countPositions } from "../../loss/mod.ts";
import { ledgerFrom } from "../../monitor/mod.ts";
import type { Facts } from "../../report/mod.ts";
import { ledgerMetadata, runMetadata } from "../../scan/mod.ts";
import { linesOf } from "./table_lines.ts";

/** What a file that a scan has left is. */
export type InputKind = "checkpoint" | "metadata" | "status" | "results";

/** The files of one scan, by what they are. */
export type Inputs = Partial<Readonly<Record<InputKind, string>>>;

/** The column that status files begin with, and results do not have. */
const STATUS_COLUMN = "real-time";
/** Keys that metadata have, and rows do not. */
const METADATA_KEYS = ["exit_reason", "packets_sent", "ledger"];

/**
 * Sorts files by what is in them, whatever their order and their names.
 *
 * @throws {ConfigError} when one cannot be read, or two are the same
 */
export async function sortInputs(paths: readonly string[]): Promise<Inputs> {
  const inputs: Partial<Record<InputKind, string>> = {};
  for (const path of paths) {
    const kind = await kindOf(path);
    const other = inputs[kind];
    if (other !== undefined) {
      throw new ConfigError(
        path,
        `It is the ${kind} of a scan, as is ${other}`,
        "Name one file of each kind: metadata, status, results; for two scans see --compare",
      );
    }
    inputs[kind] = path;
  }
  return inputs;
}

/** What a file is, by its first line. */
export async function kindOf(path: string): Promise<InputKind> {
  let first = "";
  for await (const line of linesOf(path)) {
    first = line;
    break;
  }
  if (first.startsWith(MAGIC)) return "checkpoint";
  if (first.startsWith(STATUS_COLUMN)) return "status";
  const facts = first.startsWith("{") ? parsed(first) : null;
  if (facts === null) return "results";
  if (STATUS_COLUMN in facts) return "status";
  return METADATA_KEYS.some((key) => key in facts) ? "metadata" : "results";
}

/**
 * The metadata that a file has.
 *
 * @throws {ConfigError} when it has none
 */
export async function readMetadata(path: string): Promise<Facts> {
  for await (const line of linesOf(path)) {
    const facts = parsed(line);
    if (facts !== null) return facts;
    break;
  }
  throw new ConfigError(
    path,
    "It has no metadata",
    "Name what --metadata-file has written",
  );
}

/** A checkpoint in the form of metadata, and the options of its scan. */
export async function readCheckpointFacts(
  path: string,
): Promise<{ readonly metadata: Facts; readonly args: readonly string[] }> {
  const { isInUse, job, state } = await readCheckpoint(path);
  const ledger = ledgerFrom(state.ledger);
  const last = state.lives.at(-1);
  const metadata = {
    version: job.program,
    exit_reason: state.phase === "done"
      ? "completed"
      : isInUse
      ? null
      : last === undefined
      ? "ended before it began"
      : endOf(last),
    send_start_time: job.startedAt,
    recv_end_time: state.writtenAt,
    targets_planned: job.targetCount,
    targets_scanned: job.targetCount -
      countPositions(state.work.planned[0] ?? []),
    packets_sent: ledger.send.accepted + ledger.send.abandoned,
    success_total: ledger.receive.success,
    success_unique: ledger.receive.successUnique,
    repeat_total: ledger.receive.repeats,
    output_results: state.rows,
    rate: state.ratePps ?? 0,
    loss: {
      path: null,
      path_reason: "a checkpoint does not tell it",
      unknown_share: 1,
      places: ledger.places,
    },
    ledger: ledgerMetadata(ledger),
    runs: state.lives.map(runMetadata),
  };
  return { metadata, args: job.args };
}

function parsed(line: string): Facts | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? value as Facts
      : null;
  } catch {
    return null;
  }
}
