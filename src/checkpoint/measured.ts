import type {
  DelayMemory,
  LossEvidence,
  RepairMemory,
  SentStretch,
} from "../loss/mod.ts";
import {
  amountAt,
  amountsOf,
  listAt,
  numberAt,
  objectOf,
  objectsAt,
  textAt,
} from "./_fields.ts";

/** A change of the rate in an earlier run. */
export interface RateChangeMemory {
  /** Seconds of all runs up to it. */
  readonly atS: number;
  readonly ratePps: number;
  readonly cause: string;
  readonly reason: string;
}

/** A time in which the network did not work. */
export interface OutageMemory {
  readonly cause: string;
  readonly text: string;
  /** ISO 8601; the end is empty where it had not ended. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** Positions that were sent again because of it. */
  readonly positions: number;
}

/** What all runs of a scan have found out of the path, for a later one to go on from. */
export interface MeasuredPath {
  /** For each probe to a target, what tells of the loss, in the order of sending. */
  readonly evidence: readonly (readonly LossEvidence[])[];
  /** Null: what is lost is not sent again. */
  readonly repair: RepairMemory | null;
  /** How long answers take. */
  readonly delay: DelayMemory;
  /** Whether the rate that adapts is past its first search; null: none adapts. */
  readonly isRateKnown: boolean | null;
  /** The most often that a target was probed for being lost, the first time included. */
  readonly passes: number;
  /** Time in which there was something to send, in seconds. */
  readonly busySeconds: number;
  /** Packets by which the busiest window exceeded what it may have. */
  readonly windowExcess: number;
  /** The latest changes of the rate, and outages. */
  readonly changes: readonly RateChangeMemory[];
  readonly outages: readonly OutageMemory[];
}

/** What is known before anything was sent. */
export const NOTHING_MEASURED: MeasuredPath = {
  evidence: [],
  repair: null,
  delay: { before: [], after: [], known: 0 },
  isRateKnown: null,
  passes: 1,
  busySeconds: 0,
  windowExcess: 0,
  changes: [],
  outages: [],
};

/** Pieces of evidence of all probes together, stretches that are sent again, changes and outages at most. */
export const MOST_EVIDENCE = 512;
export const MOST_STRETCHES = 2048;
export const MOST_CHANGES = 100;
export const MOST_OUTAGES = 50;
/** Characters of the text of a change or an outage at most. */
const MOST_TEXT = 200;

/** As plain data for JSON, in few characters; the oldest changes and outages are left out. */
export function encodeMeasured(measured: MeasuredPath): unknown {
  const { changes, evidence, outages, repair, ...rest } = measured;
  const share = Math.max(1, Math.floor(MOST_EVIDENCE / evidence.length));
  return {
    ...rest,
    changes: changes.slice(-MOST_CHANGES).map((one) => ({
      ...one,
      reason: one.reason.slice(0, MOST_TEXT),
    })),
    outages: outages.slice(-MOST_OUTAGES).map((one) => ({
      ...one,
      text: one.text.slice(0, MOST_TEXT),
    })),
    evidence: evidence.slice(0, MOST_EVIDENCE).map((list) =>
      list.slice(-share).map((one) => [
        one.packets,
        one.counted,
        one.answers,
        one.tried,
        one.silent,
      ])
    ),
    repair: repair === null ? null : {
      ...repair,
      stretches: repair.stretches.slice(0, MOST_STRETCHES).map((one) => [
        one.first,
        one.end,
        one.passes,
        Number(one.residual.toPrecision(6)),
        Number(one.isKnown),
      ]),
    },
  };
}

/**
 * Reads what `encodeMeasured` has made.
 *
 * @throws {SyntaxError} when something is missing in it
 */
export function decodeMeasured(value: unknown): MeasuredPath {
  const fields = objectOf(value, "measured");
  const delay = objectOf(fields["delay"], "delay");
  const name = "before and after";
  const before = amountsOf(delay["before"], { name });
  const length = before.length;
  return {
    evidence: listAt(fields, "evidence").map((list) => {
      if (!Array.isArray(list)) throw new SyntaxError("Evidence is no list");
      return list.map(readEvidence);
    }),
    repair: fields["repair"] === null ? null : readRepair(fields["repair"]),
    delay: {
      before,
      after: amountsOf(delay["after"], { name, length }),
      known: numberAt(delay, "known"),
    },
    isRateKnown: typeof fields["isRateKnown"] === "boolean"
      ? fields["isRateKnown"]
      : null,
    passes: numberAt(fields, "passes"),
    busySeconds: amountAt(fields, "busySeconds") ?? 0,
    windowExcess: amountAt(fields, "windowExcess") ?? 0,
    changes: objectsAt(fields, "changes").map((change) => ({
      atS: amountAt(change, "atS") ?? 0,
      ratePps: amountAt(change, "ratePps") ?? 0,
      cause: textAt(change, "cause"),
      reason: textAt(change, "reason"),
    })),
    outages: objectsAt(fields, "outages").map((outage) => ({
      cause: textAt(outage, "cause"),
      text: textAt(outage, "text"),
      startedAt: textAt(outage, "startedAt"),
      endedAt: textAt(outage, "endedAt"),
      positions: numberAt(outage, "positions"),
    })),
  };
}

function readEvidence(value: unknown): LossEvidence {
  const list = amountsOf(value, { name: "evidence", length: 5 });
  const [packets, counted, answers, tried, silent] = list as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { packets, counted, answers, tried, silent };
}

function readRepair(value: unknown): RepairMemory {
  const repair = objectOf(value, "repair");
  let last = 0;
  return {
    settledPositions: amountAt(repair, "settledPositions") ?? 0,
    settledLoss: amountAt(repair, "settledLoss") ?? 0,
    unknownPositions: amountAt(repair, "unknownPositions") ?? 0,
    stretches: listAt(repair, "stretches").map((one): SentStretch => {
      const list = amountsOf(one, { name: "stretches", length: 5 });
      const [first, end, passes, residual, isKnown] = list as [
        number,
        number,
        number,
        number,
        number,
      ];
      if (first < last || end <= first) {
        throw new SyntaxError("Stretches are not in order");
      }
      last = end;
      return { first, end, passes, residual, isKnown: isKnown !== 0 };
    }),
  };
}
