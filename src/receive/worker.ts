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
} from "../shm/mod.ts";
import { type TargetPlan, TargetSpace } from "../targets/mod.ts";
import { AnswerReporter } from "./answer_reporter.ts";
import { captureFilter } from "./capture_filter.ts";
import { type Dedup, type ReceiveFilter, ReceiveLoop } from "./receive_loop.ts";

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

self.onmessage = (event: MessageEvent<ReceiveOptions>): void => {
  const options = event.data;
  const module = requireProbeModule(options.probeModule);
  const probe = module.create(options.probeOptions);
  try {
    if (options.processor !== null) pinThread(options.processor);
    const { source: opened, name: backend, reason } = openSource({
      backend: options.receiveBackend,
      interfaceName: options.interfaceName,
      filter: captureFilter(probe.captureFilter, options.sourceAddresses),
      snapLengthBytes: probe.snapLengthBytes,
      bufferBytes: options.bufferBytes,
    });
    using source = opened;
    const space = new TargetSpace(options.targets);
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
      answers: options.measure === null
        ? null
        : makeReporter(options, options.measure, space),
      validationKey: options.validationKey,
      hasPorts: module.usesPorts && options.targets.ports.length > 1,
    });
    self.postMessage({ kind: "ready", backend, reason });
    self.postMessage({ kind: "done", reason: loop.run() });
  } catch (cause) {
    self.postMessage({ kind: "failed", cause });
  }
};

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
