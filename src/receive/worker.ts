/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { pinThread } from "../../ffi/machine_limits.ts";
import { openSource, type ReceiveBackend } from "../backend/mod.ts";
import { type ProbeOptions, requireProbeModule } from "../probe/mod.ts";
import {
  AnswerMap,
  type AnswerMapMemory,
  type Control,
  type Counters,
  RecordQueue,
  type RecordQueueMemory,
} from "../shm/mod.ts";
import { type TargetPlan, TargetSpace } from "../targets/mod.ts";
import { captureFilter } from "./capture_filter.ts";
import { type Dedup, type ReceiveFilter, ReceiveLoop } from "./receive_loop.ts";

/** Memory for the measurement of loss. Plain data. */
export interface MeasureMemory {
  readonly answers: AnswerMapMemory;
  readonly samples: RecordQueueMemory;
  /** Number of the first probe that is a follow-up. */
  readonly firstFollowUp: number;
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
  readonly measure: MeasureMemory | null;
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
    const loop = new ReceiveLoop({
      source,
      space: new TargetSpace(options.targets),
      probe,
      control: options.control,
      counters: options.counters,
      queue: new RecordQueue(options.queue),
      filter: options.filter,
      dedup: options.dedup,
      isPortChecked: options.isPortChecked,
      measure: options.measure === null ? null : {
        answers: new AnswerMap(options.measure.answers),
        samples: new RecordQueue(options.measure.samples),
        firstFollowUp: options.measure.firstFollowUp,
      },
      validationKey: options.validationKey,
      hasPorts: module.usesPorts && options.targets.ports.length > 1,
    });
    self.postMessage({ kind: "ready", backend, reason });
    self.postMessage({ kind: "done", reason: loop.run() });
  } catch (cause) {
    self.postMessage({ kind: "failed", cause });
  }
};
