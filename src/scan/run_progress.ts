import type { Progress } from "../monitor/mod.ts";
import type { ScanParts } from "./scan_parts.ts";
import { scannedFamilies } from "./scan_targets.ts";
import { hitBase } from "./targets_probed.ts";

/** What a running scan knows of its course. Times are those of its clock, in seconds. */
export interface RunCourse extends Pick<Progress, "phase" | "shortage"> {
  /** Time that earlier runs have spent sending. */
  readonly sentBeforeS: number;
  /** When sending began. */
  readonly startS: number;
  /** When it ended; of no meaning before. */
  readonly endS: number;
}

/** Where a scan stands now. */
export function progressAt(
  parts: ScanParts,
  { endS, phase, sentBeforeS, shortage, startS }: RunCourse,
): Progress {
  const { clock, collector, config, controller, outages, settings, transport } =
    parts;
  const { maxResults, maxRuntimeMs } = config.limits;
  const nowS = clock.nowS();
  const isSending = phase === "sending";
  return {
    phase,
    packetsLeft: controller.remaining,
    mayGrow: isSending && controller.isOpen,
    hitBase: hitBase(parts),
    families: scannedFamilies(config.targets),
    hasAppSuccess: settings.hasAppSuccess,
    wantedRatePps: controller.ratePps,
    pathLoss: outages.isSuspected ? null : controller.recentLoss(),
    outage: outages.text,
    shortage,
    unknownShare: controller.unknownShare(),
    sendSeconds: sentBeforeS + (isSending ? nowS : endS) - startS,
    maxSendSeconds: maxRuntimeMs === null
      ? null
      : Math.max(0, maxRuntimeMs / 1000 - sentBeforeS),
    rowShare: maxResults === null ? null : collector.allRows / maxResults,
    cooldownSeconds: transport.isLive ? config.send.cooldownMs / 1000 : 0,
    cooldownElapsedSeconds: phase === "cooldown" ? nowS - endS : 0,
  };
}
