import { getLogger } from "@logtape/logtape";
import { formatIpv4 } from "../base/mod.ts";
import { MetadataFile } from "../output/mod.ts";
import type { NetworkPlan } from "../preflight/mod.ts";
import { requireProbeModule } from "../probe/mod.ts";
import { makeSharedBucketMemory, type SendOptions } from "../send/mod.ts";
import {
  Command,
  type Control,
  type Counters,
  giveCommand,
  makeControl,
  makeCounters,
  makeLock,
  makeWorkQueueMemory,
  SEND,
  SEND_SLOTS,
  WorkQueue,
  type WorkQueueMemory,
} from "../shared/mod.ts";
import { IP_PROTOCOL_TCP, IPV4_PROTOCOL } from "../wire/mod.ts";
import type { DryRunConfig, ScanConfig } from "./config.ts";
import { findDryNetwork } from "./dry_network.ts";
import { openOutputs } from "./outputs.ts";
import type { ScanHooks, ScanOutcome } from "./hooks.ts";
import { choosePace, makeProbeOptions } from "./scan.ts";
import { WorkerHandle } from "./worker_handle.ts";

/** How late the end of sending may be noticed. */
const POLL_MS = 10;
/** Why a dry run ends when nobody reads what it prints (`| head`). */
const READER_GONE = "the reader of the output has gone";

/** A sender and what it shares with this thread. */
interface Sender {
  readonly worker: WorkerHandle;
  readonly control: Control;
  readonly counters: Counters;
  readonly work: WorkQueueMemory;
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
  await writeHeaders(config, network);
  using metadataFile = config.report.metadataPath === null
    ? null
    : await MetadataFile.open(config.report.metadataPath);
  const start = new Date();
  const senders = await startSenders(config, dryRun, network);
  try {
    giveWork(config, senders);
    const reason = await waitForEnd(config, senders, hooks.signal);
    for (const { control } of senders) giveCommand(control, Command.stop);
    const ends = await Promise.all(senders.map(({ worker }) => worker.done));
    const endedEarly = ends.find((end) => end !== null) ?? reason;
    if (endedEarly !== null && endedEarly !== READER_GONE) {
      logger.warn("Ended early: {endedEarly}", { endedEarly });
    }
    await metadataFile?.write(
      describe(config, network, { senders, start, endedEarly }),
    );
    return {
      exitCode: endedEarly === null ? 0 : 1,
      reason: endedEarly ?? "completed",
    };
  } finally {
    for (const { worker } of senders) worker.terminate();
  }
}

/** A header, if any, stands above the packets. */
async function writeHeaders(
  config: ScanConfig,
  network: NetworkPlan,
): Promise<void> {
  const probe = requireProbeModule(config.probe.module)
    .create(makeProbeOptions(config, network));
  for (const { file, writer } of await openOutputs(config.outputs, probe)) {
    await file.write(writer.take());
    await file.close();
  }
}

async function startSenders(
  config: ScanConfig,
  dryRun: DryRunConfig,
  network: NetworkPlan,
): Promise<Sender[]> {
  const probeOptions = makeProbeOptions(config, network);
  const probe = requireProbeModule(config.probe.module).create(probeOptions);
  const frame = new DataView(new ArrayBuffer(probe.maxFrameBytes));
  probe.prepare(frame, 0);
  const protocol = frame.getUint8(network.linkHeader.length + IPV4_PROTOCOL);
  const common = {
    processor: null,
    sendBackend: "sendmmsg" as const,
    deviceQueue: 0,
    interfaceName: network.interfaceName,
    interfaceIndex: network.interfaceIndex,
    layer: network.layer,
    sourceAddresses: network.sourceAddresses,
    probeModule: config.probe.module,
    probeOptions,
    validationKey: crypto.getRandomValues(new Uint32Array(4)),
    targets: config.targets,
    batch: config.send.batch,
    retries: config.send.retries,
    bucket: makeSharedBucketMemory(
      choosePace(config, probe, network).startRatePps,
    ),
    dryRun: {
      output: protocol === IP_PROTOCOL_TCP ? dryRun.output : "text",
      lock: makeLock(),
    },
  };
  const url = new URL("../send/worker.ts", import.meta.url);
  return await Promise.all(
    Array.from({ length: config.send.senders }, async () => {
      const control = makeControl();
      const counters = makeCounters(SEND_SLOTS);
      const work = makeWorkQueueMemory();
      const options: SendOptions = {
        ...common,
        control,
        counters,
        queue: work,
        followUps: makeWorkQueueMemory(),
      };
      const worker = await WorkerHandle.start(url, "sender", options);
      return { worker, control, counters, work };
    }),
  );
}

/** Each sender gets its part of the positions, as often as there are probes to a target. */
function giveWork(config: ScanConfig, senders: readonly Sender[]): void {
  const { firstPosition, endPosition } = config.targets;
  const count = endPosition - firstPosition;
  const cut = (index: number): number =>
    firstPosition + Math.floor(count * index / senders.length);
  for (const [index, { control, work }] of senders.entries()) {
    const queue = new WorkQueue(work);
    const [first, end] = [cut(index), cut(index + 1)];
    for (
      let probeNumber = 0;
      first < end && probeNumber < config.probe.probesPerTarget;
      probeNumber++
    ) queue.push({ first, end, probeNumber }, control);
  }
  for (const { control } of senders) giveCommand(control, Command.run);
}

/** Waits until everything is written; returns why it ended before, or null. */
async function waitForEnd(
  config: ScanConfig,
  senders: readonly Sender[],
  signal: AbortSignal,
): Promise<string | null> {
  const { endPosition, firstPosition } = config.targets;
  const wanted = (endPosition - firstPosition) * config.probe.probesPerTarget;
  const startMs = performance.now();
  let isGone = false;
  for (const { worker } of senders) worker.done.then(() => isGone = true);
  while (sum(senders, SEND.done) < wanted) {
    if (signal.aborted) return String(signal.reason);
    if (isGone) return READER_GONE;
    const runtimeMs = performance.now() - startMs;
    const { maxRuntimeMs } = config.limits;
    if (maxRuntimeMs !== null && runtimeMs >= maxRuntimeMs) return null;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return null;
}

function describe(
  config: ScanConfig,
  network: NetworkPlan,
  course: {
    readonly senders: readonly Sender[];
    readonly start: Date;
    readonly endedEarly: string | null;
  },
): Record<string, unknown> {
  const packets = sum(course.senders, SEND.accepted);
  return {
    ...config.report.description,
    interface: network.interfaceName,
    source_ips: network.sourceAddresses.map(formatIpv4),
    exit_reason: course.endedEarly ?? "completed",
    send_start_time: course.start.toISOString(),
    send_end_time: new Date().toISOString(),
    senders: course.senders.length,
    packets_sent: packets,
    targets_scanned: Math.ceil(packets / config.probe.probesPerTarget),
  };
}

function sum(senders: readonly Sender[], slot: number): number {
  return senders.reduce((total, { counters }) => total + counters[slot]!, 0);
}
