import type { NetworkPlan, ProcessorPlan } from "../preflight/mod.ts";
import type { ProbeOptions } from "../probe/mod.ts";
import type { MeasureMemory, ReceiveOptions } from "../receive/mod.ts";
import {
  makeSharedBucketMemory,
  type SendOptions,
  type SharedBucketMemory,
} from "../send/mod.ts";
import {
  type Control,
  type Counters,
  makeAnswerMapMemory,
  makeControl,
  makeCounters,
  makeRecordQueueMemory,
  makeWorkQueueMemory,
  RECEIVE_SLOTS,
  type RecordQueueMemory,
  SEND_SLOTS,
  type WorkQueueMemory,
} from "../shm/mod.ts";
import type { ScanConfig } from "./config.ts";
import { commonFilter } from "./outputs.ts";
import { WorkerHandle } from "./worker_handle.ts";

/** Room for responses that are not written yet: 2^21 words of 4 bytes, some 100,000 SYN-ACKs. */
const RECORD_QUEUE_WORD_BITS = 21;
/** Room for the sample of hosts that have answered: some 10,000. */
const SAMPLE_QUEUE_WORD_BITS = 16;

/** What one sender shares with the main thread. */
export interface SenderMemory {
  readonly control: Control;
  readonly counters: Counters;
  readonly work: WorkQueueMemory;
  readonly followUps: WorkQueueMemory;
}

/** All that the threads of a scan share. */
export interface ScanMemory {
  readonly receiverControl: Control;
  readonly receiverCounters: Counters;
  readonly records: RecordQueueMemory;
  readonly senders: readonly SenderMemory[];
  readonly bucket: SharedBucketMemory;
  readonly measure: MeasureMemory;
}

/** Makes the memory of a scan that starts at `ratePps`. */
export function makeScanMemory(
  config: ScanConfig,
  ratePps: number,
): ScanMemory {
  const { firstPosition, endPosition } = config.targets;
  return {
    receiverControl: makeControl(),
    receiverCounters: makeCounters(RECEIVE_SLOTS),
    records: makeRecordQueueMemory(RECORD_QUEUE_WORD_BITS),
    senders: Array.from({ length: config.send.senders }, () => ({
      control: makeControl(),
      counters: makeCounters(SEND_SLOTS),
      work: makeWorkQueueMemory(),
      followUps: makeWorkQueueMemory(),
    })),
    bucket: makeSharedBucketMemory(ratePps),
    measure: {
      answers: makeAnswerMapMemory(firstPosition, endPosition),
      samples: makeRecordQueueMemory(SAMPLE_QUEUE_WORD_BITS),
      firstFollowUp: config.probe.probesPerTarget,
    },
  };
}

/** What the workers are told of the network. */
export interface WorkerSetting {
  readonly config: ScanConfig;
  readonly network: NetworkPlan;
  readonly probeOptions: ProbeOptions;
  readonly memory: ScanMemory;
  readonly processors: ProcessorPlan;
  /** Four random words, the same for all workers. */
  readonly validationKey: Uint32Array;
}

/** The workers of a scan. They end with it. */
export class ScanWorkers {
  readonly receiver: WorkerHandle;
  readonly senders: readonly WorkerHandle[];

  /** Begins to load them, which takes a while: what else there is to do can be done meanwhile. */
  constructor(senderCount: number) {
    const receiver = new URL("../receive/worker.ts", import.meta.url);
    const sender = new URL("../send/worker.ts", import.meta.url);
    this.receiver = new WorkerHandle(receiver, "receiver");
    this.senders = Array.from(
      { length: senderCount },
      () => new WorkerHandle(sender, "sender"),
    );
  }

  /** Begins to start them: the receiver captures, and the senders wait for their command. */
  start(setting: WorkerSetting): void {
    this.receiver.start(receiveOptions(setting));
    for (const [i, sender] of this.senders.entries()) {
      sender.start(sendOptions(setting, i));
    }
  }

  /**
   * Waits until all of them have opened all that they need.
   *
   * @throws {PreflightError} when one of them cannot
   */
  async ready(): Promise<void> {
    await Promise.all(
      [this.receiver, ...this.senders].map((worker) => worker.ready()),
    );
  }

  [Symbol.dispose](): void {
    this.receiver.terminate();
    for (const sender of this.senders) sender.terminate();
  }
}

function receiveOptions(setting: WorkerSetting): ReceiveOptions {
  const { config, memory, processors } = setting;
  return {
    ...commonOptions(setting),
    processor: processors.receiver,
    bufferBytes: config.capture.bufferBytes,
    receiveBackend: config.capture.backend,
    filter: commonFilter(config.outputs),
    dedup: config.dedup,
    isPortChecked: config.probe.isPortChecked,
    measure: memory.measure,
    control: memory.receiverControl,
    counters: memory.receiverCounters,
    queue: memory.records,
  };
}

function sendOptions(setting: WorkerSetting, index: number): SendOptions {
  const { config, memory, network, processors } = setting;
  const sender = memory.senders[index]!;
  return {
    ...commonOptions(setting),
    processor: processors.senders[index]!,
    sendBackend: config.send.backend,
    deviceQueue: index,
    layer: network.layer,
    interfaceIndex: network.interfaceIndex,
    batch: config.send.batch,
    retries: config.send.retries,
    control: sender.control,
    counters: sender.counters,
    queue: sender.work,
    followUps: sender.followUps,
    bucket: memory.bucket,
    dryRun: null,
  };
}

/** What all workers are told alike. */
function commonOptions(
  { config, network, probeOptions, validationKey }: WorkerSetting,
): Pick<
  ReceiveOptions,
  | "interfaceName"
  | "sourceAddresses"
  | "probeModule"
  | "probeOptions"
  | "validationKey"
  | "targets"
> {
  return {
    interfaceName: network.interfaceName,
    sourceAddresses: network.sourceAddresses,
    probeModule: config.probe.module,
    probeOptions,
    validationKey,
    targets: config.targets,
  };
}
