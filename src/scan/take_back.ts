import type { RepairPlan } from "../loss/mod.ts";
import type { LossMeter } from "./loss_meter.ts";
import type { ScanWork } from "./work_source.ts";

/** What keeps account of what was sent. */
export interface TakeBackParts {
  readonly meter: LossMeter;
  /** Null: what is lost on the way is not sent again. */
  readonly repair: RepairPlan | null;
  readonly work: Pick<ScanWork, "again">;
}

/** Since when what was sent went nowhere. */
export interface TakeBackTime {
  /** Null: since answers have stopped. */
  readonly sinceS: number | null;
  /** The latest that it can have begun. */
  readonly latestS: number;
  /** How many gateways there are, of which one may be concerned. */
  readonly gateways: number;
  /** Packets that the machine itself has lost so far. */
  readonly localLosses: number;
}

/**
 * Makes what was sent since then count as not sent: it tells nothing of the loss, and goes to the end of the work.
 * Returns the number of probes. To be called when the slice under way was closed.
 */
export function takeBack(
  { meter, repair, work }: TakeBackParts,
  { gateways, latestS, localLosses, sinceS }: TakeBackTime,
): number {
  const fromS = sinceS ?? meter.deadSinceS(gateways) ?? latestS;
  const slices = meter.takeBack(Math.min(fromS, latestS), localLosses);
  let count = 0;
  for (const { id, packets, pass, probeNumber, ranges } of slices) {
    count += packets;
    // What the repair plan has sent before, it sends again by itself.
    const unsent = repair?.takeBack(id) ?? ranges;
    for (const range of unsent) {
      work.again({ ...range, pass: Math.max(1, pass), probeNumber });
    }
  }
  return count;
}
