import { formatElapsed } from "../monitor/format.ts";
import type { Markup } from "./markup.ts";
import { table } from "./parts.ts";
import type { PlotSpec } from "./plots.ts";
import type { ChannelData, SeriesData } from "./series.ts";

/** Rows at most: more than that nobody reads. */
const MOST_ROWS = 24;

/** A plot as a table: each row is a time of equal length, with the lowest and highest value where they differ. */
export function seriesTable(plot: PlotSpec, series: SeriesData): Markup {
  const lines = plot.lines(series);
  const span = Math.max(1, Math.ceil(series.length / MOST_ROWS));
  const rows: string[][] = [];
  if (lines.length > 0) {
    for (let at = 0; at < series.length; at += span) {
      const end = Math.min(series.length, at + span);
      rows.push([
        formatElapsed(end * series.step_seconds),
        ...lines.map(({ channel }) =>
          cellText(plot, series.channels[channel]!, [at, end])
        ),
      ]);
    }
  }
  return table(
    plot.about,
    ["Up to", ...lines.map(({ label }) => label)],
    rows,
  );
}

function cellText(
  plot: PlotSpec,
  { high, low, mean }: ChannelData,
  [from, to]: readonly [number, number],
): string {
  const of = (values: ChannelData["mean"]): number[] =>
    values.slice(from, to).filter((value) => value !== null);
  const means = of(mean);
  if (means.length === 0) return plot.text(null);
  const average = means.reduce((sum, value) => sum + value, 0) / means.length;
  const lowest = plot.text(Math.min(...of(low ?? mean)));
  const highest = plot.text(Math.max(...of(high ?? mean)));
  const text = plot.text(average);
  return lowest === highest ? text : `${text} (${lowest} to ${highest})`;
}
