/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { pinThread } from "../../ffi/machine_limits.ts";
import { openSource, type ReceiveBackend } from "../backend/mod.ts";
import { type ProbeOptions, requireProbeModule } from "../probe/mod.ts";
import {
  AnswerQueue,
  type AnswerQueueMemory,
  type Control,
  type Counters,
  RecordQueue,
  type RecordQueueMemory,
  runWorkerJob,
  type WorkerJob,
} from "../shm/mod.ts";
import { type TargetPlan, TargetSpace } from "../targets/mod.ts";
import { AnswerReporter, ipv4Answered } from "./answer_reporter.ts";
import { captureFilter } from "./capture_filter.ts";
import type { Dedup, ReceiveFilter } from "./_answer_recorder.ts";
import { ReceiveLoop } from "./receive_loop.ts";

/** What the receiver contributes to the measurement of loss. Plain data. */
export interface MeasureOptions {
  readonly answers: AnswerQueueMemory;
  /** Number of the first probe that is a follow-up, and how many a target may get. */
  readonly firstFollowUp: number;
  readonly mostFollowUps: number;
}

/** What the receiver's worker is started with. Plain data. */
export interface ReceiveOptions {
  /**
   * How packets are got from the kernel.
   * @default {"pcap"}
   */
  readonly receiveBackend: ReceiveBackend;
  /** Processor to run on; null: any. */
  readonly processor: number | null;
  readonly interfaceName: string;
  readonly sourceAddresses: readonly number[];
  /** Kernel buffer for captured packets. */
  readonly bufferBytes: number;
  readonly probeModule: string;
  readonly probeOptions: ProbeOptions;
  readonly validationKey: Uint32Array;
  readonly targets: TargetPlan;
  readonly filter: ReceiveFilter;
  readonly dedup: Dedup;
  /** Whether responses have to come from one of the ports that are probed. */
  readonly isPortChecked: boolean;
  /** Null: loss is not measured. */
  readonly measure: MeasureOptions | null;
  readonly control: Control;
  readonly counters: Counters;
  readonly queue: RecordQueueMemory;
}

self.onmessage = ({ data }: MessageEvent<ReceiveOptions>): void =>
  runWorkerJob(
    () => openReceiver(data),
    (message) => self.postMessage(message),
  );

function openReceiver(options: ReceiveOptions): WorkerJob {
  const module = requireProbeModule(options.probeModule);
  const probe = module.create(options.probeOptions);
  if (options.processor !== null) pinThread(options.processor);
  const { source, name: backend, reason } = openSource({
    backend: options.receiveBackend,
    interfaceName: options.interfaceName,
    filter: captureFilter(probe.captureFilter, options.sourceAddresses),
    snapLengthBytes: probe.snapLengthBytes,
    bufferBytes: options.bufferBytes,
  });
  const space = new TargetSpace(options.targets);
  const { measure } = options;
  const loop = new ReceiveLoop({
    source,
    space,
    probe,
    control: options.control,
    counters: options.counters,
    queue: new RecordQueue(options.queue),
    filter: options.filter,
    dedup: options.dedup,
    isPortChecked: options.isPortChecked,
    answers: measure === null ? null : makeReporter(options, measure, space),
    validationKey: options.validationKey,
    hasPorts: module.usesPorts && options.targets.ports.length > 1,
  });
  return {
    backend,
    reason,
    run: () => loop.run(),
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}

function makeReporter(
  { dedup, validationKey }: ReceiveOptions,
  { answers, firstFollowUp, mostFollowUps }: MeasureOptions,
  space: TargetSpace,
): AnswerReporter {
  return new AnswerReporter({
    targets: ipv4Answered(space),
    queue: new AnswerQueue(answers),
    firstFollowUp,
    mostFollowUps,
    isExact: dedup.method === "full",
    salt: validationKey[1]! ^ validationKey[2]!,
  });
}
