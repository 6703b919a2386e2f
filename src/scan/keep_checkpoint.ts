import { RECEIVE } from "../shm/mod.ts";
import type { CheckpointFacts, Checkpoints } from "./checkpoints.ts";
import type { ScanParts } from "./scan_parts.ts";
import type { Stop } from "./stop_rules.ts";

/** Where a scan is. */
export type CheckpointMoment = Pick<CheckpointFacts, "phase" | "sendSeconds">;

/** Takes the responses that wait, and keeps the checkpoint, if there is one; returns their number. */
export function collectAndKeep(
  parts: ScanParts,
  moment: () => CheckpointMoment,
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
    moment,
    facts: () => factsAt(parts, moment()),
    flush: () => collector.flush(),
  });
  return responses;
}

/**
 * Writes the last checkpoint, while the files are still open, and says how to go on; resolves to whether one is left.
 * Null: none is kept.
 */
export function finishCheckpoint(
  parts: ScanParts,
  moment: CheckpointMoment,
  stop: Stop | null,
): Promise<boolean> | null {
  const { checkpoints = null } = parts;
  return checkpoints === null
    ? null
    : finishWith(checkpoints, { moment, parts, stop });
}

async function finishWith(
  checkpoints: Checkpoints,
  { moment, parts, stop }: {
    readonly parts: ScanParts;
    readonly moment: CheckpointMoment;
    readonly stop: Stop | null;
  },
): Promise<boolean> {
  const { config, logger } = parts;
  const isLeft = await checkpoints.finish(factsAt(parts, moment), {
    isComplete: stop === null,
    reason: stop?.reason ?? "completed",
  });
  if (!isLeft) return false;
  const path = config.checkpoint?.path ?? "";
  logger.info('To go on from here: pacemap resume "{path}"', { path });
  return true;
}

function factsAt(
  { collector, controller, reporter }: ScanParts,
  moment: CheckpointMoment,
): CheckpointFacts {
  return {
    ...moment,
    ratePps: controller.ratePps,
    rows: collector.allRows,
    ledger: reporter.ledger(0),
    repairs: controller.wantedRepairs(),
  };
}
