import {
  type MeasuredPath,
  NOTHING_MEASURED,
  type RepairRanges,
  type UnsettledWork,
  without,
} from "../checkpoint/mod.ts";
import type { PositionRange, RepairBefore } from "../loss/mod.ts";
import { allChanges } from "./path_report.ts";

/** What earlier runs of a scan have done. */
export interface PathBefore {
  readonly measured: MeasuredPath;
  /** Positions sent, of all passes. */
  readonly done: number;
  /** Packets that the kernel took. */
  readonly packets: number;
  /** Time that they took, in seconds. */
  readonly seconds: number;
}

/** What a scan controller hands on to a later run; the rest of `MeasuredPath` others know. */
export type ControllerMemory = Omit<MeasuredPath, "outages" | "windowExcess">;

/** What the repair plan of a run goes on from; where earlier runs had none, nothing is known of what they have sent. */
export function repairBefore(
  { done, measured: { repair } }: PathBefore,
  rest: UnsettledWork | null = null,
): RepairBefore {
  return {
    memory: repair ?? {
      settledPositions: 0,
      settledLoss: 0,
      unknownPositions: done,
      stretches: [],
    },
    unsent: rest?.planned[0] ?? [],
    sentAgain: passesOf(rest?.repairs ?? []),
  };
}

/** What a run itself has found out, for a later one; null: nothing. */
export interface PathOfRun extends
  Pick<
    MeasuredPath,
    "busySeconds" | "changes" | "isRateKnown" | "passes" | "repair"
  > {
  readonly meter: Pick<MeasuredPath, "delay" | "evidence"> | null;
}

/** What all runs have found out together: what counts both is the measure of the run, which went on from `before`. */
export function pathMemory(
  before: PathBefore | null,
  { busySeconds, changes, isRateKnown, meter, passes, repair }: PathOfRun,
): ControllerMemory {
  const measured = before?.measured ?? NOTHING_MEASURED;
  const secondsBefore = before?.seconds ?? 0;
  return {
    ...meter ?? measured,
    repair: repair ?? measured.repair,
    isRateKnown,
    passes: Math.max(passes, measured.passes),
    busySeconds: busySeconds + measured.busySeconds,
    changes: allChanges({ before: measured, changes, secondsBefore }),
  };
}

/** Ranges in order, none twice: what is sent in two passes counts for the earlier one. */
function passesOf(repairs: readonly RepairRanges[]): RepairBefore["sentAgain"] {
  const known: PositionRange[] = [];
  const all = repairs.toSorted((a, b) => a.pass - b.pass).flatMap(
    ({ pass, ranges }) => {
      const parts = without(ranges, known).map((range) => ({ ...range, pass }));
      known.push(...ranges);
      return parts;
    },
  );
  return all.sort((a, b) => a.first - b.first);
}
