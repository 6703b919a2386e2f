import { escapeUnsafe, formatCount } from "../base/mod.ts";
import { type CheckpointLife, sumTotals } from "../checkpoint/mod.ts";
import { type Ledger, type Progress, summaryLines } from "../monitor/mod.ts";
import { windowExcess } from "../send/mod.ts";
import { closeFiles, settled } from "./close_files.ts";
import { READER_GONE, type ScanOutcome } from "./hooks.ts";
import { type LossReport, lossReport } from "./loss_report.ts";
import { type OutageReport, scanMetadata } from "./metadata.ts";
import { probeCaptureFault } from "./probe_capture.ts";
import type { Reporter } from "./reporter.ts";
import type { ScanParts } from "./scan_parts.ts";
import { streamFault, streamNotes } from "./stream.ts";
import { scannedFamilies, targetsByFamily } from "./scan_targets.ts";
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
  const closed = await closeFiles(files, parts);
  // Whoever has seen enough need not be told what more there was.
  const faults = course.stop?.reason === READER_GONE ? [] : closed;
  const inputFault = parts.stream === undefined
    ? null
    : streamFault(parts.stream.counts);
  if (inputFault !== null) faults.push(inputFault);
  const { probeCapturePath } = config.report;
  const captureFault = probeCaptureFault(probeCapturePath, memory.senders);
  if (captureFault !== null) faults.push(captureFault);
  const ledger = reporter.finish(course.progress);
  if (parts.statusFile !== null) {
    const patience = { ...parts, isImpatient: true };
    faults.push(...await closeFiles([parts.statusFile], patience));
  }
  const loss = lossReport({
    config: config.loss,
    path: controller.report(),
    ledger,
    askedPps: settings.askedPps,
    maxWindowExcess: windowExcess(memory.bucket),
  });
  const { stop } = course;
  const reason = stop === null
    ? faults[0] ?? "completed"
    : stop.kind === "limit"
    ? `limit reached: ${stop.reason}`
    : stop.reason;
  // As in ZMap: the beginning of Unix time where nobody waited for answers.
  const { isLive } = transport;
  summarise(parts, course, { ledger, loss });
  tellFaults(reporter, faults);
  const metadata = scanMetadata(config.report.description, {
    network: parts.network,
    ledger,
    loss,
    ratePps: controller.ratePps,
    senders: memory.senders.length,
    hasAppSuccess: settings.hasAppSuccess,
    targetsScanned: course.targetsProbed,
    stream: parts.stream?.counts,
    families: scannedFamilies(config.targets),
    byFamily: targetsByFamily(config.targets, course.targetsProbed),
    ownAddresses: transport.ownAddresses,
    exitReason: reason,
    outages: outageReports(parts),
    aliases: parts.aliases?.counts ?? null,
    runs: parts.checkpoints?.runs ?? [],
    sendStart: course.sendStart,
    sendEnd: course.sendEnd,
    receiveStart: isLive ? course.sendStart : new Date(0),
    receiveEnd: isLive ? new Date() : new Date(0),
  });
  faults.push(...await writeMetadata(parts, metadata));
  const threads = [...transport.senders, transport.receiver];
  await Promise.all(threads.map((thread) => thread?.closed));
  if (stop?.kind === "aborted" || faults.length > 0) {
    return { exitCode: 1, reason };
  }
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

/** Writes the metadata, if they are wanted; returns what is wrong with their file, which it tells. */
async function writeMetadata(
  parts: ScanParts,
  metadata: object,
): Promise<string[]> {
  const { metadataFile, reporter } = parts;
  if (metadataFile === null) return [];
  const { file } = metadataFile;
  await settled(file, metadataFile.write(metadata), parts);
  await settled(file, metadataFile.close(), parts);
  const faults = metadataFile.fault === null ? [] : [metadataFile.fault];
  tellFaults(reporter, faults);
  return faults;
}

/** Beside the summary, and not in the log: that may be the next file on the same disk. */
function tellFaults({ writer }: Reporter, faults: readonly string[]): void {
  writer.lines(faults.map((fault) => `pacemap: ${escapeUnsafe(fault)}`));
}

/** What all runs have done together, where there are several. */
function runLines(
  runs: readonly CheckpointLife[],
  rows: number,
): readonly string[] {
  if (runs.length < 2) return [];
  const totals = sumTotals(runs);
  const sent = totals["send.accepted"] ?? 0;
  const seconds = runs.reduce((sum, { sendSeconds }) => sum + sendSeconds, 0);
  return [
    `All ${runs.length} runs: ${formatCount(sent)} packets sent in ${
      seconds.toFixed(1)
    } s, ${formatCount(rows)} responses written; all else is of the last run`,
  ];
}

function summarise(
  parts: ScanParts,
  { sendSeconds, stop, targetsProbed }: ScanCourse,
  { ledger, loss }: { readonly ledger: Ledger; readonly loss: LossReport },
): void {
  const { aliases, checkpoints, collector, config, logger } = parts;
  const { reporter, settings, stream, transport } = parts;
  const endedEarly = stop?.kind === "aborted" ? stop.reason : null;
  if (endedEarly === READER_GONE) return;
  if (config.report.isQuiet || !transport.isLive) {
    if (endedEarly !== null) {
      logger.warn("Ended early: {endedEarly}", { endedEarly });
    }
    return;
  }
  const { endPosition, firstPosition } = config.targets;
  const known = stream?.known ?? endPosition - firstPosition;
  const runs = checkpoints?.runs ?? [];
  reporter.writer.lines(summaryLines(ledger, {
    targetsPlanned: known,
    notProbed: stream === undefined ? [] : streamNotes(stream.counts),
    targetsProbed,
    byFamily: scannedFamilies(config.targets) === "both"
      ? targetsByFamily(config.targets, targetsProbed)
      : null,
    hasAppSuccess: settings.hasAppSuccess,
    sendSeconds,
    pathLines: [...loss.lines, ...runLines(runs, collector.allRows)],
    endedEarly,
    ownAddresses: transport.ownAddresses,
    aliases: aliases?.counts ?? null,
  }));
}
