import { MonotonicClock } from "../../ffi/clock.ts";
import { pinThread } from "../../ffi/machine_limits.ts";
import { currentThreadId } from "../../ffi/thread_facts.ts";
import type { SendBackend } from "../backend/mod.ts";
import { type OpenedSink, openSink } from "../backend/open_sink.ts";
import { workerScope } from "../base/worker_scope.ts";
import {
  AliasFrames,
  type AliasTable,
  type Ipv6Sources,
  type ProbeOptions,
  requireProbeModule,
} from "../probe/mod.ts";
import { prepareWorker } from "../sandbox/mod.ts";
import {
  awaitStart,
  Backlog,
  type Control,
  type Counters,
  type NextHopMemory,
  type RecordQueueMemory,
  runWorkerJob,
  SEND,
  tryAhead,
  type WorkerJob,
  type WorkerPreparation,
  WorkQueue,
  type WorkQueueMemory,
} from "../shm/mod.ts";
import {
  type Ipv4Targets as OpenIpv4Targets,
  ipv4TargetsOf,
} from "../targets/ipv4_targets.ts";
import {
  type Ipv6Targets as OpenIpv6Targets,
  ipv6TargetsOf,
} from "../targets/ipv6_targets.ts";
import type {
  Ipv6TargetPlan,
  Ipv6TargetRoutes,
  TargetMix,
  TargetPlan,
  TargetRoutes,
} from "../targets/mod.ts";
import {
  DryRunSink,
  type FrameFormat,
  plainFormat,
  recordProbe,
  textFormat,
} from "./dry_run_sink.ts";
import { type DryRunLock, makeDryRunWriter } from "./dry_run_writer.ts";
import type { LoopTargets, SendTargets } from "./loop_frames.ts";
import { mappedRecordProbe, mixedTextFormat } from "./mixed_dry_run.ts";
import { CapturedSink } from "./captured_sink.ts";
import { SendLoop } from "./send_loop.ts";
import { SharedBucket, type SharedBucketMemory } from "./shared_bucket.ts";
import { TwoSinks } from "./two_sinks.ts";

/** What a sender's worker is started with, whatever the families of its targets. Plain data. */
export interface SenderOptions {
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
  /** Where responses wait for the output: senders pause while it is too full. Null: there are none. */
  readonly records: RecordQueueMemory | null;
  /** What to write to standard output instead of sending; null: send. */
  readonly dryRun: DryRunOptions | null;
  /**
   * Capture file with a header, to which each probe that was sent is appended; null: none.
   *
   * @default {null}
   */
  readonly capturePath?: string | null;
}

/** What probes to one family are made and addressed with. */
interface FamilyOptions {
  /** They name the family, too, where it is IPv6. */
  readonly probeOptions: ProbeOptions;
  /** Where frames go on their link; null where the kernel writes the link headers. */
  readonly nextHops: NextHopMemory | null;
}

/** IPv4 targets. */
interface Ipv4Targets {
  readonly targets: TargetPlan;
  readonly sourceAddresses: readonly number[];
  /** Which target has which next hop; null: all have the same. */
  readonly routes: TargetRoutes | null;
}

/** IPv6 targets. */
interface Ipv6Targets {
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
}

/** What a sender to IPv4 targets is started with. Plain data. */
export interface SendOptions
  extends SenderOptions, FamilyOptions, Ipv4Targets {}

/** What a sender to IPv6 targets is started with. Plain data. */
export interface Ipv6SendOptions extends SenderOptions, FamilyOptions {
  readonly ipv6: Ipv6Targets;
}

/** What a sender to targets of both families is started with. Plain data. */
export interface MixedSendOptions extends SenderOptions {
  readonly mixed: {
    readonly mix: TargetMix;
    readonly ipv4: FamilyOptions & Ipv4Targets;
    readonly ipv6: FamilyOptions & Ipv6Targets;
  };
}

/** A dry run: what it writes of each packet, and the lock for standard output, which all senders share. */
export interface DryRunOptions {
  /** Text, or a record of 6 bytes, of 18 for IPv6 and where there are targets of both families. */
  readonly output: "text" | "records";
  readonly lock: DryRunLock;
}

/** What a pipe holds. */
const PIPE_BYTES = 65_536;

const worker = workerScope<
  SendOptions | Ipv6SendOptions | MixedSendOptions | WorkerPreparation
>();
/** How this thread gives its rights up, once that is made ready. */
let confine: (() => void) | null = null;

worker.onmessage = ({ data }): void => {
  if ("kind" in data) {
    prepare(data);
    return;
  }
  runWorkerJob(
    () => openSender(data),
    (message) => worker.postMessage(message),
  );
};

function prepare(_: WorkerPreparation): void {
  confine = tryAhead(() => prepareWorker("sender"));
}

function openSender(
  options: SendOptions | Ipv6SendOptions | MixedSendOptions,
): WorkerJob {
  if (options.processor !== null) pinThread(options.processor);
  options.counters[SEND.threadId] = currentThreadId();
  const { opened: { batch, name: backend, reason, sink }, targets } =
    "mixed" in options ? openMixed(options) : openOneFamily(options);
  const loop = new SendLoop({
    sink,
    batch,
    bucket: new SharedBucket(options.bucket),
    backlog: options.records === null ? null : new Backlog(options.records),
    clock: new MonotonicClock(),
    control: options.control,
    counters: options.counters,
    queue: new WorkQueue(options.queue),
    followUps: new WorkQueue(options.followUps),
    aliases: makeQueue(options.aliases ?? null),
    ...targets,
    validationKey: options.validationKey,
    retries: options.retries,
  });
  return {
    backend,
    reason,
    run: () => {
      if (awaitStart(options.control)) {
        confine ??= prepareWorker("sender");
        confine();
      }
      loop.run();
      return null;
    },
    [Symbol.dispose]: () => sink[Symbol.dispose](),
  };
}

function makeQueue(memory: WorkQueueMemory | null): WorkQueue | null {
  return memory === null ? null : new WorkQueue(memory);
}

/** Where frames go, open, and the targets with the probes that they get. */
interface OpenedSender {
  readonly opened: Pick<OpenedSink, "sink" | "batch" | "name" | "reason">;
  readonly targets: LoopTargets;
}

function openOneFamily(options: SendOptions | Ipv6SendOptions): OpenedSender {
  const { nextHops, probeOptions } = options;
  const wanted = requireProbeModule(options.probeModule).create(probeOptions);
  const hasRecords = options.dryRun?.output === "records";
  const probe = hasRecords ? recordProbe(wanted) : wanted;
  const { maxFrameBytes } = probe;
  const opened = options.dryRun === null
    ? openLive(options, { version: probe.family, maxFrameBytes })
    : openDry(options, options.dryRun, {
      maxFrameBytes,
      text: textFormat(probe, probeOptions.linkHeader.length),
    });
  return { opened, targets: { probe, nextHops, ...sendTargets(options) } };
}

function sendTargets(options: SendOptions | Ipv6SendOptions): SendTargets {
  return "ipv6" in options
    ? { ipv6: ipv6Frames(options.ipv6) }
    : ipv4Frames(options);
}

/** The targets of one family as frames to them are made. */
function ipv4Frames({ routes, sourceAddresses, targets }: Ipv4Targets): {
  readonly space: OpenIpv4Targets;
  readonly sourceAddresses: Uint32Array;
  readonly routes: TargetRoutes | null;
} {
  return {
    space: ipv4TargetsOf(targets),
    sourceAddresses: Uint32Array.from(sourceAddresses),
    routes,
  };
}

function ipv6Frames(
  { aliasTable = null, routes, sources, targets }: Ipv6Targets,
): {
  readonly space: OpenIpv6Targets;
  readonly sources: Ipv6Sources;
  readonly routes: Ipv6TargetRoutes | null;
  readonly aliases: AliasFrames | null;
} {
  const space = ipv6TargetsOf(targets);
  const aliases = aliasTable === null
    ? null
    : new AliasFrames(aliasTable, targets.seed);
  return { space, sources, routes, aliases };
}

function openMixed(options: MixedSendOptions): OpenedSender {
  const { ipv4, ipv6, mix } = options.mixed;
  const module = requireProbeModule(options.probeModule);
  const made4 = module.create(ipv4.probeOptions);
  const made6 = module.create(ipv6.probeOptions);
  const hasRecords = options.dryRun?.output === "records";
  const probe4 = hasRecords ? mappedRecordProbe(made4) : made4;
  const probe6 = hasRecords ? recordProbe(made6) : made6;
  const maxFrameBytes = Math.max(probe4.maxFrameBytes, probe6.maxFrameBytes);
  const linkBytes = ipv4.probeOptions.linkHeader.length;
  const opened = options.dryRun !== null
    ? openDry(options, options.dryRun, {
      maxFrameBytes,
      text: mixedTextFormat({ ipv4: probe4, ipv6: probe6 }, linkBytes),
    })
    : options.layer === "ethernet"
    ? openLive(options, { version: 4, maxFrameBytes })
    : openBothSockets(options, maxFrameBytes);
  const { sink } = opened;
  const isTwo = sink instanceof TwoSinks;
  return {
    opened,
    targets: {
      mixed: {
        mix,
        ipv4: {
          ...ipv4Frames(ipv4),
          nextHops: ipv4.nextHops,
          probe: probe4,
          slots: isTwo ? sink.ipv4 : sink,
          linkBytes,
        },
        ipv6: {
          ...ipv6Frames(ipv6),
          nextHops: ipv6.nextHops,
          probe: probe6,
          slots: isTwo ? sink.ipv6 : sink,
          linkBytes,
        },
      },
    },
  };
}

/** Where the kernel writes the link headers, each family has a socket of its own. */
function openBothSockets(
  options: SenderOptions,
  maxFrameBytes: number,
): OpenedSender["opened"] {
  const ipv4 = openLive(options, { version: 4, maxFrameBytes });
  try {
    const ipv6 = openLive(options, { version: 6, maxFrameBytes });
    return { ...ipv4, sink: new TwoSinks(ipv4.sink, ipv6.sink) };
  } catch (error) {
    ipv4.sink.close();
    throw error;
  }
}

function openLive(
  options: SenderOptions,
  { maxFrameBytes, version }: {
    readonly maxFrameBytes: number;
    readonly version: 4 | 6;
  },
): OpenedSender["opened"] {
  const opened = openSink({
    backend: options.sendBackend,
    layer: options.layer,
    version,
    interfaceName: options.interfaceName,
    interfaceIndex: options.interfaceIndex,
    deviceQueue: options.deviceQueue,
    batch: options.batch,
    maxFrameBytes,
  });
  const { capturePath = null, counters } = options;
  return capturePath === null
    ? opened
    : { ...opened, sink: captured(opened.sink, capturePath, counters) };
}

function captured(
  sink: OpenedSink["sink"],
  path: string,
  counters: Counters,
): OpenedSink["sink"] {
  const clock = new MonotonicClock();
  // Several senders write at its end, each call of which the kernel keeps together.
  const file = Deno.openSync(path, { append: true });
  return new CapturedSink({
    sink,
    wallClock: (out) => clock.wallClock(out),
    write: (bytes) => {
      for (let at = 0; at < bytes.length;) {
        at += file.writeSync(at === 0 ? bytes : bytes.subarray(at));
      }
    },
    onMissed: (frames) => void (counters[SEND.notCaptured]! += frames),
    close: () => file.close(),
  });
}

function openDry(
  options: SenderOptions,
  { lock, output }: DryRunOptions,
  { maxFrameBytes, text }: {
    readonly maxFrameBytes: number;
    /** What is written unless records are. */
    readonly text: FrameFormat;
  },
): OpenedSender["opened"] {
  const batch = output === "records"
    ? Math.floor(PIPE_BYTES / maxFrameBytes)
    : options.batch;
  const sink = new DryRunSink({
    capacity: batch,
    maxFrameBytes,
    format: output === "records" ? plainFormat : text,
    write: makeDryRunWriter(lock, options.control),
  });
  return { sink, batch, name: "dry run", reason: "nothing is sent" };
}
