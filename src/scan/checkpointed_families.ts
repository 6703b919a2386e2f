import type { Logger } from "@logtape/logtape";
import { PreflightError } from "../base/mod.ts";
import type { CheckpointContent } from "../checkpoint/mod.ts";
import type { ScanConfig } from "./config.ts";
import { onlyFamily, scannedFamilies } from "./scan_targets.ts";

/**
 * The scan that a checkpoint goes on with: positions are those of the families that could be reached when it began.
 *
 * @param resumed null: a new scan begins
 */
export function likeCheckpoint(
  config: ScanConfig,
  resumed: Pick<CheckpointContent, "job"> | null,
): ScanConfig {
  const { targets } = config;
  if (resumed === null || scannedFamilies(targets) !== "both") return config;
  const { families } = resumed.job;
  if (families === "both") return config;
  const family = families === "ipv4" ? 4 : 6;
  return { ...config, targets: onlyFamily(targets, family) };
}

/**
 * Says in the checkpoint of a new scan which families it is of, where this machine lacks one that has targets.
 *
 * @throws {PreflightError} when a scan that is to go on has targets that cannot be reached here
 */
export function withCheckpoint(
  config: ScanConfig,
  { isResumed, logger }: {
    readonly isResumed: boolean;
    readonly logger: Logger;
  },
): ScanConfig {
  const { checkpoint, targets } = config;
  const families = scannedFamilies(targets);
  if (checkpoint === null || checkpoint.job.families === families) {
    return config;
  }
  if (isResumed) {
    throw new PreflightError(
      "route",
      "The scan has targets of both families, and this machine can reach one",
      "Resume it where both can be reached",
    );
  }
  logger.info(
    "The checkpoint is one of {families} targets: those that are skipped stay out of the scan when it is resumed",
    { families: families === "ipv4" ? "IPv4" : "IPv6" },
  );
  const targetCount = targets.endPosition - targets.firstPosition;
  const job = { ...checkpoint.job, families, targetCount };
  return { ...config, checkpoint: { ...checkpoint, job } };
}
