import { MonotonicClock } from "../../../ffi/clock.ts";
import { EPERM } from "../../../ffi/constants.ts";
import { ErrnoError } from "../../../ffi/errno.ts";
import { LoopbackSender } from "../../../ffi/loopback_sender.ts";
import { PrivateNetwork } from "../../../ffi/private_network.ts";
import { openSink, type PacketSink } from "../../backend/mod.ts";
import { PreflightError } from "../../base/mod.ts";
import type { Probe } from "../../probe/mod.ts";
import { ETHERTYPE_IPV4, type FrameSlots } from "../../wire/mod.ts";
import { FrameMaker } from "./_frame_maker.ts";
import { makePrivateSink, type SinkKind } from "./_private_sink.ts";
import { type CheckedScan, makeProbe } from "./checked_scan.ts";

/** A measured rate, or why there is none. */
export interface Measurement {
  /** Packets per second on one thread; null when it could not be measured. */
  readonly ratePps: number | null;
  /** What was measured, or why nothing was; a few words. */
  readonly how: string;
  /** Another way was measured that costs more, so it is a bound from below. */
  readonly isEstimate: boolean;
}

/** No measurement, and why. */
export function unmeasured(why: string): Measurement {
  return { ratePps: null, how: `not measured: ${why}`, isEstimate: false };
}

/** How long code runs before it is measured, so that it is compiled by then. */
const WARM_UP_MS = 30;
const BUILD_MS = 50;
const SEND_MS = 120;
/** As the sender's worker has it. */
export const SEND_BUFFER_BYTES: number = 4 << 20;
/** An Ethernet header to nobody: all zeros but for the type. */
export const LINK_HEADER: Uint8Array = Uint8Array.of(
  ...new Uint8Array(12),
  ETHERTYPE_IPV4 >> 8,
  ETHERTYPE_IPV4 & 255,
);
const SLOT_BYTES = 128;
/** A test address (RFC 2544) that all routes of the private network lead to. */
const DESTINATION = 0xc612_0001;
/** An address that no scan has, for when none is known. */
export const SOURCE = 0xc000_0201;

/**
 * Measures how fast this scan's packets are built: one thread, targets in their real order, tags and
 * checksums included, about 80 ms. Nothing is sent.
 */
export function measureBuilding(scan: CheckedScan): Measurement {
  const { probe } = makeProbe(scan, LINK_HEADER);
  const capacity = scan.send.batch;
  const stride = Math.max(SLOT_BYTES, probe.maxFrameBytes);
  const slots: FrameSlots = {
    view: new DataView(new ArrayBuffer(capacity * stride)),
    capacity,
    frameAt: (slot) => slot * stride,
    setFrame: () => {},
  };
  const maker = new FrameMaker(slots, {
    plan: scan.targets,
    probe,
    sourceAddress: SOURCE,
    destination: DESTINATION,
  });
  const fill = (): number => {
    maker.fill(capacity);
    return capacity;
  };
  rateOf(fill, WARM_UP_MS);
  return {
    ratePps: rateOf(fill, BUILD_MS),
    how: "on one thread",
    isEstimate: false,
  };
}

/** A way to send, as far as it is measured. */
type Sender = FrameSlots & Pick<PacketSink, "begin" | "send">;

/** What sending is measured with. */
export interface SendingSetUp {
  readonly layer: "ethernet" | "ip";
  /** Driver of the real interface; a sink of its kind is taken where there is one. */
  readonly driver: string | null;
}

/**
 * Measures how fast this scan's packets are built and handed to the kernel: one thread, the scan's back end, into an
 * interface of a private network namespace that leads nowhere, about 150 ms. No other thread may be given
 * work meanwhile. Where that is not permitted (CAP_SYS_ADMIN), they go to a socket of this process that drops
 * them, as datagrams over the loopback interface.
 */
export function measureSending(
  scan: CheckedScan,
  setUp: SendingSetUp,
): Measurement {
  const measured = inPrivateNetwork(() => sendPrivately(scan, setUp));
  if (measured.ratePps !== null) return measured;
  try {
    return sendOverLoopback(scan);
  } catch (error) {
    if (error instanceof ErrnoError) return measured;
    throw error;
  }
}

/** What `measure` returns inside of a private network namespace, or why there is none. */
export function inPrivateNetwork(measure: () => Measurement): Measurement {
  let network: PrivateNetwork;
  try {
    network = PrivateNetwork.enter();
  } catch (error) {
    return notMeasured(error, "a private network needs CAP_SYS_ADMIN");
  }
  try {
    return measure();
  } catch (error) {
    return notMeasured(error, "raw sockets need CAP_NET_RAW");
  } finally {
    network.leave();
  }
}

/** For what a machine may lack; `refusal` says it when it lacks the right. */
function notMeasured(error: unknown, refusal: string): Measurement {
  const isLack = error instanceof ErrnoError ||
    error instanceof PreflightError ||
    error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotCapable;
  if (!isLack) throw error;
  const isRefused = error instanceof ErrnoError && error.errno === EPERM;
  const why = isRefused ? refusal : error.message;
  return unmeasured(why);
}

function sendPrivately(
  scan: CheckedScan,
  { driver, layer }: SendingSetUp,
): Measurement {
  const plain: readonly SinkKind[] = ["ifb", "dummy", "veth"];
  const sink = makePrivateSink(driver === "veth" ? ["veth"] : plain);
  if (sink === null) {
    return unmeasured("this kernel has no interface to throw packets away");
  }
  const header = layer === "ip" ? new Uint8Array(0) : LINK_HEADER;
  const { probe } = makeProbe(scan, header);
  const { batch, name, sink: opened } = openSink({
    backend: scan.send.backend,
    layer,
    interfaceName: sink.interfaceName,
    interfaceIndex: sink.interfaceIndex,
    deviceQueue: 0,
    batch: scan.send.batch,
    maxFrameBytes: probe.maxFrameBytes,
  });
  using sender = opened;
  return {
    ratePps: sendRate(scan, { sender, probe, batch }),
    how: `one thread, ${name} into a private ${sink.kind}${
      sink.kind === "veth" ? " with nothing behind it" : ""
    }`,
    isEstimate: false,
  };
}

function sendOverLoopback(scan: CheckedScan): Measurement {
  const { probe } = makeProbe(scan, LINK_HEADER);
  using sender = LoopbackSender.open({
    capacity: scan.send.batch,
    maxFrameBytes: probe.maxFrameBytes,
  });
  return {
    ratePps: sendRate(scan, { sender, probe, batch: sender.capacity }),
    how: "one thread, sendmmsg to itself over loopback, which costs more",
    isEstimate: true,
  };
}

/** Null when the kernel takes nothing. */
function sendRate(
  scan: CheckedScan,
  { batch, probe, sender }: { sender: Sender; probe: Probe; batch: number },
): number | null {
  const maker = new FrameMaker(sender, {
    plan: scan.targets,
    probe,
    sourceAddress: SOURCE,
    destination: DESTINATION,
  });
  const send = (): number => {
    const count = sender.begin(batch);
    maker.fill(count);
    // A refusal costs a call too, so a full queue shows as a low rate.
    return Math.max(sender.send(0, count), 0);
  };
  rateOf(send, WARM_UP_MS);
  return rateOf(send, SEND_MS) || null;
}

/** Packets per second of `work`, which is repeated for `milliseconds` and returns how many it did. */
function rateOf(work: () => number, milliseconds: number): number {
  const clock = new MonotonicClock();
  const startNs = clock.nowNs();
  const endNs = startNs + milliseconds * 1e6;
  let count = 0;
  let nowNs = startNs;
  while (nowNs < endNs) {
    count += work();
    nowNs = clock.nowNs();
  }
  return count / (nowNs - startNs) * 1e9;
}
