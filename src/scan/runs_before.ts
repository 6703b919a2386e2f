import {
  type CheckpointLife,
  type CheckpointState,
  type MeasuredPath,
  NOTHING_MEASURED,
} from "../checkpoint/mod.ts";
import { countPositions } from "../loss/mod.ts";
import { EMPTY_LEDGER, type Ledger, ledgerFrom } from "../monitor/mod.ts";

/** What the earlier runs of a scan have done together; none of it is done by this run. */
export interface RunsBefore {
  readonly lives: readonly CheckpointLife[];
  readonly ledger: Ledger;
  readonly measured: MeasuredPath;
  /** Time in which they sent, and in which they ran in all, in seconds. */
  readonly sendSeconds: number;
  readonly seconds: number;
  /** Responses that they wrote. */
  readonly rows: number;
  /** Targets that still need the first probe; null: all do. */
  readonly targetsLeft: number | null;
  /** Positions that they have sent, of all passes. */
  readonly done: number;
}

/** There was no earlier run. */
export const NO_RUNS: RunsBefore = {
  lives: [],
  ledger: EMPTY_LEDGER,
  measured: NOTHING_MEASURED,
  sendSeconds: 0,
  seconds: 0,
  rows: 0,
  targetsLeft: null,
  done: 0,
};

/** What the runs up to a checkpoint have done. */
export function runsUpTo(
  { ledger: counts, lives, measured, rows, work }: CheckpointState,
): RunsBefore {
  const ledger = ledgerFrom(counts);
  const { abandoned, accepted, aliases, followUps, noNeighbour } = ledger.send;
  return {
    lives,
    ledger,
    measured,
    sendSeconds: lives.reduce((sum, life) => sum + life.sendSeconds, 0),
    seconds: lives.reduce((sum, life) => sum + life.seconds, 0),
    rows,
    targetsLeft: countPositions(work.planned[0] ?? []),
    done: Math.max(
      0,
      accepted + abandoned + noNeighbour - followUps - aliases,
    ),
  };
}
