/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { MonotonicClock } from "../../ffi/clock.ts";
import { IpSender, LinkSender } from "../../ffi/packet_sender.ts";
import { type ProbeOptions, requireProbeModule } from "../probe/mod.ts";
import {
  type Control,
  type Counters,
  WorkQueue,
  type WorkQueueMemory,
} from "../shared/mod.ts";
import { type TargetPlan, TargetSpace } from "../targets/mod.ts";
import { SendLoop } from "./send_loop.ts";
import { SharedBucket, type SharedBucketMemory } from "./shared_bucket.ts";

/** What a sender's worker is started with. Plain data. */
export interface SendOptions {
  readonly layer: "ethernet" | "ip";
  readonly interfaceName: string;
  readonly interfaceIndex: number;
  readonly sourceAddresses: readonly number[];
  readonly probeModule: string;
  readonly probeOptions: ProbeOptions;
  readonly validationKey: Uint32Array;
  readonly targets: TargetPlan;
  /** Most frames per system call. */
  readonly batch: number;
  /** Further tries for a frame that the kernel refused for a reason of its own. */
  readonly retries: number;
  readonly control: Control;
  readonly counters: Counters;
  readonly queue: WorkQueueMemory;
  readonly followUps: WorkQueueMemory;
  readonly bucket: SharedBucketMemory;
}

/** Room for frames on their way to the device: backlog that the kernel may hold for one sender. */
const SEND_BUFFER_BYTES = 4 << 20;

self.onmessage = (event: MessageEvent<SendOptions>): void => {
  const options = event.data;
  const probe = requireProbeModule(options.probeModule).create(
    options.probeOptions,
  );
  const shape = {
    interfaceName: options.interfaceName,
    interfaceIndex: options.interfaceIndex,
    capacity: options.batch,
    maxFrameBytes: probe.maxFrameBytes,
    sendBufferBytes: SEND_BUFFER_BYTES,
  };
  try {
    using sink = options.layer === "ethernet"
      ? LinkSender.open(shape)
      : IpSender.open(shape);
    const loop = new SendLoop({
      sink,
      space: new TargetSpace(options.targets),
      probe,
      bucket: new SharedBucket(options.bucket),
      clock: new MonotonicClock(),
      control: options.control,
      counters: options.counters,
      queue: new WorkQueue(options.queue),
      followUps: new WorkQueue(options.followUps),
      sourceAddresses: Uint32Array.from(options.sourceAddresses),
      validationKey: options.validationKey,
      retries: options.retries,
    });
    self.postMessage({ kind: "ready" });
    loop.run();
    self.postMessage({ kind: "done", reason: null });
  } catch (cause) {
    self.postMessage({ kind: "failed", cause });
  }
};
