import { getLogger, type Logger } from "@logtape/logtape";
import { readLedger } from "../monitor/mod.ts";
import { RecordQueue } from "../shm/mod.ts";
import type { HeldCheckpoint } from "../checkpoint/mod.ts";
import { Checkpoints } from "./checkpoints.ts";
import { aliasCapacityOf, watchAliases } from "./watch_aliases.ts";
import { Collector } from "./collector.ts";
import type { ScanConfig } from "./config.ts";
import type { ScanHooks, ScanOutcome } from "./hooks.ts";
import { localLosses } from "./loss_report.ts";
import { openFiles } from "./open_files.ts";
import { OutageWatch } from "./outage_watch.ts";
import { Reporter } from "./reporter.ts";
import { likeCheckpoint, withCheckpoint } from "./checkpointed_families.ts";
import { openMemento, type ScanMemento } from "./resume.ts";
import type { PathBefore } from "./path_before.ts";
import { NO_RUNS, type RunsBefore } from "./runs_before.ts";
import { RunClock } from "./run_clock.ts";
import { MACHINE_CLOCK, type ScanClock } from "./scan_clock.ts";
import { ScanController } from "./scan_controller.ts";
import { makeScanMemory, type ScanMemory } from "./scan_memory.ts";
import { ScanRun } from "./scan_run.ts";
import type { ScanParts } from "./scan_parts.ts";
import { type ScanSettings, scanSettings } from "./settings.ts";
import { makeStreamWork } from "./stream.ts";
import type { StreamWork } from "./stream_work.ts";
import { makeThreads, type ScanThreads } from "./threads.ts";
import type { Transport } from "./transport.ts";

/** Age at which the ledger is read anew for a rate that depends on it: the length of a slice. */
const LEDGER_AGE_MS = 90;

/**
 * Runs a whole scan, or a dry run: finds the network, starts receiver and senders, checks the machine and opens the
 * output meanwhile, gives up its rights, sends, waits for late answers, and closes everything.
 *
 * @param resumed the checkpoint that it goes on from; the caller closes it
 * @throws {PreflightError} when the machine cannot run it
 * @throws {ConfigError} when an output cannot be opened
 */
export async function runScan(
  asked: ScanConfig,
  hooks: ScanHooks,
  resumed: HeldCheckpoint | null = null,
): Promise<ScanOutcome> {
  const logger = getLogger(["pacemap", "scan"]);
  const { phase, watch = null } = hooks;
  const wanted = likeCheckpoint(asked, resumed);
  phase.enter("Looking for the way to the targets");
  using transport = await makeTransport(
    wanted,
    hooks.threads ?? makeThreads(wanted),
  );
  const plan = await transport.plan(hooks.signal);
  if (plan === null) return endedBeforeStart(hooks.signal, logger);
  const { network, targets } = plan;
  const config = { ...wanted, targets };
  phase.enter("Starting the threads and opening the outputs");
  const settings = scanSettings(config, network, resumed?.state);
  // Before an output is touched: another scan may be writing it.
  using memento = await openMemento(
    withCheckpoint(config, { isResumed: resumed !== null, logger }),
    { resumed, ratePps: settings.pace.startRatePps },
  );
  const { senders } = config.send;
  const memory = makeScanMemory(network, {
    senders,
    ratePps: settings.pace.startRatePps,
    aliasCapacity: aliasCapacityOf(config),
  });
  transport.start({ network, settings, memory, memento });
  const { report } = config;
  await using files = await openFiles({
    report,
    isContinued: resumed !== null,
    transport,
    probe: settings.probe,
    signal: hooks.signal,
    logger,
  });
  if (files === null) return endedBeforeStart(hooks.signal, logger);
  const { metadataFile, outputs, statusFile } = files;
  const before = memento?.before;
  // Opens a socket, which it cannot do later.
  const aliases = watchAliases(config, { memory, network });
  for (const line of await transport.ready()) logger.info(line);
  if (transport.isLive && config.confinement.isSandboxed) watch?.confine();
  const collector = new Collector({
    aliases,
    queue: new RecordQueue(memory.receiver.records),
    probe: settings.probe,
    outputs,
    maxRows: config.limits.maxResults,
    tally: watch?.count(settings.probe) ?? null,
    journal: config.dedup.method === "none" ? null : memento?.journal ?? null,
    rowsBefore: before?.rows ?? 0,
  });
  const clock = new RunClock(MACHINE_CLOCK, hooks.continuations);
  const reporter = new Reporter({
    clock,
    // Packets as text are for people to read, with nothing between.
    isQuiet: report.isQuiet || config.dryRun?.output === "text",
    statusFile,
    senders,
    pathLossTarget: config.send.isAutoRate || config.loss.onLoss === "slow"
      ? null
      : config.loss.target,
    logger,
    statusSink: hooks.statusSink,
    service: hooks.service ?? null,
    sinks: watch === null ? [] : [watch],
    hasReaderGone: () =>
      outputs.some(({ file }) => file.status === "reader-gone"),
    before,
    readLedger: () =>
      readLedger(
        memory.senders.map(({ counters }) => counters),
        memory.receiver.counters,
        transport.kernelLosses(),
        collector,
      ),
  });
  const stream = makeStreamWork({ config, network, memory, clock, logger }) ??
    undefined;
  if (hooks.streamInput !== undefined) stream?.read(hooks.streamInput);
  const controller = makeController(config, {
    stream,
    clock,
    settings,
    memory,
    reporter,
    transport,
    memento,
  });
  memento?.begin();
  const parts: ScanParts = {
    config,
    network,
    settings,
    transport,
    memory,
    controller,
    stream,
    collector,
    outages: new OutageWatch({
      network: transport.networkWatch,
      nextHops: memory.nextHops,
      controller,
      waitS: config.limits.outageMs / 1000,
      logger,
    }),
    reporter,
    aliases,
    files: outputs.map(({ file }) => file),
    statusFile: statusFile?.file ?? null,
    metadataFile,
    checkpoints: memento === null || config.checkpoint === null
      ? null
      : new Checkpoints({
        ...memento,
        before: before ?? NO_RUNS,
        followUpShare: settings.followUpsOff === ""
          ? config.loss.sampleShare
          : 0,
        config: config.checkpoint,
        outputConfigs: config.outputs,
        outputs,
        logger,
      }),
    before,
    clock,
    logger,
    hooks,
  };
  watch?.watch(parts, before?.lives[0]?.startedAt);
  return await new ScanRun(parts).run();
}

/** A dry run does without all that asks the network. */
async function makeTransport(
  config: ScanConfig,
  threads: ScanThreads,
): Promise<Transport> {
  if (config.dryRun === null) {
    const { LiveTransport } = await import("./live_transport.ts");
    return new LiveTransport(config, threads);
  }
  const { DryTransport } = await import("./dry_transport.ts");
  return new DryTransport(config, config.dryRun, threads);
}

function makeController(
  { loss, probe, send, targets }: ScanConfig,
  { clock, memento, memory, reporter, settings, stream, transport }: {
    readonly stream: StreamWork | undefined;
    readonly clock: ScanClock;
    readonly settings: ScanSettings;
    readonly memory: ScanMemory;
    readonly reporter: Reporter;
    readonly transport: Transport;
    readonly memento: ScanMemento | null;
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
    work: stream,
    probesPerTarget: probe.probesPerTarget,
    rest: memento?.rest ?? null,
    account: memento?.account ?? null,
    before: pathBefore(memento?.before),
    asking: memento?.asking ?? null,
    horizon: memento?.firstHorizon ?? Infinity,
    longestDelayS: send.cooldownMs / 1000,
    bucket: memory.bucket,
    senders: memory.senders,
    answers: memory.receiver.answers,
    receiverCounters: memory.receiver.counters,
    localLosses: () => localLosses(reporter.ledger(LEDGER_AGE_MS)),
  }, clock.nowS());
}

function pathBefore(before: RunsBefore | undefined): PathBefore | null {
  if (before === undefined) return null;
  const packets = before.ledger.send.accepted;
  return { ...before, packets };
}

function endedBeforeStart(signal: AbortSignal, logger: Logger): ScanOutcome {
  const reason = String(signal.reason);
  logger.warn("Ended before the first probe: {reason}", { reason });
  return { exitCode: 1, reason };
}
