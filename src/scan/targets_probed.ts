import { NO_RUNS } from "./runs_before.ts";
import type { ScanParts } from "./scan_parts.ts";

type ProbedParts = Pick<
  ScanParts,
  "before" | "config" | "controller" | "stream"
>;

/** Targets that got their first probe, in all runs of the scan. */
export function targetsProbed(
  { before = NO_RUNS, config, controller, stream }: ProbedParts,
): number {
  if (stream !== undefined) return stream.probed(controller.outstanding);
  const { endPosition, firstPosition } = config.targets;
  const targets = endPosition - firstPosition;
  const left = before.targetsLeft ?? targets;
  // First probes come first.
  return targets - left + Math.min(controller.done, left);
}

/** What the hit rate is a share of: where repeats are not told apart, each probe may bring a success. */
export function hitBase(parts: ProbedParts): number {
  const { before = NO_RUNS, config, controller, stream } = parts;
  const done = before.done + controller.done;
  if (config.dedup.method === "none") return done;
  const probed = targetsProbed(parts);
  if (stream !== undefined) return probed;
  // What earlier runs have sent last is probed again, but its answers may have come already.
  const { endPosition, firstPosition } = config.targets;
  return Math.max(probed, Math.min(endPosition - firstPosition, before.done));
}
