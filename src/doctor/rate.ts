import { formatCount } from "../base/mod.ts";
import type { LinkDetails } from "../link/mod.ts";
import { wireBits } from "../pace/mod.ts";
import type { Measurement } from "./calibration.ts";
import { type Check, pass, warn } from "./check.ts";
import { bits, percent, roughly } from "./_text.ts";

/** A part of the machine that holds no more than some rate. */
export interface RateLimit {
  /** The part, as the subject of a sentence: `the link (up0, 10 Gbit/s)`. */
  readonly part: string;
  readonly ratePps: number;
  /** A measured rate, which holds two digits at most; a link's speed is exact. */
  readonly isMeasured: boolean;
}

/** What is asked of the machine. */
export interface AskedRate {
  /** Packets per second; null when it is not fixed. */
  readonly ratePps: number | null;
  /** Longest frame, link header included. */
  readonly frameBytes: number;
}

/** A check of a rate, and the limit that it found. */
export interface RateCheck {
  readonly check: Check;
  /** Null when there is none, or it is not known. */
  readonly limit: RateLimit | null;
}

/**
 * Share of the measured sending capacity that is taken as what can be held: a real driver, the receiver and
 * the kernel's answers take the rest.
 */
export const HOLDABLE_SHARE = 0.8;
/** Queues that hold packets back or drop them on purpose, `tc(8)`. */
const SHAPERS: ReadonlySet<string> = new Set([
  "tbf",
  "htb",
  "hfsc",
  "cake",
  "netem",
  "sfb",
  "red",
  "cbq",
]);

/** What is said of the rate in a check's `needed`. */
export function askedText({ ratePps }: AskedRate): string {
  return ratePps === null ? "" : `${formatCount(ratePps)} packets/s`;
}

/** The speed of the link against the rate. */
export function linkSpeedCheck(
  link: { name: string; details: LinkDetails | null },
  asked: AskedRate,
): RateCheck {
  const name = "link-speed";
  const { frameBytes, ratePps } = asked;
  const speedMbps = link.details?.speedMbps ?? null;
  const takes = ratePps === null
    ? ""
    : `${bits(ratePps * wireBits(frameBytes))} on the wire`;
  if (speedMbps === null) {
    return {
      check: pass(name, `${link.name} does not say its speed`, takes),
      limit: null,
    };
  }
  const speedBps = speedMbps * 1e6;
  const limit = {
    part: `the link (${link.name}, ${bits(speedBps)})`,
    ratePps: speedBps / wireBits(frameBytes),
    isMeasured: false,
  };
  const found = `${link.name} has ${bits(speedBps)}: ${
    formatCount(Math.floor(limit.ratePps))
  } packets/s`;
  if (ratePps === null || ratePps <= limit.ratePps) {
    return { check: pass(name, found, takes), limit };
  }
  const remedy = `Lower the rate: -r ${Math.floor(limit.ratePps)}, or less`;
  return { check: warn(name, { found, needed: takes, remedy }), limit };
}

/** The queue in front of the interface against the rate. */
export function queueCheck(
  link: { name: string; details: LinkDetails | null },
  asked: AskedRate,
): RateCheck {
  const name = "queue";
  const { details } = link;
  const needed = askedText(asked);
  if (details === null || details.queueKind === "") {
    return { check: pass(name, "not known", needed), limit: null };
  }
  const kind = details.queueKind;
  if (details.queueBytesPerSecond !== null) {
    const speedBps = details.queueBytesPerSecond * 8;
    const limit = {
      part: `the queue of ${link.name} (${kind}, ${bits(speedBps)})`,
      ratePps: details.queueBytesPerSecond / asked.frameBytes,
      isMeasured: false,
    };
    const found = `${kind} lets ${bits(speedBps)} pass: ${
      formatCount(Math.floor(limit.ratePps))
    } packets/s`;
    if (asked.ratePps === null || asked.ratePps <= limit.ratePps) {
      return { check: pass(name, found, needed), limit };
    }
    const remedy = `Lower the rate: -r ${Math.floor(limit.ratePps)}, or less`;
    return { check: warn(name, { found, needed, remedy }), limit };
  }
  if (!SHAPERS.has(kind)) {
    return { check: pass(name, kind, needed), limit: null };
  }
  const check = warn(name, {
    found: `${kind}, which holds packets back or drops them on purpose`,
    needed,
    remedy: `See what it lets pass: tc -s qdisc show dev ${link.name}`,
  });
  return { check, limit: null };
}

/** How fast packets are built; never the limit, since sending builds them too. */
export function buildingCheck(measured: Measurement, asked: AskedRate): Check {
  const name = "building";
  const needed = askedText(asked);
  const { how, ratePps } = measured;
  return pass(
    name,
    ratePps === null ? how : `${roughly(ratePps)} packets/s ${how}`,
    needed,
  );
}

/** What building alone allows, or null when it was not measured. */
export function buildingLimit({ ratePps }: Measurement): RateLimit | null {
  return ratePps === null
    ? null
    : { part: "building packets (one thread)", ratePps, isMeasured: true };
}

/** Threads that send, and processors for them, one of which is left to the receiver. */
export interface SendingThreads {
  readonly senders: number;
  readonly processors: number;
}

/** How fast packets are sent against the rate. */
export function sendingCheck(
  measured: Measurement,
  asked: AskedRate,
  { processors, senders }: SendingThreads,
): RateCheck {
  const name = "sending";
  const needed = askedText(asked);
  if (measured.ratePps === null) {
    return { check: pass(name, measured.how, needed), limit: null };
  }
  const how = senders === 1
    ? measured.how
    : `${measured.how}; ${senders} of these`;
  const fullPps = measured.ratePps * senders;
  const share = measured.isEstimate ? 1 : HOLDABLE_SHARE;
  const limit = {
    part: `sending (${how})`,
    ratePps: fullPps * share,
    isMeasured: true,
  };
  const speed = `${roughly(measured.ratePps)} packets/s, ${how}`;
  const { ratePps } = asked;
  if (ratePps === null || ratePps <= limit.ratePps) {
    const taken = ratePps === null
      ? ""
      : `; the rate takes ${percent(ratePps / fullPps)} of that`;
    return { check: pass(name, `${speed}${taken}`, needed), limit };
  }
  const enough = Math.ceil(ratePps / (measured.ratePps * share));
  const lower = `Lower the rate: -r ${
    roughly(limit.ratePps).replaceAll(",", "")
  }, or less${
    measured.isEstimate ? "" : ", to leave the driver and the receiver a fifth"
  }`;
  const remedy = enough < processors
    ? `Use ${enough} senders: -T ${enough}`
    : lower;
  return { check: warn(name, { found: speed, needed, remedy }), limit };
}

/** The rate of answers to expect, against how fast they are read. */
export function receivingCheck(measured: Measurement, asked: AskedRate): Check {
  const name = "receiving";
  const { ratePps } = asked;
  const expected = ratePps === null
    ? "as many answers as targets"
    : `up to ${formatCount(ratePps)} answers/s, if every target answers`;
  if (measured.ratePps === null) return pass(name, measured.how, expected);
  const found = `${roughly(measured.ratePps)} answers/s, ${measured.how}`;
  if (ratePps === null || ratePps <= measured.ratePps) {
    return pass(name, found, expected);
  }
  return warn(name, {
    found,
    needed: expected,
    remedy: `Lower the rate, unless at most ${
      percent(measured.ratePps / ratePps)
    } of the targets answer`,
  });
}

/** The smallest number that is known, or null when none is. */
export function smallestKnown(
  values: readonly (number | null)[],
): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** The smallest of some limits, or null when there is none. */
export function smallestLimit(limits: readonly RateLimit[]): RateLimit | null {
  return limits.reduce<RateLimit | null>(
    (least, one) => least === null || one.ratePps < least.ratePps ? one : least,
    null,
  );
}

/** What it comes down to, as one sentence: the rate that the machine can hold, and which part limits it. */
export function verdict(
  limits: readonly RateLimit[],
  asked: AskedRate,
  context: { readonly hasErrors: boolean; readonly isSendingMeasured: boolean },
): string {
  const limit = smallestLimit(limits);
  const could = context.hasErrors
    ? "Without the errors above this machine could hold"
    : "This machine can hold";
  if (limit === null) {
    return `${could} a rate that is not known: neither the link nor the sender could be measured.`;
  }
  const most = limit.isMeasured
    ? `about ${roughly(limit.ratePps)}`
    : `${formatCount(Math.floor(limit.ratePps))}`;
  const rate = context.isSendingMeasured
    ? `${most} packets/s`
    : `at most ${most} packets/s, perhaps much less since sending was not measured`;
  const isTooMuch = asked.ratePps !== null && asked.ratePps > limit.ratePps;
  const comparison = isTooMuch
    ? `, less than the ${formatCount(asked.ratePps!)} asked for`
    : "";
  return `${could} ${rate}${comparison}: ${limit.part} limits it.`;
}
