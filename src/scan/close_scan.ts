import { errnoName } from "../link/mod.ts";
import { type Ledger, type Progress, summaryLines } from "../monitor/mod.ts";
import { windowExcess } from "../send/mod.ts";
import { READER_GONE, type ScanOutcome } from "./hooks.ts";
import { askedRate, type LossReport, lossReport } from "./loss_report.ts";
import { scanMetadata } from "./metadata.ts";
import type { ScanParts } from "./scan_parts.ts";

/** The course of a scan, once it is over. */
export interface ScanCourse {
  /** Why it ended before its time, or null. */
  readonly endedEarly: string | null;
  /** The limit that ended it, or null. */
  readonly limit: string | null;
  readonly sendStart: Date;
  readonly sendEnd: Date;
  /** Time spent sending. */
  readonly sendSeconds: number;
  readonly targetsProbed: number;
  readonly progress: Progress;
}

/** Closes the files of a scan, writes its metadata and tells the user what became of it. */
export async function closeScan(
  parts: ScanParts,
  course: ScanCourse,
): Promise<ScanOutcome> {
  const { config, files, governor, memory, metadataFile, reporter } = parts;
  const { endedEarly, limit } = course;
  for (const file of files) await file.close();
  const ledger = await reporter.finish(course.progress);
  const loss = lossReport({
    config: config.loss,
    path: governor.report(),
    ledger,
    askedPps: askedRate(config.send),
    maxWindowExcess: windowExcess(memory.bucket),
  });
  const reason = endedEarly ??
    (limit === null ? "completed" : `limit reached: ${limit}`);
  await metadataFile?.write(scanMetadata(config.report.description, {
    network: parts.network,
    ledger,
    loss,
    ratePps: governor.ratePps,
    senders: memory.senders.length,
    hasAppSuccess: parts.hasAppSuccess,
    targetsScanned: course.targetsProbed,
    exitReason: reason,
    sendStart: course.sendStart,
    sendEnd: course.sendEnd,
    receiveStart: course.sendStart,
    receiveEnd: new Date(),
  }));
  summarise(parts, course, { ledger, loss });
  if (endedEarly !== null) return { exitCode: 1, reason };
  return { exitCode: loss.isAboveTarget ? 4 : 0, reason };
}

function summarise(
  { config, hasAppSuccess, logger, reporter }: ScanParts,
  { endedEarly, sendSeconds, targetsProbed }: ScanCourse,
  { ledger, loss }: { readonly ledger: Ledger; readonly loss: LossReport },
): void {
  if (endedEarly === READER_GONE) return;
  if (config.report.isQuiet) {
    if (endedEarly !== null) {
      logger.warn("Ended early: {endedEarly}", { endedEarly });
    }
    return;
  }
  const { endPosition, firstPosition } = config.targets;
  reporter.writer.lines(summaryLines(ledger, {
    targetsPlanned: endPosition - firstPosition,
    targetsProbed,
    hasAppSuccess,
    sendSeconds,
    pathLines: loss.lines,
    endedEarly,
    errnoName,
  }));
}
