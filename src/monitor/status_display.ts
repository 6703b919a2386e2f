import { type FamilyTotals, totalsByFamily } from "./by_family.ts";
import { fitLine, type LinePart } from "./_fit_line.ts";
import {
  formatCount,
  formatElapsed,
  formatRate,
  formatTimeLeft,
} from "./format.ts";
import { type Ledger, LOSS_PLACES } from "./ledger.ts";
import {
  averageSent,
  hitRatePercent,
  percentDone,
  perSecond,
  type Progress,
  secondsLeft,
  sentPackets,
  type Span,
} from "./progress.ts";
import { ESTIMATE_AGE_SECONDS, lossEstimateText } from "./status_line.ts";

/** Where a status display stands. */
export interface DisplaySpace {
  /** Width of the terminal. */
  readonly columns: number;
  readonly rows: number;
  /** Whether the terminal shows more than ASCII. */
  readonly isUtf8: boolean;
}

/** Rows of a terminal from which the display has three lines, and two: most of it is for other text. */
const THREE_LINES_ROWS = 12;
const TWO_LINES_ROWS = 6;
/** Columns from which two lines hold everything. */
const TWO_LINES_COLUMNS = 160;
const LEAST_BAR = 8;
const MOST_BAR = 60;
/** Eighths of a cell, from one to eight. */
const EIGHTHS = "▏▎▍▌▋▊▉█";

/**
 * The status of a scan for a terminal, one to three lines that are shorter than it is wide: how far it is, what was
 * sent and found, and what was lost so far. Rates are those of the span.
 */
export function statusDisplay(span: Span, space: DisplaySpace): string[] {
  const { columns, rows } = space;
  const width = Math.max(1, columns - 1);
  const found = foundParts(span);
  const lost = lossParts(span);
  if (rows < TWO_LINES_ROWS) {
    return [fitLine([shareText(span), ...found, ...lost], width)];
  }
  const progress = progressLine(span, width, space.isUtf8);
  return rows < THREE_LINES_ROWS || columns >= TWO_LINES_COLUMNS
    ? [progress, fitLine([...found, ...lost], width)]
    : [progress, fitLine(found, width), fitLine(lost, width)];
}

/** A bar, the share that is done, the time that has passed and what is left of it. */
function progressLine(span: Span, width: number, isUtf8: boolean): string {
  const texts = [...shareText(span)];
  const share = shareDone(span);
  if (share === null) return fitLine([shareText(span)], width);
  const barWidth = Math.min(MOST_BAR, width - texts[0]!.length - 4);
  if (barWidth < LEAST_BAR) return fitLine([shareText(span)], width);
  return `[${bar(share, barWidth, isUtf8)}] ${texts[0]}`;
}

/** A row of cells of which a share is full. */
function bar(share: number, width: number, isUtf8: boolean): string {
  if (!isUtf8) {
    const full = Math.floor(share * width);
    return `${"#".repeat(full)}${"-".repeat(width - full)}`;
  }
  const eighths = Math.floor(share * width * EIGHTHS.length);
  const full = Math.floor(eighths / EIGHTHS.length);
  const part = EIGHTHS[eighths % EIGHTHS.length - 1] ?? "";
  return `${"█".repeat(full)}${part}`.padEnd(width);
}

/** 0 to 1; null while nothing tells. */
function shareDone({ now, progress }: Span): number | null {
  if (secondsLeft(now, progress) === null && progress.mayGrow === true) {
    return null;
  }
  return Math.min(1, percentDone(now, progress) / 100);
}

function shareText(span: Span): LinePart {
  const { now, progress } = span;
  const share = shareDone(span);
  const percent = share === null
    ? ""
    : `${String(Math.floor(100 * share)).padStart(3)}%  `;
  const passed = formatElapsed(now.elapsedSeconds);
  const rest = `${progress.phase === "done" ? "done" : leftText(span)}`;
  const comma = rest === "" ? "" : `, ${rest}`;
  return [`${percent}${passed}${comma}`, `${percent}${passed}`, percent.trim()];
}

function leftText({ now, progress }: Span): string {
  const left = secondsLeft(now, progress);
  const isKnown = left !== null && now.elapsedSeconds >= ESTIMATE_AGE_SECONDS;
  const time = isKnown ? `${formatTimeLeft(left)} left` : "";
  if (progress.phase !== "cooldown") return time;
  return isKnown ? `${time} for answers` : "waiting for answers";
}

/** What was sent and found. */
function foundParts(span: Span): LinePart[] {
  const { now: { ledger }, progress } = span;
  const { appSuccessUnique, successUnique } = ledger.receive;
  const speed = formatRate(
    perSecond(span, ({ receive }) => receive.successUnique),
  );
  const total = `found ${countText(successUnique, progress)}`;
  return [
    sentPart(span),
    [`${total} at ${speed}`, total, `found ${formatCount(successUnique)}`],
    ...(progress.hasAppSuccess
      ? [
        [
          `application ${countText(appSuccessUnique, progress)}`,
          `app ${formatCount(appSuccessUnique)}`,
          "",
        ] satisfies LinePart,
      ]
      : []),
    ...(progress.families === "both" ? [familiesPart(ledger)] : []),
  ];
}

function countText(count: number, progress: Progress): string {
  const share = hitRatePercent(count, progress).toFixed(2);
  return `${formatCount(count)} (${share}%)`;
}

/** What was sent, and how fast: as the last span had it, and as it should be. */
function sentPart(span: Span): LinePart {
  const { now: { ledger }, progress: { phase, wantedRatePps } } = span;
  const total = `sent ${formatCount(sentPackets(ledger))}`;
  if (phase !== "sending") {
    const mean = `${total}, ${formatRate(averageSent(span))}`;
    return [`${mean} on average`, mean, total];
  }
  const rate = formatRate(perSecond(span, sentPackets));
  const wanted = wantedRatePps > 0 ? ` of ${formatRate(wantedRatePps)}` : "";
  return [`${total} at ${rate}${wanted}`, `${total} at ${rate}`, total];
}

function familiesPart(ledger: Ledger): LinePart {
  const { ipv4, ipv6 } = totalsByFamily(ledger, "both");
  const text = (
    name: string,
    { sent, successUnique }: FamilyTotals,
  ): string =>
    `${name} ${formatCount(sent)} sent, ${formatCount(successUnique)} found`;
  return [`${text("IPv4", ipv4)}  ${text("IPv6", ipv6)}`, ""];
}

/** What is waited for, what was lost here, by place, and on the way. */
function lossParts({ now, progress }: Span): LinePart[] {
  const { outage, pathLoss, shortage, unknownShare } = progress;
  const waiting = [outage, shortage].filter((text) => text !== null)
    .join(", ");
  const unknown = Math.round(100 * unknownShare);
  const estimate = lossEstimateText(pathLoss);
  const unknownText = unknown > 0 && unknown < 100
    ? `, unknown for ${unknown}% of the targets`
    : "";
  const short = pathLoss === null
    ? "?"
    : `${(100 * pathLoss.rate).toFixed(1)}%`;
  return [
    ...(waiting === ""
      ? []
      : [[`waiting: ${waiting}`, "waiting"] satisfies LinePart]),
    placesPart(now.ledger),
    [
      `path loss: ${estimate}${unknownText}`,
      `path loss: ${estimate}`,
      `path loss: ${short}`,
    ],
  ];
}

/** All places that have lost something; in short those that have lost most. */
function placesPart({ places }: Ledger): LinePart {
  const losing = LOSS_PLACES.filter((place) => places[place] > 0)
    .sort((a, b) => places[b] - places[a])
    .map((place) => `${place} ${formatCount(places[place])}`);
  if (losing.length === 0) return ["lost: 0"];
  const shorter = losing.map((_, i) => {
    const kept = losing.slice(0, losing.length - i);
    const more = i === 0 ? "" : `, ${i} more`;
    return `lost: ${kept.join(", ")}${more}`;
  });
  return [shorter[0]!, ...shorter.slice(1), "lost: some"];
}
