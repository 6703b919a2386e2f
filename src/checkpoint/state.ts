import type { PositionRange } from "../loss/mod.ts";
import {
  amountAt,
  countsAt,
  type Fields,
  isGiven,
  listAt,
  numberAt,
  objectOf,
  objectsAt,
  textAt,
  textsAt,
} from "./_fields.ts";
import {
  decodeMeasured,
  encodeMeasured,
  type MeasuredPath,
} from "./measured.ts";
import { coarsen } from "./range_set.ts";
import type { RepairRanges, UnsettledWork } from "./work_account.ts";

/** How earlier runs ended that are told of as one. */
export const JOINED_RUNS = "several runs, told of as one";

/** What a scan is doing. */
export const CHECKPOINT_PHASES = ["sending", "cooldown", "done"] as const;
/** One of `CHECKPOINT_PHASES`. */
export type CheckpointPhase = (typeof CHECKPOINT_PHASES)[number];

/** Begins the reason of a run that has ended at a limit of the user's: it has done what it was to. */
export const LIMIT_REACHED = "limit reached: ";
/** How a run ended that had no time to tell. */
const KILLED = "killed, or the machine stopped";

/** How a run that is over has ended, for people. */
export function endOf({ reason }: Pick<CheckpointLife, "reason">): string {
  return reason === "" ? KILLED : reason;
}

/** A file of results, as far as it is known. */
export interface CheckpointOutput {
  /** As `--output-file` names it; "-" for standard output, which cannot be continued. */
  readonly path: string;
  readonly format: string;
  /** Bytes that are on disk, all of them whole rows. What stands behind them is written again. */
  readonly offsetBytes: number;
  /** SHA-256 of these bytes, in hexadecimal; null: not known. */
  readonly digest: string | null;
  /** User to whom the file belongs; null: not known. */
  readonly owner: number | null;
}

/** One run of the program for this scan. */
export interface CheckpointLife {
  /** ISO 8601. */
  readonly startedAt: string;
  /** When it ended; of one that had no time to tell, when its last checkpoint was written. */
  readonly endedAt: string;
  /** Why it ended; empty while it runs, and where it had no time to tell. */
  readonly reason: string;
  /** Options given to `pacemap resume`. */
  readonly args: readonly string[];
  /** Time in which it sent, and in which it ran in all, the wait for late answers included. */
  readonly sendSeconds: number;
  readonly seconds: number;
  /** Packets that the kernel took, and responses written. */
  readonly packets: number;
  readonly rows: number;
  /** Packets that it may have sent at most after this was written: none of them is in any figure. */
  readonly mostUnrecorded: number;
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
  /** Time until the scan ends, in seconds, as far as is known; null: it is not, or nothing is under way. */
  readonly secondsLeft: number | null;
  readonly outputs: readonly CheckpointOutput[];
  /** The one that is running, or ran last, is the last of them. */
  readonly lives: readonly CheckpointLife[];
  /** The ledger of all runs together: its counts by name. */
  readonly ledger: Readonly<Record<string, number>>;
  /** What all runs together have measured. */
  readonly measured: MeasuredPath;
}

/** Ranges that a state holds at most: with 32 characters each they fill half of a slot. */
export const MOST_RANGES: number = 1 << 14;
/** Characters of the options of one life at most, each with a blank behind it. */
export const MOST_LIFE_ARGS = 2000;
/** Lives that are kept apart: older ones are added up. */
export const MOST_LIVES = 100;

/**
 * The text of a state in its slot: never too long for it. Where the ranges are too many, small gaps between them are
 * closed, which sends a little more again; the oldest lives become one.
 */
export function encodeState(state: CheckpointState): Uint8Array<ArrayBuffer> {
  const { lives, measured, work, ...rest } = state;
  const { planned, repairs, touched = [] } = work;
  const share = Math.floor(MOST_RANGES / (planned.length + repairs.length + 2));
  const pairs = (ranges: readonly PositionRange[]): readonly number[][] =>
    coarsen(ranges, Math.max(1, share)).map(({ end, first }) => [first, end]);
  // Gaps that are closed in what is to be sent were sent: one range holds them all.
  const isExact = (planned[0]?.length ?? 0) <= share;
  const text = JSON.stringify({
    ...rest,
    lives: joinLives(lives),
    measured: encodeMeasured(measured),
    planned: planned.map(pairs),
    touched: isExact ? pairs(touched) : pairs(coarsen(touched, 1)),
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
      touched: readRanges(state["touched"]),
      repairs: objectsAt(state, "repairs").map(readRepair),
    },
    journalEntries: numberAt(state, "journalEntries"),
    rows: numberAt(state, "rows"),
    ratePps: amountAt(state, "ratePps"),
    secondsLeft: amountAt(state, "secondsLeft"),
    outputs: objectsAt(state, "outputs").map((output) => ({
      path: textAt(output, "path"),
      format: textAt(output, "format"),
      offsetBytes: numberAt(output, "offsetBytes"),
      digest: isGiven(output, "digest") ? textAt(output, "digest") : null,
      owner: isGiven(output, "owner") ? numberAt(output, "owner") : null,
    })),
    lives: objectsAt(state, "lives").map(readLife),
    ledger: countsAt(state, "ledger"),
    measured: decodeMeasured(state["measured"]),
  };
}

function joinLives(
  lives: readonly CheckpointLife[],
): readonly CheckpointLife[] {
  const surplus = lives.length - MOST_LIVES;
  if (surplus <= 0) return lives;
  const old = lives.slice(0, surplus + 1);
  const sum = (read: (life: CheckpointLife) => number): number =>
    old.reduce((total, life) => total + read(life), 0);
  const joined = {
    ...old[0]!,
    endedAt: old.at(-1)!.endedAt,
    reason: JOINED_RUNS,
    sendSeconds: sum(({ sendSeconds }) => sendSeconds),
    seconds: sum(({ seconds }) => seconds),
    packets: sum(({ packets }) => packets),
    rows: sum(({ rows }) => rows),
    mostUnrecorded: sum(({ mostUnrecorded }) => mostUnrecorded),
  };
  return [joined, ...lives.slice(surplus + 1)];
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
  return {
    startedAt: textAt(life, "startedAt"),
    endedAt: textAt(life, "endedAt"),
    reason: textAt(life, "reason"),
    args: textsAt(life, "args"),
    sendSeconds: amountAt(life, "sendSeconds") ?? 0,
    seconds: amountAt(life, "seconds") ?? 0,
    packets: numberAt(life, "packets"),
    rows: numberAt(life, "rows"),
    mostUnrecorded: numberAt(life, "mostUnrecorded"),
  };
}
