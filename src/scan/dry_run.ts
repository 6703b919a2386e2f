import { getLogger } from "@logtape/logtape";
import {
  type Ledger,
  NO_KERNEL_LOSSES,
  type Progress,
  readLedger,
  sentPackets,
} from "../monitor/mod.ts";
import { MetadataFile } from "../output/mod.ts";
import { hasAppSuccess, type Probe, requireProbeModule } from "../probe/mod.ts";
import { orderedRate, windowExcess } from "../send/mod.ts";
import { makeCounters, RECEIVE_SLOTS } from "../shm/mod.ts";
import type { DryRunConfig, ScanConfig } from "./config.ts";
import { findDryNetwork } from "./dry_network.ts";
import { DrySenders } from "./dry_senders.ts";
import type { PathReport } from "./governor.ts";
import { READER_GONE, type ScanHooks, type ScanOutcome } from "./hooks.ts";
import { askedRate, lossReport } from "./loss_report.ts";
import { type ScanFacts, scanMetadata } from "./metadata.ts";
import { openOutputs } from "./outputs.ts";
import { openStatusFile, Reporter } from "./reporter.ts";
import { makeProbeOptions } from "./scan.ts";

/** How late the end of sending may be noticed. */
const POLL_MS = 10;
/** Nothing is sent, so nothing is known of the way. */
const NO_PATH: Omit<PathReport, "meanPps"> = {
  loss: null,
  reason: "nothing was sent",
  isHealing: false,
  coverage: { covered: 0, loss: 0, uncovered: [] },
  passes: 1,
  changes: [],
};

/** A dry run under way. */
interface Course {
  readonly config: ScanConfig;
  readonly hasAppSuccess: boolean;
  readonly senders: DrySenders;
  readonly reporter: Reporter;
  readonly startMs: number;
}

/**
 * Runs a scan that writes its packets to standard output instead of sending them. Needs no rights, no
 * libpcap and no network.
 *
 * @throws {PreflightError} when the interface that the user named does not exist
 * @throws {ConfigError} when an output cannot be opened
 */
export async function runDryRun(
  config: ScanConfig,
  dryRun: DryRunConfig,
  hooks: ScanHooks,
): Promise<ScanOutcome> {
  const logger = getLogger(["pacemap", "scan"]);
  const network = findDryNetwork(config, logger);
  logger.info(network.reason);
  const { report } = config;
  using metadataFile = report.metadataPath === null
    ? null
    : await MetadataFile.open(report.metadataPath);
  const statusFile = await openStatusFile(report.statusPath);
  const probe = requireProbeModule(config.probe.module)
    .create(makeProbeOptions(config, network));
  await writeHeaders(config, probe);
  using senders = await DrySenders.start(config, dryRun, network);
  const course: Course = {
    config,
    hasAppSuccess: hasAppSuccess(probe),
    senders,
    reporter: new Reporter({
      // Packets as text are for people to read, with nothing between.
      isQuiet: report.isQuiet || dryRun.output === "text",
      statusFile,
      pathLossTarget: null,
      senders: senders.counters.length,
      logger,
      readLedger: ledgerReader(senders),
    }),
    startMs: performance.now(),
  };
  const sendStart = new Date();
  senders.run();
  const reason = await waitForEnd(course, hooks.signal);
  const endedEarly = await senders.stop() ?? reason;
  if (endedEarly !== null && endedEarly !== READER_GONE) {
    logger.warn("Ended early: {endedEarly}", { endedEarly });
  }
  const exitReason = endedEarly ?? "completed";
  const sendEnd = new Date();
  const known = { network, exitReason, sendStart, sendEnd };
  const facts = await finish(course, known);
  await metadataFile?.write(scanMetadata(report.description, facts));
  return { exitCode: endedEarly === null ? 0 : 1, reason: exitReason };
}

/** A header, if any, stands above the packets. */
async function writeHeaders(config: ScanConfig, probe: Probe): Promise<void> {
  for (const { file, writer } of await openOutputs(config.outputs, probe)) {
    await file.write(writer.take());
    await file.close();
  }
}

/** Reads what a live scan's ledger has, of which only the senders' part can be other than 0. */
function ledgerReader({ counters }: DrySenders): () => Ledger {
  const receiver = makeCounters(RECEIVE_SLOTS);
  const output = { rows: 0, lostRows: 0, filtered: 0 };
  return () => readLedger(counters, receiver, NO_KERNEL_LOSSES, output);
}

/** Waits until everything is written, and reports meanwhile; returns why it ended before, or null. */
async function waitForEnd(
  course: Course,
  signal: AbortSignal,
): Promise<string | null> {
  const { config, reporter, senders, startMs } = course;
  const { maxRuntimeMs } = config.limits;
  const wanted = packetsWanted(config);
  let isGone = false;
  senders.end().then(() => isGone = true);
  while (senders.done < wanted) {
    if (signal.aborted) return String(signal.reason);
    if (isGone) return READER_GONE;
    const runtimeMs = performance.now() - startMs;
    if (maxRuntimeMs !== null && runtimeMs >= maxRuntimeMs) return null;
    reporter.tick(() => progressOf(course, "sending"));
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return null;
}

function packetsWanted({ probe, targets }: ScanConfig): number {
  return (targets.endPosition - targets.firstPosition) * probe.probesPerTarget;
}

function progressOf(course: Course, phase: Progress["phase"]): Progress {
  const { config, hasAppSuccess, senders, startMs } = course;
  const { maxRuntimeMs } = config.limits;
  return {
    phase,
    packetsLeft: packetsWanted(config) - senders.done,
    hitBase: senders.targetsProbed,
    hasAppSuccess,
    wantedRatePps: orderedRate(senders.bucket),
    pathLoss: null,
    sendSeconds: (performance.now() - startMs) / 1000,
    maxSendSeconds: maxRuntimeMs === null ? null : maxRuntimeMs / 1000,
    rowShare: null,
    cooldownSeconds: 0,
    cooldownElapsedSeconds: 0,
  };
}

/** Gives the last report; returns what the metadata is made from. */
async function finish(
  course: Course,
  known: Pick<ScanFacts, "network" | "exitReason" | "sendStart" | "sendEnd">,
): Promise<ScanFacts> {
  const { config, hasAppSuccess, reporter, senders } = course;
  const progress = progressOf(course, "done");
  const ledger = await reporter.finish(progress);
  const meanPps = sentPackets(ledger) / Math.max(progress.sendSeconds, 1e-3);
  return {
    ...known,
    ledger,
    loss: lossReport({
      config: config.loss,
      path: { ...NO_PATH, meanPps },
      ledger,
      askedPps: askedRate(config.send),
      maxWindowExcess: windowExcess(senders.bucket),
    }),
    ratePps: orderedRate(senders.bucket),
    senders: senders.counters.length,
    hasAppSuccess,
    targetsScanned: senders.targetsProbed,
    // As in ZMap: nobody waited for answers.
    receiveStart: new Date(0),
    receiveEnd: new Date(0),
  };
}
