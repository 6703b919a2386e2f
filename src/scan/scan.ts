import { getLogger } from "@logtape/logtape";
import { PreflightError } from "../base/mod.ts";
import { KernelCounters, StatusWriter } from "../monitor/mod.ts";
import { LinkReader } from "../link/mod.ts";
import { createRowWriter, MetadataFile, ResultFile } from "../output/mod.ts";
import { rateForBandwidth } from "../pace/mod.ts";
import {
  checkLibpcap,
  checkRights,
  dropPrivileges,
  type NetworkPlan,
  resolveNetwork,
} from "../preflight/mod.ts";
import {
  type Probe,
  type ProbeOptions,
  requireProbeModule,
  responseColumns,
} from "../probe/mod.ts";
import type { ReceiveOptions } from "../receive/mod.ts";
import { makeSharedBucketMemory, type SendOptions } from "../send/mod.ts";
import {
  makeControl,
  makeCounters,
  makeRecordQueueMemory,
  makeWorkQueueMemory,
  RECEIVE_SLOTS,
  RecordQueue,
  SEND_SLOTS,
} from "../shared/mod.ts";
import { addressAt, overlapsPrefix } from "../targets/mod.ts";
import { Collector } from "./collector.ts";
import type { ScanConfig } from "./config.ts";
import { ScanRun } from "./scan_run.ts";
import { WorkerHandle } from "./worker_handle.ts";

/** What a scan is given besides its configuration. */
export interface ScanHooks {
  /** Ends the scan early when it aborts; its reason says by what. */
  readonly signal: AbortSignal;
}

/** How a scan ended. */
export interface ScanOutcome {
  /** 0: done; 1: ended early. */
  readonly exitCode: 0 | 1;
  /** Why it ended early, or "completed". */
  readonly reason: string;
}

/** Kernel buffer for packets that the receiver has not looked at yet. */
const CAPTURE_BUFFER_BYTES = 64 << 20;
/** Room for responses that are not written yet: 2^22 words of 4 bytes. */
const RECORD_QUEUE_WORD_BITS = 22;

/**
 * Runs a whole scan: finds the network, opens the output, starts the receiver and then the sender, gives
 * up its rights, sends, waits for late answers, and closes everything.
 *
 * @throws {PreflightError} when the machine cannot run it
 * @throws {ConfigError} when an output cannot be opened
 */
export async function runScan(
  config: ScanConfig,
  hooks: ScanHooks,
): Promise<ScanOutcome> {
  const logger = getLogger(["pacemap", "scan"]);
  checkRights();
  checkLibpcap();
  const network = await untilAborted(findNetwork(config), hooks.signal);
  if (network === null) {
    const reason = String(hooks.signal.reason);
    logger.warn("Ended before the first probe: {reason}", { reason });
    return { exitCode: 1, reason };
  }
  logger.info(network.reason);
  const module = requireProbeModule(config.probe.module);
  const probeOptions = makeProbeOptions(config, network);
  const probe = module.create(probeOptions);
  const ratePps = chooseRate(config, probe);
  using reader = LinkReader.open();
  const kernel = new KernelCounters(reader, network.interfaceIndex);
  const file = await ResultFile.open(config.output.path);
  using metadataFile = config.report.metadataPath === null
    ? null
    : await MetadataFile.open(config.report.metadataPath);
  const memory = {
    receiverControl: makeControl(),
    receiverCounters: makeCounters(RECEIVE_SLOTS),
    records: makeRecordQueueMemory(RECORD_QUEUE_WORD_BITS),
    senderControl: makeControl(),
    senderCounters: makeCounters(SEND_SLOTS),
    work: makeWorkQueueMemory(),
    followUps: makeWorkQueueMemory(),
    bucket: makeSharedBucketMemory(ratePps),
  };
  const validationKey = crypto.getRandomValues(new Uint32Array(4));
  const common = {
    interfaceName: network.interfaceName,
    sourceAddresses: network.sourceAddresses,
    probeModule: config.probe.module,
    probeOptions,
    validationKey,
    targets: config.targets,
  };
  const receiveOptions: ReceiveOptions = {
    ...common,
    bufferBytes: CAPTURE_BUFFER_BYTES,
    filter: config.output,
    measure: null,
    control: memory.receiverControl,
    counters: memory.receiverCounters,
    queue: memory.records,
  };
  const sendOptions: SendOptions = {
    ...common,
    layer: network.layer,
    interfaceIndex: network.interfaceIndex,
    batch: config.send.batch,
    retries: config.send.retries,
    control: memory.senderControl,
    counters: memory.senderCounters,
    queue: memory.work,
    followUps: memory.followUps,
    bucket: memory.bucket,
  };
  const receiverUrl = new URL("../receive/worker.ts", import.meta.url);
  const senderUrl = new URL("../send/worker.ts", import.meta.url);
  const receiver = await WorkerHandle.start(
    receiverUrl,
    "receiver",
    receiveOptions,
  );
  const sender = await WorkerHandle.start(senderUrl, "sender", sendOptions);
  logger.info(dropPrivileges());
  const collector = new Collector({
    queue: new RecordQueue(memory.records),
    probe,
    writer: createRowWriter({
      format: config.output.format,
      columns: pickColumns(config, probe),
      hasHeader: config.output.hasHeader,
    }),
    file,
  });
  const run = new ScanRun({
    config,
    network,
    ratePps,
    memory,
    receiver,
    sender,
    collector,
    file,
    metadataFile,
    kernel,
    statusWriter: new StatusWriter(config.report.isQuiet),
    logger,
    signal: hooks.signal,
  });
  try {
    return await run.run();
  } finally {
    receiver.terminate();
    sender.terminate();
  }
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

function findNetwork(config: ScanConfig): Promise<NetworkPlan> {
  const { addresses } = config.targets;
  const { network } = config;
  return resolveNetwork({
    interfaceName: network.interfaceName,
    firstTarget: addressAt(addresses, 0),
    overlapsOnLink: (prefixes) =>
      prefixes.some(({ address, prefixLength }) =>
        overlapsPrefix(addresses, { address, length: prefixLength })
      ),
    sourceAddresses: network.sourceAddresses,
    gatewayMac: network.gatewayMac,
    sourceMac: network.sourceMac,
    ipLayer: network.isIpLayer,
  });
}

function makeProbeOptions(
  config: ScanConfig,
  network: NetworkPlan,
): ProbeOptions {
  const { args, probesPerTarget, sourcePortFirst, sourcePortLast, ttl } =
    config.probe;
  const { linkHeader } = network;
  return {
    linkHeader,
    sourcePortFirst,
    sourcePortLast,
    maxProbes: probesPerTarget,
    ttl,
    args,
  };
}

function chooseRate(config: ScanConfig, probe: Probe): number {
  const { bandwidthBps, ratePps } = config.send;
  return bandwidthBps === null
    ? ratePps ?? 0
    : rateForBandwidth(bandwidthBps, probe.maxFrameBytes);
}

function pickColumns(
  config: ScanConfig,
  probe: Probe,
): ReturnType<typeof responseColumns> {
  const columns = responseColumns(probe);
  return config.output.fields.map((name) => {
    const column = columns.find((one) => one.name === name);
    if (column === undefined) {
      throw new PreflightError("output", `No field "${name}"`, "");
    }
    return column;
  });
}
