import { type Ledger, type Progress, summaryLines } from "../monitor/mod.ts";
import { windowExcess } from "../send/mod.ts";
import { READER_GONE, type ScanOutcome } from "./hooks.ts";
import { type LossReport, lossReport } from "./loss_report.ts";
import { type OutageReport, scanMetadata } from "./metadata.ts";
import type { ScanParts } from "./scan_parts.ts";
import type { Stop } from "./stop_rules.ts";

/** The course of a scan, once it is over. */
export interface ScanCourse {
  /** Why it ended before all was sent, or null. */
  readonly stop: Stop | null;
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
  const { config, controller, files, memory, reporter, settings, transport } =
    parts;
  for (const file of files) await file.close();
  const ledger = await reporter.finish(course.progress);
  const loss = lossReport({
    config: config.loss,
    path: controller.report(),
    ledger,
    askedPps: settings.askedPps,
    maxWindowExcess: windowExcess(memory.bucket),
  });
  const { stop } = course;
  const reason = stop === null
    ? "completed"
    : stop.kind === "limit"
    ? `limit reached: ${stop.reason}`
    : stop.reason;
  // As in ZMap: the beginning of Unix time where nobody waited for answers.
  const { isLive } = transport;
  await parts.metadataFile?.write(scanMetadata(config.report.description, {
    network: parts.network,
    ledger,
    loss,
    ratePps: controller.ratePps,
    senders: memory.senders.length,
    hasAppSuccess: settings.hasAppSuccess,
    targetsScanned: course.targetsProbed,
    ownAddresses: transport.ownAddresses,
    exitReason: reason,
    outages: outageReports(parts),
    sendStart: course.sendStart,
    sendEnd: course.sendEnd,
    receiveStart: isLive ? course.sendStart : new Date(0),
    receiveEnd: isLive ? new Date() : new Date(0),
  }));
  summarise(parts, course, { ledger, loss });
  const threads = [...transport.senders, transport.receiver];
  await Promise.all(threads.map((thread) => thread?.closed));
  if (stop?.kind === "aborted") return { exitCode: 1, reason };
  return { exitCode: loss.isAboveTarget ? 4 : 0, reason };
}

/** The outages by the clock on the wall. */
function outageReports({ clock, outages }: ScanParts): OutageReport[] {
  const startMs = Date.now() - clock.nowS() * 1000;
  const dateOf = (atS: number): Date => new Date(startMs + atS * 1000);
  return outages.list.map(({ cause, endS, positions, startS, text }) => ({
    cause,
    text,
    positions,
    start: dateOf(startS),
    end: endS === null ? null : dateOf(endS),
  }));
}

function summarise(
  { config, logger, reporter, settings, transport }: ScanParts,
  { sendSeconds, stop, targetsProbed }: ScanCourse,
  { ledger, loss }: { readonly ledger: Ledger; readonly loss: LossReport },
): void {
  const endedEarly = stop?.kind === "aborted" ? stop.reason : null;
  if (endedEarly === READER_GONE) return;
  if (config.report.isQuiet || !transport.isLive) {
    if (endedEarly !== null) {
      logger.warn("Ended early: {endedEarly}", { endedEarly });
    }
    return;
  }
  const { endPosition, firstPosition } = config.targets;
  reporter.writer.lines(summaryLines(ledger, {
    targetsPlanned: endPosition - firstPosition,
    targetsProbed,
    hasAppSuccess: settings.hasAppSuccess,
    sendSeconds,
    pathLines: loss.lines,
    endedEarly,
    ownAddresses: transport.ownAddresses,
  }));
}
