import type { ScanParts } from "./scan_parts.ts";

/** Targets that got their first probe. */
export function targetsProbed(
  { config, controller, stream }: Pick<
    ScanParts,
    "config" | "controller" | "stream"
  >,
): number {
  if (stream !== undefined) return stream.probed(controller.outstanding);
  const { endPosition, firstPosition } = config.targets;
  return Math.min(controller.done, endPosition - firstPosition);
}

/** What the hit rate is a share of: where repeats are not told apart, each probe may bring a success. */
export function hitBase(
  parts: Pick<ScanParts, "config" | "controller" | "stream">,
): number {
  return parts.config.dedup.method === "none"
    ? parts.controller.done
    : targetsProbed(parts);
}
