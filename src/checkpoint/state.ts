import type { PositionRange } from "../loss/mod.ts";
import {
  amountAt,
  type Fields,
  listAt,
  numberAt,
  objectOf,
  objectsAt,
  textAt,
  textsAt,
} from "./_fields.ts";
import { coarsen } from "./range_set.ts";
import type { RepairRanges, UnsettledWork } from "./work_account.ts";

/** What a scan is doing. */
export const CHECKPOINT_PHASES = ["sending", "cooldown", "done"] as const;
/** One of `CHECKPOINT_PHASES`. */
export type CheckpointPhase = (typeof CHECKPOINT_PHASES)[number];

/** A file of results, as far as it is known. */
export interface CheckpointOutput {
  /** As `--output-file` names it; "-" for standard output, which cannot be continued. */
  readonly path: string;
  readonly format: string;
  /** Bytes that are on disk, all of them whole rows. What stands behind them is written again. */
  readonly offsetBytes: number;
  /**
   * Numbers that the format needs to go on behind these bytes.
   *
   * @default {[]}
   */
  readonly memory?: readonly number[];
}

/** One run of the program for this scan. */
export interface CheckpointLife {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** Why it ended; empty while it runs, and where it had no time to tell. */
  readonly reason: string;
  /** Options given to `pacemap resume`. */
  readonly args: readonly string[];
  readonly sendSeconds: number;
  /** Its counts, by name: `sent`, `successUnique` and so on. */
  readonly totals: Readonly<Record<string, number>>;
}

/** All that changes while a scan runs. */
export interface CheckpointState {
  readonly phase: CheckpointPhase;
  /** ISO 8601. */
  readonly writtenAt: string;
  readonly work: UnsettledWork;
  /** Entries of the journal that belong to this state. */
  readonly journalEntries: number;
  /** Responses written, counted once whatever the number of outputs. */
  readonly rows: number;
  /** Packets per second; null: no limit. */
  readonly ratePps: number | null;
  readonly outputs: readonly CheckpointOutput[];
  /** The one that is running, or ran last, is the last of them. */
  readonly lives: readonly CheckpointLife[];
}

/** Ranges that a state holds at most: with 32 characters each they fill half of a slot. */
export const MOST_RANGES: number = 1 << 14;
/** Characters of the options of one life at most, each with a blank behind it. */
export const MOST_LIFE_ARGS = 2000;
/** Lives whose counts are kept apart: older ones are added up. */
export const MOST_LIVES = 100;

/**
 * The text of a state in its slot: never too long for it. Where the ranges are too many, small gaps between them are
 * closed, which sends a little more again; the oldest lives become one.
 */
export function encodeState(state: CheckpointState): Uint8Array<ArrayBuffer> {
  const { lives, work, ...rest } = state;
  const { planned, repairs } = work;
  const share = Math.floor(MOST_RANGES / (planned.length + repairs.length + 1));
  const pairs = (ranges: readonly PositionRange[]): readonly number[][] =>
    coarsen(ranges, Math.max(1, share)).map(({ end, first }) => [first, end]);
  const text = JSON.stringify({
    ...rest,
    lives: joinLives(lives),
    planned: planned.map(pairs),
    repairs: repairs.map(({ pass, ranges }) => ({
      pass,
      ranges: pairs(ranges),
    })),
  });
  return new TextEncoder().encode(`${text}\n`);
}

/**
 * Reads the text of a state.
 *
 * @throws {SyntaxError} when something is missing in it
 */
export function decodeState(bytes: Uint8Array): CheckpointState {
  const state = objectOf(JSON.parse(new TextDecoder().decode(bytes)), "state");
  const phase = CHECKPOINT_PHASES.find((one) => one === textAt(state, "phase"));
  if (phase === undefined) throw new SyntaxError('"phase" is unknown');
  return {
    phase,
    writtenAt: textAt(state, "writtenAt"),
    work: {
      planned: listAt(state, "planned").map(readRanges),
      repairs: objectsAt(state, "repairs").map(readRepair),
    },
    journalEntries: numberAt(state, "journalEntries"),
    rows: numberAt(state, "rows"),
    ratePps: amountAt(state, "ratePps"),
    outputs: objectsAt(state, "outputs").map((output) => ({
      path: textAt(output, "path"),
      format: textAt(output, "format"),
      offsetBytes: numberAt(output, "offsetBytes"),
      ...readMemory(output["memory"]),
    })),
    lives: objectsAt(state, "lives").map(readLife),
  };
}

/** Counts of several lives, added up. */
export function sumTotals(
  lives: readonly Pick<CheckpointLife, "totals">[],
): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { totals } of lives) {
    for (const [name, count] of Object.entries(totals)) {
      sums[name] = (sums[name] ?? 0) + count;
    }
  }
  return sums;
}

function joinLives(
  lives: readonly CheckpointLife[],
): readonly CheckpointLife[] {
  const surplus = lives.length - MOST_LIVES;
  if (surplus <= 0) return lives;
  const old = lives.slice(0, surplus + 1);
  const joined = {
    ...old[0]!,
    endedAt: old.at(-1)!.endedAt,
    reason: `${old.length} runs`,
    sendSeconds: old.reduce((sum, { sendSeconds }) => sum + sendSeconds, 0),
    totals: sumTotals(old),
  };
  return [joined, ...lives.slice(surplus + 1)];
}

function readMemory(
  value: unknown,
): Pick<CheckpointOutput, "memory"> {
  if (value === undefined) return {};
  if (Array.isArray(value) && value.every(Number.isFinite)) {
    return { memory: value };
  }
  throw new SyntaxError('"memory" is no list of numbers');
}

function readRanges(value: unknown): readonly PositionRange[] {
  if (!Array.isArray(value)) throw new SyntaxError("Ranges are not a list");
  let last = -1;
  return value.map((pair: unknown) => {
    const [first, end] = Array.isArray(pair) ? pair : [];
    const isRange = Number.isSafeInteger(first) && Number.isSafeInteger(end) &&
      first > last && end > first;
    if (!isRange) throw new SyntaxError("Ranges are not in order");
    last = end;
    return { first, end };
  });
}

function readRepair(repair: Fields): RepairRanges {
  const pass = numberAt(repair, "pass");
  return { pass, ranges: readRanges(repair["ranges"]) };
}

function readLife(life: Fields): CheckpointLife {
  const totals = objectOf(life["totals"], "totals");
  return {
    startedAt: textAt(life, "startedAt"),
    endedAt: textAt(life, "endedAt"),
    reason: textAt(life, "reason"),
    args: textsAt(life, "args"),
    sendSeconds: amountAt(life, "sendSeconds") ?? 0,
    totals: Object.fromEntries(
      Object.keys(totals).map((name) => [name, numberAt(totals, name)]),
    ),
  };
}
