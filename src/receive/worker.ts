/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { ElsewhereSocket } from "../../ffi/elsewhere_socket.ts";
import { ErrnoError } from "../../ffi/errno.ts";
import { pinThread } from "../../ffi/machine_limits.ts";
import {
  elsewhereProgram,
  openSource,
  type ReceiveBackend,
} from "../backend/mod.ts";
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
import { AnswerReporter } from "./answer_reporter.ts";
import { captureFilter } from "./capture_filter.ts";
import { type Dedup, type ReceiveFilter, ReceiveLoop } from "./receive_loop.ts";
import { StrayAnswers } from "./stray_answers.ts";

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
  /** The kernel's number of it. */
  readonly interfaceIndex: number;
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
  const filter = captureFilter(probe.captureFilter, options.sourceAddresses);
  const { source, name: backend, reason } = openSource({
    backend: options.receiveBackend,
    interfaceName: options.interfaceName,
    filter,
    snapLengthBytes: probe.snapLengthBytes,
    bufferBytes: options.bufferBytes,
  });
  const space = new TargetSpace(options.targets);
  const { measure } = options;
  const elsewhere = openElsewhere(filter, options.interfaceIndex);
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
    strays: elsewhere === null
      ? null
      : new StrayAnswers({ ...options, source: elsewhere, space, probe }),
    validationKey: options.validationKey,
    hasPorts: module.usesPorts && options.targets.ports.length > 1,
  });
  return {
    backend,
    reason,
    run: () => loop.run(),
    [Symbol.dispose]: () => {
      source[Symbol.dispose]();
      elsewhere?.close();
    },
  };
}

/** Null where the kernel refuses it: a scan can do without. */
function openElsewhere(
  filter: string,
  interfaceIndex: number,
): ElsewhereSocket | null {
  try {
    return ElsewhereSocket.open(elsewhereProgram(filter, interfaceIndex));
  } catch (error) {
    if (error instanceof ErrnoError) return null;
    throw error;
  }
}

function makeReporter(
  { dedup, validationKey }: ReceiveOptions,
  { answers, firstFollowUp, mostFollowUps }: MeasureOptions,
  space: TargetSpace,
): AnswerReporter {
  return new AnswerReporter({
    space,
    queue: new AnswerQueue(answers),
    firstFollowUp,
    mostFollowUps,
    isExact: dedup.method === "full",
    salt: validationKey[1]! ^ validationKey[2]!,
  });
}
