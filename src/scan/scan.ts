import { getLogger, type Logger } from "@logtape/logtape";
import { formatIpv4 } from "../base/mod.ts";
import { runQuickCheck } from "../doctor/mod.ts";
import { LinkReader } from "../link/mod.ts";
import { KernelCounters, readLedger } from "../monitor/mod.ts";
import { MetadataFile } from "../output/mod.ts";
import { MAX_FOLLOW_UPS, rateForBandwidth } from "../pace/mod.ts";
import {
  checkLibpcap,
  checkRights,
  dropPrivileges,
  type NetworkPlan,
  networkRequest,
  planProcessors,
  resolveNetwork,
  runOn,
  waitForPing,
} from "../preflight/mod.ts";
import {
  hasAppSuccess,
  type Probe,
  type ProbeOptions,
  requireProbeModule,
} from "../probe/mod.ts";
import { RecordQueue } from "../shared/mod.ts";
import { TargetSpace } from "../targets/mod.ts";
import { ETHERNET_HEADER_BYTES } from "../wire/mod.ts";
import { Collector } from "./collector.ts";
import type { ScanConfig } from "./config.ts";
import { Governor, UNBOUNDED_PPS } from "./governor.ts";
import { LossMeter } from "./loss_meter.ts";
import { openOutputs } from "./outputs.ts";
import { openStatusFile, Reporter } from "./reporter.ts";
import type { ScanHooks, ScanOutcome } from "./hooks.ts";
import { localLosses, ScanRun } from "./scan_run.ts";
import { makeScanMemory, ScanWorkers } from "./workers.ts";

/** First rate of `--rate auto`, in packets per second. */
const AUTO_START_PPS = 1000;

/**
 * Runs a whole scan: finds the network, starts receiver and senders, checks the machine and opens the output
 * meanwhile, gives up its rights, sends, waits for late answers, and closes everything.
 *
 * @throws {PreflightError} when the machine cannot run it
 * @throws {ConfigError} when an output cannot be opened
 */
export async function runScan(
  config: ScanConfig,
  hooks: ScanHooks,
): Promise<ScanOutcome> {
  const logger = getLogger(["pacemap", "scan"]);
  const processors = planProcessors(config.processors, config.send.senders);
  using workers = new ScanWorkers(config.send.senders);
  checkRights();
  if (config.capture.backend === "pcap") checkLibpcap();
  const network = await untilAborted(
    resolveNetwork(networkRequest(config)),
    hooks.signal,
  );
  if (network === null) return endedBeforeStart(hooks.signal, logger);
  logger.info(network.reason);
  if (!await waitForHost(config, network, { hooks, logger })) {
    return endedBeforeStart(hooks.signal, logger);
  }
  const probeOptions = makeProbeOptions(config, network);
  const probe = requireProbeModule(config.probe.module).create(probeOptions);
  const pace = choosePace(config, probe, network);
  using reader = LinkReader.open();
  const kernel = new KernelCounters(reader, network.interfaceIndex);
  const memory = makeScanMemory(config, pace.startRatePps);
  workers.start({
    config,
    network,
    probeOptions,
    memory,
    processors,
    validationKey: crypto.getRandomValues(new Uint32Array(4)),
  });
  // While they start, on other processors.
  if (config.hasPreflight) runQuickCheck(config, network);
  const outputs = await openOutputs(config.outputs, probe);
  using metadataFile = config.report.metadataPath === null
    ? null
    : await MetadataFile.open(config.report.metadataPath);
  const statusFile = await openStatusFile(config.report.statusPath);
  await workers.ready();
  // Not before: workers would inherit it.
  runOn(processors.monitor);
  const threads = [workers.receiver, ...workers.senders];
  for (const backend of new Set(threads.map(({ backend }) => backend))) {
    logger.info(backend);
  }
  logger.info(dropPrivileges());
  const collector = new Collector({
    queue: new RecordQueue(memory.records),
    probe,
    outputs,
    maxRows: config.limits.maxResults,
  });
  const reporter = new Reporter({
    isQuiet: config.report.isQuiet,
    statusFile,
    senders: memory.senders.length,
    pathLossTarget: config.send.isAutoRate || config.loss.onLoss === "slow"
      ? null
      : config.loss.target,
    logger,
    readLedger: () =>
      readLedger(
        memory.senders.map(({ counters }) => counters),
        memory.receiverCounters,
        kernel.read(),
        collector,
      ),
  });
  const governor = new Governor({
    ...pace,
    loss: config.loss,
    isAutoRate: config.send.isAutoRate,
    firstPosition: config.targets.firstPosition,
    endPosition: config.targets.endPosition,
    probesPerTarget: config.probe.probesPerTarget,
    meter: makeLossMeter(config, memory),
    bucket: memory.bucket,
    senders: memory.senders,
    receiverCounters: memory.receiverCounters,
    localLosses: () => localLosses(reporter.ledger()),
  }, performance.now() / 1000);
  return await new ScanRun({
    config,
    network,
    hasAppSuccess: hasAppSuccess(probe),
    memory,
    workers,
    governor,
    collector,
    reporter,
    files: outputs.map(({ file }) => file),
    metadataFile,
    logger,
    hooks,
  }).run();
}

/** With `--netmap-wait-ping`: waits for the host; false when a signal came before its answer. */
async function waitForHost(
  { network: { waitPingAddress: address } }: ScanConfig,
  network: NetworkPlan,
  { hooks, logger }: { readonly hooks: ScanHooks; readonly logger: Logger },
): Promise<boolean> {
  if (address === null) return true;
  const host = formatIpv4(address);
  logger.info("Waiting for {host} to answer a ping", { host });
  const { signal } = hooks;
  if (!await waitForPing({ address, network, signal })) return false;
  logger.info("{host} answers", { host });
  return true;
}

function endedBeforeStart(signal: AbortSignal, logger: Logger): ScanOutcome {
  const reason = String(signal.reason);
  logger.warn("Ended before the first probe: {reason}", { reason });
  return { exitCode: 1, reason };
}

/** What the promise resolves to, or null as soon as the signal aborts. */
function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T | null> {
  const aborted = Promise.withResolvers<null>();
  const abort = (): void => aborted.resolve(null);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  return Promise.race([promise, aborted.promise])
    .finally(() => signal.removeEventListener("abort", abort));
}

/** What the probe has to know of this scan. */
export function makeProbeOptions(
  config: ScanConfig,
  network: NetworkPlan,
): ProbeOptions {
  const { args, probesPerTarget, sourcePortFirst, sourcePortLast, ttl } =
    config.probe;
  return {
    linkHeader: network.linkHeader,
    sourcePortFirst,
    sourcePortLast,
    maxProbes: probesPerTarget +
      (config.loss.sampleShare > 0 ? MAX_FOLLOW_UPS : 0),
    ttl,
    args,
  };
}

/** The rate to start at, and its bounds. */
export function choosePace(
  { send }: Pick<ScanConfig, "send">,
  probe: Probe,
  { linkHeader }: Pick<NetworkPlan, "linkHeader">,
): { startRatePps: number; minRatePps: number; maxRatePps: number } {
  const { bandwidthBps, isAutoRate, minRatePps, maxRatePps, ratePps } = send;
  const byBandwidth = bandwidthBps === null ? UNBOUNDED_PPS : rateForBandwidth(
    bandwidthBps,
    // Whoever writes it, there is an Ethernet header on the wire.
    probe.maxFrameBytes - linkHeader.length + ETHERNET_HEADER_BYTES,
  );
  const asked = isAutoRate || ratePps === null || ratePps === 0
    ? byBandwidth
    : ratePps;
  const most = Math.min(asked, maxRatePps ?? UNBOUNDED_PPS);
  const start = isAutoRate ? Math.min(AUTO_START_PPS, most) : most;
  return {
    startRatePps: start === UNBOUNDED_PPS ? 0 : start,
    minRatePps: Math.min(minRatePps, most),
    maxRatePps: most,
  };
}

function makeLossMeter(
  config: ScanConfig,
  memory: ReturnType<typeof makeScanMemory>,
): LossMeter {
  const { probesPerTarget, sourcePortFirst, sourcePortLast } = config.probe;
  const hasPorts = requireProbeModule(config.probe.module).usesPorts;
  const hasRoom = !hasPorts ||
    sourcePortLast - sourcePortFirst + 1 >= probesPerTarget + MAX_FOLLOW_UPS;
  return new LossMeter({
    answers: memory.measure.answers,
    samples: memory.measure.samples,
    senders: memory.senders,
    space: new TargetSpace(config.targets),
    firstFollowUp: memory.measure.firstFollowUp,
    share: hasRoom ? config.loss.sampleShare : 0,
    offReason: hasRoom
      ? "switched off by --loss-sample 0"
      : "too few source ports to tell follow-up probes apart",
  });
}
