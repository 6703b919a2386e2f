import { MonotonicClock } from "../../ffi/clock.ts";
import { ErrnoError } from "../../ffi/errno.ts";
import { LoopbackSender } from "../../ffi/loopback_sender.ts";
import { openSink, type PacketSink } from "../backend/mod.ts";
import type { Probe } from "../probe/mod.ts";
import { MemorySink } from "./_memory_sink.ts";
import { makePrivateSink, type SinkKind } from "./_private_sink.ts";
import { SendTrial } from "./_send_trial.ts";
import {
  calibrationPlan,
  inPrivateNetwork,
  linkHeaderOf,
  type Measurement,
  unmeasured,
} from "./calibration.ts";
import { makeProbe } from "./checked_scan.ts";
import type { FamilyTargets } from "./family_scan.ts";

/** How long something runs before it is measured, so that its code is compiled by then, and how long after. */
interface TrialTimes {
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

const BUILD_TIMES: TrialTimes = { warmUpMs: 50, measuredMs: 30 };
/** Building has been compiled before. */
const SEND_TIMES: TrialTimes = { warmUpMs: 30, measuredMs: 80 };
/** Room for a frame: no two share a cache line of the processor. */
const SLOT_BYTES = 128;

/**
 * Measures how fast this scan's packets are built: the send loop on one thread, targets in their real order, tags and
 * checksums included, about 80 ms. Nothing is sent.
 */
export function measureBuilding(scan: FamilyTargets): Measurement {
  const { probe } = makeProbe(scan, linkHeaderOf(scan.version));
  const { batch } = scan.settings.send;
  const sink = new MemorySink({
    capacity: batch,
    strideBytes: Math.max(SLOT_BYTES, probe.maxFrameBytes),
  });
  return {
    ratePps: sendRate(scan, { sink, batch, probe }, BUILD_TIMES),
    how: "on one thread",
    isEstimate: false,
  };
}

/** What sending is measured with. */
export interface SendingSetUp {
  readonly layer: "ethernet" | "ip";
  /** Driver of the real interface; a sink of its kind is taken where there is one. */
  readonly driver: string | null;
}

/**
 * Measures how fast this scan's packets are built and handed to the kernel: the send loop on one thread, the scan's back
 * end, into an interface of a private network namespace that leads nowhere, about 110 ms. No other thread may be given
 * work meanwhile. Where that is not permitted (CAP_SYS_ADMIN), they go to a socket of this process that drops
 * them, as datagrams over the loopback interface.
 */
export function measureSending(
  scan: FamilyTargets,
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

function sendPrivately(
  scan: FamilyTargets,
  { driver, layer }: SendingSetUp,
): Measurement {
  const plain: readonly SinkKind[] = ["ifb", "dummy", "veth"];
  const nowhere = makePrivateSink(
    driver === "veth" ? ["veth"] : plain,
    scan.version,
  );
  if (nowhere === null) {
    return unmeasured("this kernel has no interface to throw packets away");
  }
  const { settings: { send }, version } = scan;
  const header = layer === "ip" ? new Uint8Array(0) : linkHeaderOf(version);
  const { probe } = makeProbe(scan, header);
  const { batch, name, sink: opened } = openSink({
    backend: send.backend,
    layer,
    version,
    interfaceName: nowhere.interfaceName,
    interfaceIndex: nowhere.interfaceIndex,
    deviceQueue: 0,
    batch: send.batch,
    maxFrameBytes: probe.maxFrameBytes,
  });
  using sink = opened;
  const ratePps = sendRate(scan, { sink, probe, batch }, SEND_TIMES);
  const where = `a private ${nowhere.kind}${
    nowhere.kind === "veth" ? " with nothing behind it" : ""
  }`;
  if (ratePps === null) {
    return unmeasured(`the kernel took no packet by ${name} into ${where}`);
  }
  return {
    ratePps,
    how: `one thread, ${name} into ${where}`,
    isEstimate: false,
  };
}

function sendOverLoopback(scan: FamilyTargets): Measurement {
  const { probe } = makeProbe(scan, linkHeaderOf(scan.version));
  using sink = LoopbackSender.open({
    capacity: scan.settings.send.batch,
    maxFrameBytes: probe.maxFrameBytes,
  });
  const ratePps = sendRate(
    scan,
    { sink, probe, batch: sink.capacity },
    SEND_TIMES,
  );
  return ratePps === null
    ? unmeasured("the kernel took no packet over loopback")
    : {
      ratePps,
      how: "one thread, sendmmsg to itself over loopback, which costs more",
      isEstimate: true,
    };
}

/** Packets per second over some time after the warm-up; null when the sink takes none. */
function sendRate(
  scan: FamilyTargets,
  parts: { sink: PacketSink; probe: Probe; batch: number },
  { measuredMs, warmUpMs }: TrialTimes,
): number | null {
  const trial = new SendTrial({
    ...parts,
    plan: calibrationPlan(scan),
    clock: new MonotonicClock(),
  });
  trial.run(warmUpMs);
  return trial.run(measuredMs) || null;
}
