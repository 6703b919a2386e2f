/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** Sends valid answers to probes that nobody sent, at a steady rate, from a thread and a processor of its own. */
import { MonotonicClock } from "../../ffi/clock.ts";
import { pinThread } from "../../ffi/machine_limits.ts";
import { openSink } from "../../src/backend/mod.ts";
import { TokenBucket } from "../../src/pace/mod.ts";
import { FrameBuilder } from "../../src/probe/mod.ts";
import { type TargetPlan, TargetSpace } from "../../src/targets/mod.ts";
import {
  ETHERNET_HEADER_BYTES,
  IPV4_DESTINATION,
  IPV4_HEADER_BYTES,
  IPV4_SOURCE,
  TCP_ACK,
  TCP_ACKNOWLEDGEMENT,
  TCP_DESTINATION_PORT,
  TCP_FLAGS,
  TCP_SEQUENCE,
  TCP_SOURCE_PORT,
  TCP_SYN,
} from "../../src/wire/mod.ts";
import { makeProbe, SOURCE } from "./_send_loop.ts";

/** What the feeder is told. Plain data. */
export interface FeedOptions {
  readonly plan: TargetPlan;
  readonly validationKey: Uint32Array;
  readonly interfaceName: string;
  readonly interfaceIndex: number;
  readonly processor: number;
  /** Answers: one from each target, in the plan's order. */
  readonly first: number;
  readonly count: number;
  /** 0: as fast as possible. */
  readonly ratePps: number;
}

const BATCH = 64;

self.onmessage = ({ data }: MessageEvent<FeedOptions>): void => {
  pinThread(data.processor);
  const probe = makeProbe();
  const { batch, sink: opened } = openSink({
    backend: "xdp",
    layer: "ethernet",
    interfaceName: data.interfaceName,
    interfaceIndex: data.interfaceIndex,
    deviceQueue: 0,
    batch: BATCH,
    maxFrameBytes: probe.maxFrameBytes,
  });
  using sink = opened;
  const clock = new MonotonicClock();
  const bucket = new TokenBucket(new Float64Array(4));
  const builder = new FrameBuilder({
    slots: sink,
    space: new TargetSpace(data.plan),
    probe,
    sourceAddresses: Uint32Array.of(SOURCE),
    validationKey: data.validationKey,
    hops: null,
  });
  const startNs = clock.nowNs();
  bucket.start(startNs, data.ratePps);
  let sent = 0;
  while (sent < data.count) {
    const nowNs = clock.nowNs();
    const most = Math.min(batch, data.count - sent);
    const allowed = bucket.take(nowNs, most, most);
    if (allowed === 0) {
      clock.sleepUntil(nowNs + bucket.waitNs(nowNs, most));
      continue;
    }
    const free = sink.begin(allowed);
    if (free === 0) sink.waitWritable(1);
    builder.addRange(0, free, data.first + sent, 0);
    builder.finish();
    for (let slot = 0; slot < free; slot++) {
      turnIntoAnswer(sink.view, sink.frameAt(slot) + ETHERNET_HEADER_BYTES);
    }
    for (let first = 0; first < free;) {
      const taken = sink.send(first, free - first);
      if (taken > 0) first += taken;
      else sink.waitWritable(1);
    }
    if (free < allowed) bucket.giveBack(allowed - free);
    sent += free;
  }
  self.postMessage(sent / (clock.nowNs() - startNs) * 1e9);
};

/** Turns a SYN into its SYN-ACK, but for the checksums: in place, so that it costs next to nothing. */
function turnIntoAnswer(view: DataView, ipAt: number): void {
  const source = view.getUint32(ipAt + IPV4_SOURCE);
  view.setUint32(ipAt + IPV4_SOURCE, view.getUint32(ipAt + IPV4_DESTINATION));
  view.setUint32(ipAt + IPV4_DESTINATION, source);
  const at = ipAt + IPV4_HEADER_BYTES;
  const port = view.getUint16(at + TCP_SOURCE_PORT);
  view.setUint16(
    at + TCP_SOURCE_PORT,
    view.getUint16(at + TCP_DESTINATION_PORT),
  );
  view.setUint16(at + TCP_DESTINATION_PORT, port);
  const sequence = view.getUint32(at + TCP_SEQUENCE);
  view.setUint32(at + TCP_ACKNOWLEDGEMENT, sequence + 1);
  view.setUint8(at + TCP_FLAGS, TCP_SYN | TCP_ACK);
}
