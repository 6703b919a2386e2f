import { getLogger, type Logger } from "@logtape/logtape";
import { readLedger } from "../monitor/mod.ts";
import { RecordQueue } from "../shm/mod.ts";
import { Collector } from "./collector.ts";
import type { ScanConfig } from "./config.ts";
import { DryTransport } from "./dry_transport.ts";
import type { ScanHooks, ScanOutcome } from "./hooks.ts";
import { LiveTransport } from "./live_transport.ts";
import { localLosses } from "./loss_report.ts";
import { openFiles } from "./open_files.ts";
import { Reporter } from "./reporter.ts";
import { MACHINE_CLOCK } from "./scan_clock.ts";
import { ScanController } from "./scan_controller.ts";
import { makeScanMemory, type ScanMemory } from "./scan_memory.ts";
import { ScanRun } from "./scan_run.ts";
import { type ScanSettings, scanSettings } from "./settings.ts";
import type { Transport } from "./transport.ts";

/** Age at which the ledger is read anew for a rate that depends on it: the length of a slice. */
const LEDGER_AGE_MS = 90;

/**
 * Runs a whole scan, or a dry run: finds the network, starts receiver and senders, checks the machine and opens the
 * output meanwhile, gives up its rights, sends, waits for late answers, and closes everything.
 *
 * @throws {PreflightError} when the machine cannot run it
 * @throws {ConfigError} when an output cannot be opened
 */
export async function runScan(
  config: ScanConfig,
  hooks: ScanHooks,
): Promise<ScanOutcome> {
  const logger = getLogger(["pacemap", "scan"]);
  using transport = config.dryRun === null
    ? new LiveTransport(config)
    : new DryTransport(config, config.dryRun);
  const network = await transport.plan(hooks.signal);
  if (network === null) return endedBeforeStart(hooks.signal, logger);
  const settings = scanSettings(config, network);
  const { senders } = config.send;
  const memory = makeScanMemory(network, {
    senders,
    ratePps: settings.pace.startRatePps,
  });
  transport.start({ network, settings, memory });
  const { report } = config;
  await using files = await openFiles({
    report,
    transport,
    probe: settings.probe,
    signal: hooks.signal,
    logger,
  });
  if (files === null) return endedBeforeStart(hooks.signal, logger);
  const { metadataFile, outputs, statusFile } = files;
  for (const line of await transport.ready()) logger.info(line);
  const collector = new Collector({
    queue: new RecordQueue(memory.receiver.records),
    probe: settings.probe,
    outputs,
    maxRows: config.limits.maxResults,
  });
  const reporter = new Reporter({
    // Packets as text are for people to read, with nothing between.
    isQuiet: report.isQuiet || config.dryRun?.output === "text",
    statusFile,
    senders,
    pathLossTarget: config.send.isAutoRate || config.loss.onLoss === "slow"
      ? null
      : config.loss.target,
    logger,
    statusSink: hooks.statusSink,
    hasReaderGone: () =>
      outputs.some(({ file }) => file.status === "reader-gone"),
    readLedger: () =>
      readLedger(
        memory.senders.map(({ counters }) => counters),
        memory.receiver.counters,
        transport.kernelLosses(),
        collector,
      ),
  });
  const controller = makeController(config, {
    settings,
    memory,
    reporter,
    transport,
  });
  return await new ScanRun({
    config,
    network,
    settings,
    transport,
    memory,
    controller,
    collector,
    reporter,
    files: outputs.map(({ file }) => file),
    statusFile: statusFile?.file ?? null,
    metadataFile,
    clock: MACHINE_CLOCK,
    logger,
    hooks,
  }).run();
}

function makeController(
  { loss, probe, send, targets }: ScanConfig,
  { memory, reporter, settings, transport }: {
    readonly settings: ScanSettings;
    readonly memory: ScanMemory;
    readonly reporter: Reporter;
    readonly transport: Transport;
  },
): ScanController {
  const { followUpsOff, pace } = settings;
  const { firstPosition: first, endPosition: end } = targets;
  return new ScanController({
    // Where nothing is sent, nothing is lost.
    loss: transport.isLive ? loss : { ...loss, onLoss: "warn" },
    pace: transport.isLive ? pace : { ...pace, isAuto: false },
    followUpsOff,
    ranges: [{ first, end }],
    probesPerTarget: probe.probesPerTarget,
    longestDelayS: send.cooldownMs / 1000,
    bucket: memory.bucket,
    senders: memory.senders,
    answers: memory.receiver.answers,
    receiverCounters: memory.receiver.counters,
    localLosses: () => localLosses(reporter.ledger(LEDGER_AGE_MS)),
  }, MACHINE_CLOCK.nowS());
}

function endedBeforeStart(signal: AbortSignal, logger: Logger): ScanOutcome {
  const reason = String(signal.reason);
  logger.warn("Ended before the first probe: {reason}", { reason });
  return { exitCode: 1, reason };
}
