import { MonotonicClock } from "../../../ffi/clock.ts";
import { SocketSender } from "../../../ffi/packet_sender.ts";
import { openSource, type PacketSource } from "../../backend/mod.ts";
import {
  type Probe,
  TARGET_ADDRESS,
  TARGET_PORT,
  TARGET_SLOTS,
  TARGET_SOURCE,
} from "../../probe/mod.ts";
import { computeTag } from "../../validation/mod.ts";
import { ETHERNET_HEADER_BYTES } from "../../wire/mod.ts";
import { turnIntoAnswer } from "./_answer_frames.ts";
import { FrameMaker } from "./_frame_maker.ts";
import { DRAIN, makePrivateSink } from "./_private_sink.ts";
import {
  inPrivateNetwork,
  LINK_HEADER,
  type Measurement,
  SEND_BUFFER_BYTES,
  SOURCE,
  unmeasured,
} from "./calibration.ts";
import { type CheckedScan, makeProbe } from "./checked_scan.ts";

/** Rounds of sending some packets, which is not measured, and taking them, which is. */
const WARM_UP_ROUNDS = 8;
const ROUNDS = 24;
const BATCH = 512;
const CAPTURE_BUFFER_BYTES = 4 << 20;
/** How long a packet may take from the sender to the capture. */
const PATIENCE_NS = 20e6;
const LOOK_EVERY_NS = 50_000;

/**
 * Measures how fast answers are taken from a capture and checked: one thread, the scan's back end on an interface of a
 * private network namespace, about 100 ms. No other thread may be given work meanwhile. Needs CAP_SYS_ADMIN.
 */
export function measureReceiving(scan: CheckedScan): Measurement {
  return inPrivateNetwork(() => receivePrivately(scan));
}

function receivePrivately(scan: CheckedScan): Measurement {
  const sink = makePrivateSink(["veth"]);
  if (sink === null) {
    return unmeasured("this kernel has no veth");
  }
  const { probe } = makeProbe(scan, LINK_HEADER);
  const { name, source } = openSource({
    backend: scan.capture.backend,
    interfaceName: DRAIN,
    filter: "ip",
    snapLengthBytes: probe.snapLengthBytes,
    bufferBytes: CAPTURE_BUFFER_BYTES,
  });
  using capture = source;
  const how = `captured by ${name} and checked by one thread`;
  using sender = SocketSender.openLink({
    interfaceIndex: sink.interfaceIndex,
    capacity: BATCH,
    maxFrameBytes: probe.maxFrameBytes,
    sendBufferBytes: SEND_BUFFER_BYTES,
  });
  const maker = new FrameMaker(sender, {
    plan: scan.targets,
    probe,
    sourceAddress: SOURCE,
    destination: SOURCE,
  });
  const clock = new MonotonicClock();
  const taker = new AnswerTaker(probe, capture);
  let total = 0;
  let totalNs = 0;
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    maker.fill(BATCH);
    for (let slot = 0; slot < BATCH; slot++) {
      const ipAt = sender.frameAt(slot) + ETHERNET_HEADER_BYTES;
      turnIntoAnswer(sender.view, ipAt);
    }
    let left = Math.max(sender.send(0, BATCH), 0);
    const deadlineNs = clock.nowNs() + PATIENCE_NS;
    while (left > 0) {
      const startNs = clock.nowNs();
      const taken = taker.take(left);
      const nowNs = clock.nowNs();
      if (round >= WARM_UP_ROUNDS && taken > 0) {
        total += taken;
        totalNs += nowNs - startNs;
      }
      left -= taken;
      if (nowNs > deadlineNs) break;
      // Some are still on their way: waiting for them is not the receiver's work.
      if (left > 0) clock.sleepUntil(nowNs + LOOK_EVERY_NS);
    }
  }
  const ratePps = totalNs > 0 ? total / totalNs * 1e9 : null;
  return { ratePps, how, isEstimate: false };
}

/** Does with each packet what the receiver does up to the verdict whether it answers a probe. */
class AnswerTaker {
  readonly #probe: Probe;
  readonly #capture: PacketSource;
  readonly #key: Uint32Array = crypto.getRandomValues(new Uint32Array(4));
  readonly #target = new Uint32Array(TARGET_SLOTS);
  readonly #tag = new Uint32Array(4);

  constructor(probe: Probe, capture: PacketSource) {
    this.#probe = probe;
    this.#capture = capture;
  }

  /** Takes what waits, `most` packets at most; returns how many there were. */
  take(most: number): number {
    const { view } = this.#capture;
    const target = this.#target;
    for (let taken = 0; taken < most; taken++) {
      const end = this.#capture.next();
      if (end <= 0) return taken;
      if (!this.#probe.identify(view, ETHERNET_HEADER_BYTES, end, target)) {
        continue;
      }
      computeTag(
        this.#key,
        target[TARGET_SOURCE]!,
        target[TARGET_ADDRESS]!,
        target[TARGET_PORT]!,
        this.#tag,
      );
      const at = ETHERNET_HEADER_BYTES;
      this.#probe.validate(view, at, end, target, this.#tag);
    }
    return most;
  }
}
