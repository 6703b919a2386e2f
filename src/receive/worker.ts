import { ElsewhereSocket } from "../../ffi/elsewhere_socket.ts";
import { ErrnoError } from "../../ffi/errno.ts";
import { openLibpcap } from "../../ffi/libpcap.ts";
import { pinThread } from "../../ffi/machine_limits.ts";
import { currentThreadId } from "../../ffi/thread_facts.ts";
import { elsewhereProgram } from "../backend/elsewhere_program.ts";
import type { ReceiveBackend } from "../backend/mod.ts";
import { openSource } from "../backend/open_source.ts";
import { workerScope } from "../base/worker_scope.ts";
import {
  AliasAddresses,
  type Ipv6Sources,
  type ProbeOptions,
  requireProbeModule,
} from "../probe/mod.ts";
import { prepareWorker } from "../sandbox/mod.ts";
import {
  AnswerQueue,
  type AnswerQueueMemory,
  awaitStart,
  type Control,
  type Counters,
  RECEIVE,
  RecordQueue,
  type RecordQueueMemory,
  runWorkerJob,
  tryAhead,
  type WorkerJob,
  type WorkerPreparation,
} from "../shm/mod.ts";
import { ipv4TargetsOf } from "../targets/ipv4_targets.ts";
import { ipv6TargetsOf } from "../targets/ipv6_targets.ts";
import type { Ipv6TargetPlan, TargetMix, TargetPlan } from "../targets/mod.ts";
import type { Ipv4Receive } from "./_ipv4_handler.ts";
import type { Ipv6Receive } from "./_ipv6_handler.ts";
import {
  type AnsweredTargets,
  AnswerReporter,
  ipv4Answered,
  ipv6Answered,
  mixedAnswered,
} from "./answer_reporter.ts";
import {
  captureFilter,
  captureFilter6,
  captureFilterOfBoth,
} from "./capture_filter.ts";
import type { Dedup, ReceiveFilter } from "./_answer_recorder.ts";
import type { AnsweredBefore } from "./answered_before.ts";
import { ReceiveLoop } from "./receive_loop.ts";
import type { StrayTargets } from "./_stray_check.ts";
import { StrayAnswers, type StrayFamily } from "./stray_answers.ts";

/** What the receiver contributes to the measurement of loss. Plain data. */
export interface MeasureOptions {
  readonly answers: AnswerQueueMemory;
  /** Number of the first probe that is a follow-up, and how many a target may get. */
  readonly firstFollowUp: number;
  readonly mostFollowUps: number;
  /** Chooses which target of a host may get follow-ups; null: chosen anew. */
  readonly salt?: number | null;
}

/** What answers of IPv4 targets are received with. Plain data. */
export interface Ipv4ReceiveOptions {
  readonly sourceAddresses: readonly number[];
  readonly probeModule: string;
  readonly probeOptions: ProbeOptions;
  readonly targets: TargetPlan;
}

/** What answers of IPv6 targets are received with. Plain data. */
export interface Ipv6ReceiveOptions {
  readonly sources: Ipv6Sources;
  /**
   * Whether prefixes are tested.
   *
   * @default {false}
   */
  readonly hasAliasTests?: boolean;
  readonly probeModule: string;
  /** They name the family, too. */
  readonly probeOptions: ProbeOptions;
  readonly targets: Ipv6TargetPlan;
}

/** What the receiver's worker is started with, whatever the families of its targets. Plain data. */
interface ReceiverOptions {
  /**
   * How packets are got from the kernel.
   * @default {"pcap"}
   */
  readonly receiveBackend: ReceiveBackend;
  /** Processor to run on; null: any. */
  readonly processor: number | null;
  readonly interfaceName: string;
  /** The kernel's number of it. */
  readonly interfaceIndex: number;
  /** Kernel buffer for captured packets. */
  readonly bufferBytes: number;
  readonly validationKey: Uint32Array;
  readonly filter: ReceiveFilter;
  readonly dedup: Dedup;
  /** Whether the first answer of each target is handed over even where no output wants it. */
  readonly isJournaled?: boolean;
  /** What an earlier run of the same scan has seen; null: there was none. */
  readonly answeredBefore?: AnsweredBefore | null;
  /** Whether responses have to come from one of the ports that are probed. */
  readonly isPortChecked: boolean;
  /** Null: loss is not measured. */
  readonly measure: MeasureOptions | null;
  readonly control: Control;
  readonly counters: Counters;
  readonly queue: RecordQueueMemory;
}

/** What the receiver's worker is started with where there are IPv4 targets. Plain data. */
export interface ReceiveOptions extends ReceiverOptions, Ipv4ReceiveOptions {
  /** The IPv6 targets behind the same capture, where there are some. */
  readonly ipv6?: Ipv6ReceiveOptions;
  /** How the orders of both are mixed, where there are IPv6 targets, too. */
  readonly mix?: TargetMix;
}

/** What the receiver's worker is started with where there are IPv6 targets alone. Plain data. */
export interface Ipv6OnlyReceiveOptions extends ReceiverOptions {
  readonly ipv6: Ipv6ReceiveOptions;
}

const worker = workerScope<
  ReceiveOptions | Ipv6OnlyReceiveOptions | WorkerPreparation
>();
/** How this thread gives its rights up, once that is made ready. */
let confine: (() => void) | null = null;

worker.onmessage = ({ data }): void => {
  if ("kind" in data) {
    prepare(data);
    return;
  }
  runWorkerJob(
    () => openReceiver(data),
    (message) => worker.postMessage(message),
  );
};

function prepare({ usesLibpcap }: WorkerPreparation): void {
  confine = tryAhead(() => prepareWorker("receiver"));
  if (usesLibpcap) tryAhead(openLibpcap);
}

/** One family, ready to be received. */
interface Prepared<T> {
  readonly filter: string;
  readonly snapLengthBytes: number;
  readonly targets: T;
}

function openReceiver(
  options: ReceiveOptions | Ipv6OnlyReceiveOptions,
): WorkerJob {
  const ipv4 = "targets" in options ? prepareIpv4(options) : null;
  const ipv6 = options.ipv6 === undefined ? null : prepareIpv6(
    options,
    options.ipv6,
    "mix" in options ? options.mix : undefined,
  );
  const prepared = [ipv4, ipv6].filter((one) => one !== null);
  if (options.processor !== null) pinThread(options.processor);
  options.counters[RECEIVE.threadId] = currentThreadId();
  const { source, name: backend, reason } = openSource({
    backend: options.receiveBackend,
    interfaceName: options.interfaceName,
    filter: prepared.map(({ filter }) => filter).reduce(captureFilterOfBoth),
    snapLengthBytes: Math.max(
      ...prepared.map(({ snapLengthBytes }) => snapLengthBytes),
    ),
    bufferBytes: options.bufferBytes,
  });
  const strays = [
    ...ipv4 === null ? [] : openStrays(options, ipv4.filter, ipv4.targets),
    ...ipv6 === null
      ? []
      : openStrays(options, ipv6.filter, { ipv6: ipv6.targets }),
  ];
  const shared = {
    source,
    control: options.control,
    counters: options.counters,
    queue: new RecordQueue(options.queue),
    filter: options.filter,
    dedup: options.dedup,
    isJournaled: options.isJournaled ?? false,
    answeredBefore: options.answeredBefore ?? null,
    isPortChecked: options.isPortChecked,
    strays: new StrayAnswers({ ...options, families: strays }),
    validationKey: options.validationKey,
  };
  const both = ipv6 === null ? {} : { ipv6: ipv6.targets };
  const loop = ipv4 === null
    ? new ReceiveLoop({ ...shared, ipv6: ipv6!.targets })
    : new ReceiveLoop({ ...shared, ...ipv4.targets, ...both });
  return {
    backend,
    reason,
    run: () => {
      if (awaitStart(options.control)) {
        confine ??= prepareWorker("receiver");
        confine();
      }
      return loop.run();
    },
    [Symbol.dispose]: () => {
      source[Symbol.dispose]();
      for (const { source: elsewhere } of strays) elsewhere.close();
    },
  };
}

function prepareIpv4(
  options: ReceiverOptions & Pick<ReceiveOptions, "mix"> & Ipv4ReceiveOptions,
): Prepared<Ipv4Receive> {
  const module = requireProbeModule(options.probeModule);
  const probe = module.create(options.probeOptions);
  const space = ipv4TargetsOf(options.targets);
  return {
    filter: captureFilter(probe.captureFilter, options.sourceAddresses),
    snapLengthBytes: probe.snapLengthBytes,
    targets: {
      space,
      probe,
      answers: makeReporter(
        options,
        mixedAnswered(ipv4Answered(space), 4, options.mix),
      ),
      hasPorts: module.usesPorts && options.targets.ports.length > 1,
    },
  };
}

function prepareIpv6(
  options: ReceiverOptions,
  { hasAliasTests, probeModule, probeOptions, sources, targets }:
    Ipv6ReceiveOptions,
  mix: TargetMix | undefined,
): Prepared<Ipv6Receive> {
  const probe = requireProbeModule(probeModule).create(probeOptions);
  const space = ipv6TargetsOf(targets);
  return {
    filter: captureFilter6(probe.captureFilter, sources),
    snapLengthBytes: probe.snapLengthBytes,
    targets: {
      space,
      probe,
      sources,
      aliases: hasAliasTests ? new AliasAddresses(targets.seed) : null,
      answers: makeReporter(
        options,
        mixedAnswered(ipv6Answered(space), 6, mix),
      ),
    },
  };
}

/** A source of answers that arrive elsewhere; none where the kernel refuses it: a scan can do without. */
function openStrays(
  { interfaceIndex }: ReceiverOptions,
  filter: string,
  targets: StrayTargets,
): (StrayFamily & { readonly source: ElsewhereSocket })[] {
  const version = "ipv6" in targets ? 6 : 4;
  const program = elsewhereProgram(filter, interfaceIndex);
  try {
    return [{ targets, source: ElsewhereSocket.open(program, version) }];
  } catch (error) {
    if (error instanceof ErrnoError) return [];
    throw error;
  }
}

function makeReporter(
  { dedup, measure, validationKey }: ReceiverOptions,
  targets: AnsweredTargets,
): AnswerReporter | null {
  if (measure === null) return null;
  return new AnswerReporter({
    targets,
    queue: new AnswerQueue(measure.answers),
    firstFollowUp: measure.firstFollowUp,
    mostFollowUps: measure.mostFollowUps,
    isExact: dedup.method === "full",
    salt: measure.salt ?? validationKey[1]! ^ validationKey[2]!,
  });
}
