import type { LossEstimate } from "../loss/mod.ts";
import { totalsByFamily } from "./by_family.ts";
import { formatElapsed, formatRate, formatTimeLeft } from "./format.ts";
import { type Ledger, LOSS_PLACES } from "./ledger.ts";
import {
  average,
  averageSent,
  captureDrops,
  hitRatePercent,
  percentDone,
  perSecond,
  type Progress,
  secondsLeft,
  sentPackets,
  type Span,
  type Total,
} from "./progress.ts";

/** Age of a scan from which the time left is told: before, the rate says too little. */
export const ESTIMATE_AGE_SECONDS = 5;

/** An estimate of loss as text: `2.1% (1.6-2.7%)`. */
export function lossEstimateText(loss: LossEstimate | null): string {
  if (loss === null) return "not enough data";
  const percent = (share: number): string => (100 * share).toFixed(1);
  return `${percent(loss.rate)}% (${percent(loss.low)}-${percent(loss.high)}%)`;
}

/**
 * One line about the scan: first ZMap's, then what was lost in the span, by place, naming only the places that
 * lost something, and the loss on the way. Rates are those of the span, in parentheses those of the scan.
 */
export function statusLine(span: Span): string {
  const { before, now, progress } = span;
  const { receive } = now.ledger;
  const hasApp = progress.hasAppSuccess;
  const percent = (count: number): string =>
    `${hitRatePercent(count, progress).toFixed(2)}%`;
  const appHitRate = hasApp
    ? ` app hitrate: ${percent(receive.appSuccessUnique)}`
    : "";
  return [
    timeText(span),
    `${hasApp ? "sent" : "send"}: ${sendText(span)}`,
    `recv: ${totalText(span, (ledger) => ledger.receive.successUnique)}`,
    ...(hasApp ? [`app success: ${totalText(span, appSuccesses)}`] : []),
    ...(progress.families === "both" ? [familiesText(now.ledger)] : []),
    `drops: ${rateText(span, captureDrops)}`,
    `hitrate: ${percent(receive.successUnique)}${appHitRate}`,
    `lost: ${lossText(now.ledger, before.ledger)}`,
    `path loss: ${lossEstimateText(progress.pathLoss)}${unknownText(progress)}`,
    ...[progress.outage, progress.shortage]
      .filter((text) => text !== null).map((text) => `waiting: ${text}`),
  ].join("; ");
}

/** What was sent and received in each of both families. */
function familiesText(ledger: Ledger): string {
  const { ipv4, ipv6 } = totalsByFamily(ledger, "both");
  return [["IPv4", ipv4] as const, ["IPv6", ipv6] as const].map((
    [name, { sent, successUnique }],
  ) => `${name}: ${sent} sent, ${successUnique} recv`).join("; ");
}

/** Names the share of the targets of whose loss nothing is known, where something is known of others. */
function unknownText({ unknownShare }: Progress): string {
  const percent = Math.round(100 * unknownShare);
  return percent > 0 && percent < 100
    ? `, unknown for ${percent}% of the targets`
    : "";
}

function timeText({ now, progress }: Span): string {
  const left = secondsLeft(now, progress);
  // Of a scan whose targets are not all known yet, nothing tells how much is done.
  if (left === null && progress.mayGrow === true) {
    return formatElapsed(now.elapsedSeconds).padStart(5);
  }
  const leftText = left === null || now.elapsedSeconds < ESTIMATE_AGE_SECONDS
    ? ""
    : ` (${formatTimeLeft(left)} left)`;
  return `${formatElapsed(now.elapsedSeconds).padStart(5)} ${
    percentDone(now, progress).toFixed(0)
  }%${leftText}`;
}

function sendText(span: Span): string {
  const rate = span.progress.phase === "sending"
    ? formatRate(Math.ceil(perSecond(span, sentPackets)))
    : "done";
  return `${sentPackets(span.now.ledger)} ${rate} (${
    formatRate(averageSent(span))
  } avg)`;
}

function totalText(span: Span, read: Total): string {
  return `${read(span.now.ledger)} ${rateText(span, read)}`;
}

function rateText(span: Span, read: Total): string {
  return `${formatRate(Math.ceil(perSecond(span, read)))} (${
    formatRate(average(span, read))
  } avg)`;
}

function appSuccesses({ receive }: Ledger): number {
  return receive.appSuccessUnique;
}

function lossText(now: Ledger, before: Ledger): string {
  const losing = LOSS_PLACES
    .map((place) => ({
      place,
      count: now.places[place] - before.places[place],
    }))
    .filter(({ count }) => count > 0);
  return losing.length === 0
    ? "0"
    : losing.map(({ place, count }) => `${place} ${count}`).join(", ");
}
