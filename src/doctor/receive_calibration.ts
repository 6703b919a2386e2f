import { MonotonicClock } from "../../ffi/clock.ts";
import { SocketSender } from "../../ffi/packet_sender.ts";
import { openSource } from "../backend/mod.ts";
import { captureFilter, captureFilter6, type Dedup } from "../receive/mod.ts";
import { AnswerFeeder } from "./_answer_feeder.ts";
import { DRAIN, makePrivateSink } from "./_private_sink.ts";
import { runReceiveTrial } from "./_receive_trial.ts";
import { SOURCE, SOURCE6 } from "./_trial_targets.ts";
import {
  calibrationPlan,
  inPrivateNetwork,
  LEAST_TARGETS,
  linkHeaderOf,
  type Measurement,
  SEND_BUFFER_BYTES,
  unmeasured,
} from "./calibration.ts";
import { makeProbe } from "./checked_scan.ts";
import type { FamilyTargets } from "./family_scan.ts";

/**
 * Answers of a round: enough for a capture that holds packets back to be waited for only a few times, and as many as
 * one system call sends.
 */
const BATCH = 1024;
/**
 * Answers take 25,000 times and some 50 ms until the runtime has compiled all of their code as well as it can
 * (`--v8-flags=--trace-opt`). Replayed ones cost least, but some code sees only new ones.
 */
const REPLAYS = 20;
const WARM_UP_ROUNDS = 4;
const ROUNDS = 6;
const CAPTURE_BUFFER_BYTES = 4 << 20;
/** Longest Ethernet frame: an answer may be longer than its probe. */
const MAX_ANSWER_BYTES = 1514;

/**
 * Measures how fast valid answers are captured, checked, deduplicated and handed over: the receive loop on one thread,
 * the scan's back end on an interface of a private network namespace, about 150 ms. No other thread may be given work
 * meanwhile. Needs CAP_SYS_ADMIN.
 */
export function measureReceiving(scan: FamilyTargets): Measurement {
  return inPrivateNetwork(() => receivePrivately(scan));
}

function receivePrivately(scan: FamilyTargets): Measurement {
  const { isWide, settings, version } = scan;
  const sink = makePrivateSink(["veth"], version);
  if (sink === null) {
    return unmeasured("this kernel has no veth");
  }
  const { probe } = makeProbe(scan, linkHeaderOf(version));
  const plan = calibrationPlan(scan);
  const validationKey = crypto.getRandomValues(new Uint32Array(4));
  const { name, source } = openSource({
    backend: settings.capture.backend,
    interfaceName: DRAIN,
    filter: version === 6
      ? captureFilter6(probe.captureFilter, { kind: "list", words: SOURCE6 })
      : captureFilter(probe.captureFilter, [SOURCE]),
    snapLengthBytes: probe.snapLengthBytes,
    bufferBytes: CAPTURE_BUFFER_BYTES,
  });
  using capture = source;
  using sender = SocketSender.openLink({
    interfaceIndex: sink.interfaceIndex,
    capacity: BATCH,
    maxFrameBytes: MAX_ANSWER_BYTES,
    sendBufferBytes: SEND_BUFFER_BYTES,
  });
  const feeder = new AnswerFeeder({
    slots: sender,
    probe,
    plan,
    validationKey,
  });
  const { answers, elapsedNs, error } = runReceiveTrial({
    capture,
    clock: new MonotonicClock(),
    send: () => feeder.send(),
    batch: BATCH,
    replays: REPLAYS,
    warmUpRounds: WARM_UP_ROUNDS,
    rounds: ROUNDS,
    probe,
    plan,
    isWide,
    validationKey,
    isPortChecked: settings.probe.isPortChecked,
    dedup: boundedDedup(settings.dedup),
  });
  if (answers === 0) return unmeasured(error ?? "no answer was received");
  return {
    ratePps: answers / elapsedNs * 1e9,
    how: `captured by ${name}, checked and handed over by one thread`,
    isEstimate: false,
  };
}

/** No larger than the answers that there will be. */
function boundedDedup(dedup: Dedup): Dedup {
  return dedup.method === "window"
    ? { ...dedup, size: Math.min(dedup.size, LEAST_TARGETS) }
    : dedup;
}
