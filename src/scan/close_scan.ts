import { escapeUnsafe } from "../base/mod.ts";
import { LIMIT_REACHED } from "../checkpoint/mod.ts";
import {
  type Ledger,
  type Progress,
  type SummaryFacts,
  summaryLines,
} from "../monitor/mod.ts";
import { windowExcess } from "../send/shared_bucket.ts";
import { closeFiles, settled } from "./close_files.ts";
import { READER_GONE, type ScanOutcome } from "./hooks.ts";
import { type LossReport, lossReport } from "./loss_report.ts";
import { scanMetadata } from "./metadata.ts";
import { outageReports } from "./outage_reports.ts";
import { lateStop } from "./file_ends.ts";
import { releaseCheckpoint } from "./keep_checkpoint.ts";
import { probeCaptureFault } from "./probe_capture.ts";
import type { Reporter } from "./reporter.ts";
import { runLines } from "./run_lines.ts";
import type { ScanParts } from "./scan_parts.ts";
import { scanSummary } from "./scan_summary.ts";
import { streamFault, streamNotes } from "./stream.ts";
import { scannedFamilies, targetsByFamily } from "./scan_targets.ts";
import type { Stop } from "./stop_rules.ts";

/** The course of a scan, once it is over. */
export interface ScanCourse {
  /** Why it ended before all was sent, or null. */
  readonly stop: Stop | null;
  readonly sendStart: Date;
  readonly sendEnd: Date;
  /** Time spent sending, in all runs. */
  readonly sendSeconds: number;
  readonly targetsProbed: number;
  readonly progress: Progress;
}

/** Closes the files of a scan, writes its metadata and tells the user what became of it. */
export async function closeScan(
  parts: ScanParts,
  course: ScanCourse,
): Promise<ScanOutcome> {
  const { before, config, controller, files, memory, reporter } = parts;
  const { settings, transport } = parts;
  await syncOutputs(parts);
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
  const path = controller.report();
  const loss = lossReport({
    config: config.loss,
    path,
    ledger,
    askedPps: settings.askedPps,
    maxWindowExcess: Math.max(
      windowExcess(memory.bucket),
      before?.measured.windowExcess ?? 0,
    ),
  });
  const { stop } = course;
  const reason = stop === null
    ? faults[0] ?? "completed"
    : stop.kind === "limit"
    ? `${LIMIT_REACHED}${stop.reason}`
    : stop.reason;
  // As in ZMap: the beginning of Unix time where nobody waited for answers.
  const { isLive } = transport;
  const facts = summaryFacts(parts, course, loss);
  summarise(parts, facts, ledger);
  tellFaults(reporter, faults);
  const sendStart = before === undefined
    ? course.sendStart
    : new Date(before.lives[0]!.startedAt);
  const metadata = scanMetadata(config.report.description, {
    network: parts.network,
    ledger,
    loss,
    ratePps: controller.ratePps,
    senders: memory.senders.length,
    hasAppSuccess: settings.hasAppSuccess,
    targetsScanned: course.targetsProbed,
    share: config.whole === undefined ? undefined : {
      whole: config.whole,
      targets: config.targets,
      unsent: path.unsent ?? null,
    },
    stream: parts.stream?.counts,
    families: scannedFamilies(config.targets),
    byFamily: targetsByFamily(config.targets, course.targetsProbed),
    ownAddresses: transport.ownAddresses,
    exitReason: reason,
    outages: outageReports(parts),
    aliases: parts.aliases?.counts ?? null,
    runs: parts.checkpoints?.runs ?? [],
    sendStart,
    sendEnd: course.sendEnd,
    receiveStart: isLive ? sendStart : new Date(0),
    receiveEnd: isLive ? new Date() : new Date(0),
  });
  const unwritten = await writeMetadata(parts, metadata);
  if (unwritten !== null) faults.push(unwritten);
  const concluded = { loss, exitReason: reason, metadata };
  const watchFaults = await parts.hooks.watch?.conclude(concluded) ?? [];
  tellFaults(reporter, watchFaults);
  faults.push(...watchFaults);
  // An output may fail as late as when it is synced.
  const fault = unwritten ?? lateStop(parts)?.reason ?? null;
  const isCheckpointLeft = await releaseCheckpoint(parts, stop, fault);
  for (const file of files) {
    if (!isCheckpointLeft && file.status === "closed") file.discardPart();
  }
  const threads = [...transport.senders, transport.receiver];
  await Promise.all(threads.map((thread) => thread?.closed));
  const { checkpoint } = config;
  const summary = scanSummary({
    ...{ facts, faults, ledger, loss },
    runs: parts.checkpoints?.runs ?? [],
    checkpoint: isCheckpointLeft ? checkpoint?.path ?? null : null,
  });
  if (stop?.kind === "aborted" || faults.length > 0) {
    return { exitCode: 1, reason, summary };
  }
  return { exitCode: loss.isAboveTarget ? 4 : 0, reason, summary };
}

/** Before the checkpoint of a scan goes, all it has is on the disk, with the footers that no checkpoint knows. */
async function syncOutputs(parts: ScanParts): Promise<void> {
  if (!parts.checkpoints) return;
  for (const file of parts.files) await settled(file, file.sync(), parts);
}

/** Writes the metadata, if they are wanted; returns what is wrong with their file, which it tells, or null. */
async function writeMetadata(
  parts: ScanParts,
  metadata: object,
): Promise<string | null> {
  const { metadataFile, reporter } = parts;
  if (metadataFile === null) return null;
  const { file } = metadataFile;
  await settled(file, metadataFile.write(metadata), parts);
  // The checkpoint goes next.
  if (parts.checkpoints) await settled(file, file.sync(), parts);
  await settled(file, metadataFile.close(), parts);
  const { fault } = metadataFile;
  if (fault !== null) tellFaults(reporter, [fault]);
  return fault;
}

/** Beside the summary, and not in the log: that may be the next file on the same disk. */
function tellFaults({ writer }: Reporter, faults: readonly string[]): void {
  const lines = faults.map((fault) => `pacemap: ${escapeUnsafe(fault)}`);
  writer.lines(lines, "error");
}

/** What the summary tells, as text and for programs. */
function summaryFacts(
  parts: ScanParts,
  { sendSeconds, stop, targetsProbed }: ScanCourse,
  loss: LossReport,
): SummaryFacts {
  const { aliases, checkpoints, config } = parts;
  const { settings, stream, transport } = parts;
  const { endPosition, firstPosition } = config.targets;
  const known = stream?.known ?? endPosition - firstPosition;
  const runs = checkpoints?.runs ?? [];
  return {
    targetsPlanned: known,
    notProbed: stream === undefined ? [] : streamNotes(stream.counts),
    targetsProbed,
    byFamily: scannedFamilies(config.targets) === "both"
      ? targetsByFamily(config.targets, targetsProbed)
      : null,
    hasAppSuccess: settings.hasAppSuccess,
    sendSeconds,
    pathLines: [...loss.lines, ...runLines(runs)],
    endedEarly: stop?.kind === "aborted" ? stop.reason : null,
    ownAddresses: transport.ownAddresses,
    aliases: aliases?.counts ?? null,
  };
}

/** Tells the summary as text. */
function summarise(
  { config, hooks, logger, reporter, transport }: ScanParts,
  facts: SummaryFacts,
  ledger: Ledger,
): void {
  const { endedEarly } = facts;
  if (endedEarly === READER_GONE) return;
  const { isSummaryTold = true } = hooks;
  if (config.report.isQuiet || !isSummaryTold || !transport.isLive) {
    if (endedEarly !== null) {
      logger.warn("Ended early: {endedEarly}", { endedEarly });
    }
    return;
  }
  reporter.writer.lines(summaryLines(ledger, facts));
}
