/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { MonotonicClock } from "../../ffi/clock.ts";
import { pinThread } from "../../ffi/machine_limits.ts";
import { type OpenedSink, openSink, type SendBackend } from "../backend/mod.ts";
import {
  AliasFrames,
  type AliasTable,
  type Ipv6Sources,
  type Probe,
  type ProbeOptions,
  requireProbeModule,
} from "../probe/mod.ts";
import {
  Backlog,
  type Control,
  type Counters,
  type NextHopMemory,
  type RecordQueueMemory,
  runWorkerJob,
  type WorkerJob,
  WorkQueue,
  type WorkQueueMemory,
} from "../shm/mod.ts";
import {
  ipv4TargetsOf,
  type Ipv6TargetPlan,
  type Ipv6TargetRoutes,
  ipv6TargetsOf,
  type TargetPlan,
  type TargetRoutes,
} from "../targets/mod.ts";
import {
  DryRunSink,
  plainFormat,
  recordProbe,
  textFormat,
} from "./dry_run_sink.ts";
import { type DryRunLock, makeDryRunWriter } from "./dry_run_writer.ts";
import { SendLoop, type SendTargets } from "./send_loop.ts";
import { SharedBucket, type SharedBucketMemory } from "./shared_bucket.ts";

/** What a sender's worker is started with, whatever the family of its targets. Plain data. */
interface SenderOptions {
  /** How frames are handed to the kernel. */
  readonly sendBackend: SendBackend;
  /** Which of the interface's queues this sender has for itself, where the back end works by queue. */
  readonly deviceQueue: number;
  readonly layer: "ethernet" | "ip";
  /** Processor to run on; null: any. */
  readonly processor: number | null;
  readonly interfaceName: string;
  readonly interfaceIndex: number;
  readonly probeModule: string;
  readonly probeOptions: ProbeOptions;
  readonly validationKey: Uint32Array;
  /** Most frames per system call. */
  readonly batch: number;
  /** Further tries for a frame that the kernel refused for a reason of its own. */
  readonly retries: number;
  readonly control: Control;
  readonly counters: Counters;
  readonly queue: WorkQueueMemory;
  readonly followUps: WorkQueueMemory;
  /**
   * Probes that test prefixes; null: none is tested.
   *
   * @default {null}
   */
  readonly aliases?: WorkQueueMemory | null;
  readonly bucket: SharedBucketMemory;
  /** Where frames go on their link; null where the kernel writes the link headers. */
  readonly nextHops: NextHopMemory | null;
  /** Where responses wait for the output: senders pause while it is too full. Null: there are none. */
  readonly records: RecordQueueMemory | null;
  /** What to write to standard output instead of sending; null: send. */
  readonly dryRun: DryRunOptions | null;
}

/** What a sender to IPv4 targets is started with. Plain data. */
export interface SendOptions extends SenderOptions {
  readonly targets: TargetPlan;
  readonly sourceAddresses: readonly number[];
  /** Which target has which next hop; null: all have the same. */
  readonly routes: TargetRoutes | null;
}

/** What a sender to IPv6 targets is started with. Plain data. `probeOptions` name the family, too. */
export interface Ipv6SendOptions extends SenderOptions {
  readonly ipv6: {
    readonly targets: Ipv6TargetPlan;
    readonly sources: Ipv6Sources;
    /** As of IPv4 targets. */
    readonly routes: Ipv6TargetRoutes | null;
    /**
     * The prefixes that are tested; null: none is.
     *
     * @default {null}
     */
    readonly aliasTable?: AliasTable | null;
  };
}

/** A dry run: what it writes of each packet, and the lock for standard output, which all senders share. */
export interface DryRunOptions {
  /** Text, or a record of 6 bytes, of 18 for IPv6. */
  readonly output: "text" | "records";
  readonly lock: DryRunLock;
}

/** What a pipe holds. */
const PIPE_BYTES = 65_536;

self.onmessage = (
  { data }: MessageEvent<SendOptions | Ipv6SendOptions>,
): void =>
  runWorkerJob(() => openSender(data), (message) => self.postMessage(message));

function openSender(options: SendOptions | Ipv6SendOptions): WorkerJob {
  const wanted = requireProbeModule(options.probeModule).create(
    options.probeOptions,
  );
  const hasRecords = options.dryRun?.output === "records";
  const probe = hasRecords ? recordProbe(wanted) : wanted;
  if (options.processor !== null) pinThread(options.processor);
  const { batch, name: backend, reason, sink } = open(options, probe);
  const loop = new SendLoop({
    sink,
    batch,
    probe,
    bucket: new SharedBucket(options.bucket),
    nextHops: options.nextHops,
    backlog: options.records === null ? null : new Backlog(options.records),
    clock: new MonotonicClock(),
    control: options.control,
    counters: options.counters,
    queue: new WorkQueue(options.queue),
    followUps: new WorkQueue(options.followUps),
    aliases: makeQueue(options.aliases ?? null),
    ...sendTargets(options),
    validationKey: options.validationKey,
    retries: options.retries,
  });
  return {
    backend,
    reason,
    run: () => {
      loop.run();
      return null;
    },
    [Symbol.dispose]: () => sink[Symbol.dispose](),
  };
}

function makeQueue(memory: WorkQueueMemory | null): WorkQueue | null {
  return memory === null ? null : new WorkQueue(memory);
}

function sendTargets(options: SendOptions | Ipv6SendOptions): SendTargets {
  if ("ipv6" in options) {
    const { aliasTable = null, routes, sources, targets } = options.ipv6;
    const space = ipv6TargetsOf(targets);
    const aliases = aliasTable === null
      ? null
      : new AliasFrames(aliasTable, targets.seed);
    return { ipv6: { space, sources, routes, aliases } };
  }
  return {
    space: ipv4TargetsOf(options.targets),
    sourceAddresses: Uint32Array.from(options.sourceAddresses),
    routes: options.routes,
  };
}

function open(
  options: SenderOptions,
  probe: Probe,
): Pick<OpenedSink, "sink" | "batch" | "name" | "reason"> {
  const { dryRun } = options;
  if (dryRun === null) {
    return openSink({
      backend: options.sendBackend,
      layer: options.layer,
      version: probe.family,
      interfaceName: options.interfaceName,
      interfaceIndex: options.interfaceIndex,
      deviceQueue: options.deviceQueue,
      batch: options.batch,
      maxFrameBytes: probe.maxFrameBytes,
    });
  }
  const batch = dryRun.output === "records"
    ? Math.floor(PIPE_BYTES / probe.maxFrameBytes)
    : options.batch;
  const sink = new DryRunSink({
    capacity: batch,
    maxFrameBytes: probe.maxFrameBytes,
    format: dryRun.output === "records"
      ? plainFormat
      : textFormat(probe, options.probeOptions.linkHeader.length),
    write: makeDryRunWriter(dryRun.lock, options.control),
  });
  return { sink, batch, name: "dry run", reason: "nothing is sent" };
}
