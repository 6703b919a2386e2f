import type { ScanView } from "./view.ts";
import type { SeriesData } from "./series.ts";
import { rateText, shareText } from "./units.ts";

/** A colour of the page, by its meaning. */
export type Tone = "plain" | "first" | "second" | "third" | "bad";

/** One line of a plot. */
export interface PlotLine {
  /** Channel of the course. */
  readonly channel: string;
  readonly label: string;
  /** A colour, or the number of one of those for any number of lines. */
  readonly tone: Tone | number;
  /**
   * Channels of the lower and upper end of its band.
   *
   * @default {undefined} the lowest and highest value within each time
   */
  readonly band?: readonly [low: string, high: string];
}

/** One plot of the page. */
export interface PlotSpec {
  readonly id: string;
  readonly title: string;
  /** What it shows, for who cannot see it. */
  readonly about: string;
  readonly isStacked: boolean;
  /** A value with its unit. */
  text(value: number | null): string;
  lines(series: SeriesData): readonly PlotLine[];
}

const PLACE = "lost ";
const QUEUE = "queue ";
const THREAD = "thread ";

/** The plots, in their order. */
export const PLOTS: readonly PlotSpec[] = [
  {
    id: "rates",
    title: "Rate",
    about: "Packets per second: asked, allowed, sent and received",
    isStacked: false,
    text: rateText,
    lines: known([
      { channel: "asked", label: "asked", tone: "plain" },
      { channel: "allowed", label: "allowed", tone: "second" },
      { channel: "sent", label: "sent", tone: "first" },
      { channel: "received", label: "received", tone: "third" },
    ]),
  },
  {
    id: "hits",
    title: "Hit rate",
    about: "Hosts that answered with success, of those probed so far",
    isStacked: false,
    text: shareText,
    lines: known([{
      channel: "hit rate",
      label: "hit rate, 95% band",
      tone: "third",
      band: ["hit rate low", "hit rate high"],
    }]),
  },
  {
    id: "lost",
    title: "Lost on this machine",
    about: "Packets and results per second that were lost here, by place",
    isStacked: true,
    text: (value) => value === null ? rateText(null) : `${trimmed(value)}/s`,
    lines: named(PLACE),
  },
  {
    id: "path",
    title: "Path loss",
    about: "Share of round trips lost on the way, and its 95% interval",
    isStacked: false,
    text: shareText,
    lines: known([{
      channel: "path loss",
      label: "path loss, 95% interval",
      tone: "bad",
      band: ["path loss low", "path loss high"],
    }]),
  },
  {
    id: "threads",
    title: "Processor load",
    about: "Processors that each thread keeps busy",
    isStacked: false,
    text: (value) => value === null ? shareText(null) : value.toFixed(2),
    lines: named(THREAD),
  },
  {
    id: "queues",
    title: "Queues",
    about: "Share of each queue between threads that is in use",
    isStacked: false,
    text: shareText,
    lines: named(QUEUE),
  },
];

/** What a view adds to the course of its scan. */
export function sampleOf(view: ScanView): Record<string, number | null> {
  const { hit_rate, lost, path_loss, queues, rates, threads } = view;
  const isSending = view.phase === "sending";
  const { allowed, asked } = rates;
  return {
    asked: isSending && asked !== "auto" && asked > 0 ? asked : null,
    allowed: isSending && allowed > 0 ? allowed : null,
    sent: rates.sent,
    received: rates.received,
    "hit rate": hit_rate?.estimate ?? null,
    "hit rate low": hit_rate?.low ?? null,
    "hit rate high": hit_rate?.high ?? null,
    "path loss": path_loss?.estimate ?? null,
    "path loss low": path_loss?.low ?? null,
    "path loss high": path_loss?.high ?? null,
    ...Object.fromEntries([
      ...lost.map((one) => [`${PLACE}${one.place}`, one.last_second]),
      ...queues.map(({ fill, name }) => [`${QUEUE}${name}`, fill]),
      ...threads.map(({ load, name }) => [`${THREAD}${name}`, load]),
    ]),
  };
}

/** Lines of which something is known. */
function known(
  lines: readonly PlotLine[],
): (series: SeriesData) => readonly PlotLine[] {
  return ({ channels }) => lines.filter(({ channel }) => channel in channels);
}

/** A line for each channel whose name begins so, and that is not 0 all the time where lines are many. */
function named(prefix: string): (series: SeriesData) => readonly PlotLine[] {
  return ({ channels }) =>
    Object.keys(channels).filter((name) => name.startsWith(prefix))
      .map((channel, tone) => ({
        channel,
        label: channel.slice(prefix.length),
        tone,
      }))
      .filter(({ channel }) =>
        prefix !== PLACE || channels[channel]!.mean.some((value) => value! > 0)
      );
}

function trimmed(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(
    Number(value.toPrecision(2)),
  );
}
