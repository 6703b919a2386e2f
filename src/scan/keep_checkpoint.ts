import { LIMIT_REACHED } from "../checkpoint/mod.ts";
import { windowExcess } from "../send/mod.ts";
import { RECEIVE } from "../shm/mod.ts";
import type { CheckpointFacts } from "./checkpoints.ts";
import { outageMemories } from "./outage_reports.ts";
import type { ScanParts } from "./scan_parts.ts";
import type { Stop } from "./stop_rules.ts";

/** Where a scan is, in this run. */
export type ScanMoment = Pick<
  CheckpointFacts,
  "phase" | "seconds" | "secondsLeft" | "sendSeconds"
>;

/**
 * Takes the responses that wait, and keeps the checkpoint, if there is one; returns their number.
 *
 * @param moment is called when a checkpoint is due: it works out more than can be done in each step
 */
export function collectAndKeep(
  parts: ScanParts,
  phase: ScanMoment["phase"],
  moment: () => ScanMoment,
): number {
  const { checkpoints = null, clock, collector, controller } = parts;
  if (checkpoints === null) return collector.collect();
  const { memory, outages } = parts;
  const nowS = clock.nowS();
  const caughtUp = memory.receiver.counters[RECEIVE.caughtUp]!;
  checkpoints.look(nowS, caughtUp, controller.doneBySender);
  const responses = collector.collect();
  // What went nowhere is not settled, and whether it did is not known yet.
  const isDoubtful = outages.isHeld || outages.isSuspected;
  if (collector.isDrained && !isDoubtful) checkpoints.collected();
  checkpoints.update(nowS, {
    moment: () => ({
      phase,
      given: controller.given,
      ratePps: controller.ratePps,
    }),
    facts: () => factsAt(parts, moment()),
    flush: () => collector.flush(),
  });
  controller.horizon = checkpoints.horizon;
  return responses;
}

/** Writes the last checkpoint, while the files are still open, and before their footers. Null: none is kept. */
export function finishCheckpoint(
  parts: ScanParts,
  moment: ScanMoment,
  stop: Stop | null,
): Promise<void> | null {
  const { checkpoints = null } = parts;
  return checkpoints === null
    ? null
    : checkpoints.finish(factsAt(parts, moment), {
      isComplete: stop === null,
      reason: endReason(stop),
    });
}

/** What a checkpoint says of why its last run has ended. */
function endReason(stop: Stop | null): string {
  if (stop === null) return "completed";
  return stop.kind === "limit" ? `${LIMIT_REACHED}${stop.reason}` : stop.reason;
}

/**
 * Lets go of the checkpoint, once the files are closed: removes that of a scan that is complete, else says how to go on.
 *
 * @param fault why rows or metadata are not on the disk: a scan that goes on writes them
 * @returns whether it is left
 */
export async function releaseCheckpoint(
  { checkpoints = null, config, logger }: Pick<
    ScanParts,
    "checkpoints" | "config" | "logger"
  >,
  stop: Stop | null,
  fault: string | null,
): Promise<boolean> {
  if (checkpoints === null) return false;
  if (stop === null && fault === null) {
    await checkpoints.remove();
    return false;
  }
  if (fault !== null && stop === null) await checkpoints.fail(fault);
  const path = config.checkpoint?.path ?? "";
  logger.info('To go on from here: pacemap resume "{path}"', { path });
  return true;
}

function factsAt(parts: ScanParts, moment: ScanMoment): CheckpointFacts {
  const { collector, controller, memory, reporter } = parts;
  return {
    ...moment,
    ratePps: controller.ratePps,
    rows: collector.allRows,
    ledger: reporter.ledger(0),
    noted: collector.noted,
    given: controller.given,
    done: controller.done,
    repairs: controller.wantedRepairs(),
    measured: (work) => ({
      ...controller.memory(work),
      windowExcess: Math.max(
        windowExcess(memory.bucket),
        parts.before?.measured.windowExcess ?? 0,
      ),
      outages: outageMemories(parts),
    }),
  };
}
