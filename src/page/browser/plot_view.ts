import uPlot from "uplot";
import { formatElapsed } from "../../monitor/format.ts";
import type { PlotLine, PlotSpec } from "../plots.ts";
import type { ChannelData, SeriesData } from "../series.ts";
import { color, lineColor } from "./colors.ts";

const HEIGHT = 190;
const FILL_ALPHA = "33";
const STACK_ALPHA = "cc";
const AXIS_SIZE = 66;
const TIME_AXIS_SIZE = 30;
/** Steps of the time axis, in seconds: those that clocks have. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30].flatMap((step) => [step, step * 60])
  .concat([1, 2, 4, 6, 12, 24, 48, 96, 240].map((hours) => hours * 3600))
  .sort((a, b) => a - b);
/** Room for what stands at the right end of the time axis. */
const PADDING: uPlot.Padding = [8, 26, 0, 0];
const FONT = "12px system-ui, sans-serif";

/** Values of one drawn line. */
type Values = (number | null)[];
/** A line as uPlot wants it, its values, and what it is of. */
interface Drawn {
  readonly series: uPlot.Series;
  readonly values: Values;
}

/** A plot on the page. */
export class PlotView {
  readonly #spec: PlotSpec;
  readonly #place: HTMLElement;
  #plot: uPlot | null = null;
  /** Which lines the plot was made for. */
  #made = "";
  #synced: string;

  constructor(spec: PlotSpec, place: HTMLElement) {
    this.#spec = spec;
    this.#place = place;
    this.#synced = "time";
    new ResizeObserver(() => this.#fit()).observe(place);
  }

  /** Draws a course; makes the plot anew when its lines have changed. */
  draw(series: SeriesData): void {
    const lines = this.#spec.lines(series);
    const times = Array.from(
      { length: series.length },
      (_, at) => (at + 1) * series.step_seconds,
    );
    const isEmpty = lines.length === 0 || times.length === 0;
    const drawn = isEmpty ? [] : this.#drawn(lines, series);
    const made = JSON.stringify([lines, drawn.length]);
    if (made !== this.#made) {
      this.#plot?.destroy();
      this.#plot = null;
      this.#made = made;
      this.#place.replaceChildren();
      if (isEmpty) this.#sayNothing();
      else this.#make(lines, drawn);
    }
    this.#plot?.setData([times, ...drawn.map(({ values }) => values)]);
    this.#place.setAttribute("aria-label", this.#label(lines, series));
  }

  /** Takes the colours anew. */
  recolor(series: SeriesData): void {
    this.#made = "";
    this.draw(series);
  }

  #sayNothing(): void {
    const text = document.createElement("p");
    text.className = "muted";
    text.textContent = this.#spec.isStacked ? "Nothing so far." : "Not known.";
    this.#place.append(text);
  }

  #label(lines: readonly PlotLine[], series: SeriesData): string {
    const last = lines.map(({ channel, label }) => {
      const value = series.channels[channel]!.mean[series.length - 1] ?? null;
      return `${label} ${this.#spec.text(value)}`;
    });
    return `${this.#spec.about}. Last: ${last.join(", ") || "nothing"}`;
  }

  #make(lines: readonly PlotLine[], drawn: readonly Drawn[]): void {
    const { isStacked, text } = this.#spec;
    const axis = {
      stroke: color("muted"),
      font: FONT,
      grid: { stroke: color("grid"), width: 1 },
      ticks: { show: false },
    };
    this.#plot = new uPlot(
      {
        width: this.#width(),
        height: HEIGHT,
        padding: PADDING,
        legend: { show: false },
        cursor: {
          y: false,
          sync: { key: this.#synced },
          points: { size: 5 },
          drag: { x: true, y: false },
        },
        scales: {
          x: { time: false },
          y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] },
        },
        axes: [
          {
            ...axis,
            size: TIME_AXIS_SIZE,
            incrs: TIME_STEPS,
            values: (_, at) => at.map(formatElapsed),
            space: 70,
          },
          {
            ...axis,
            size: AXIS_SIZE,
            values: (_, at) => at.map((y) => text(y)),
          },
        ],
        series: [{}, ...drawn.map(({ series }) => series)],
        bands: isStacked ? stackBands(lines) : rangeBands(lines),
        hooks: { setCursor: [(plot): void => this.#tell(plot, lines)] },
      },
      [[], ...drawn.map((): Values => [])],
      this.#place,
    );
    this.#place.append(this.#legend(lines));
  }

  /** The names of the lines and, where the pointer is, their values. */
  #legend(lines: readonly PlotLine[]): HTMLElement {
    const list = document.createElement("ul");
    list.className = "legend";
    list.setAttribute("aria-hidden", "true");
    for (const line of lines) {
      const item = document.createElement("li");
      const sign = document.createElement("i");
      sign.style.background = lineColor(line);
      const value = document.createElement("b");
      item.append(sign, line.label, " ", value);
      list.append(item);
    }
    return list;
  }

  #tell(plot: uPlot, lines: readonly PlotLine[]): void {
    const values = this.#place.querySelectorAll(".legend b");
    const { idx } = plot.cursor;
    lines.forEach((_, at) => {
      const column = plot.data[1 + at * this.#columns()];
      const value = idx === null || idx === undefined ? null : column?.[idx];
      const below = this.#spec.isStacked && at > 0 && value !== null
        ? plot.data[at]?.[idx!] ?? 0
        : 0;
      values[at]!.textContent = value === null || value === undefined
        ? ""
        : this.#spec.text(value - below);
    });
  }

  /** Columns of data to a line: its mean, and where it is a range also the ends. */
  #columns(): number {
    return this.#spec.isStacked ? 1 : 3;
  }

  #drawn(lines: readonly PlotLine[], series: SeriesData): Drawn[] {
    return this.#spec.isStacked
      ? stacked(lines, series)
      : lines.flatMap((line) => ranged(line, series));
  }

  #width(): number {
    return Math.max(200, this.#place.clientWidth);
  }

  #fit(): void {
    const width = this.#width();
    if (this.#plot !== null && this.#plot.width !== width) {
      this.#plot.setSize({ width, height: HEIGHT });
    }
  }
}

/** The mean as a line, and between two lines that are not seen its range. */
function ranged(line: PlotLine, { channels }: SeriesData): Drawn[] {
  const data = channels[line.channel]!;
  const [low, high] = line.band ?? [];
  const ends = [
    endsOf(channels[low ?? ""]?.mean, data.low, data),
    endsOf(channels[high ?? ""]?.mean, data.high, data),
  ];
  const stroke = lineColor(line);
  const hidden = { stroke: "transparent", width: 0, points: { show: false } };
  const dash = line.tone === "plain" ? { dash: [6, 4] } : {};
  return [
    {
      series: { stroke, width: 1.6, ...dash, points: { show: false } },
      values: [...data.mean],
    },
    { series: hidden, values: ends[0]! },
    { series: { ...hidden, fill: `${stroke}${FILL_ALPHA}` }, values: ends[1]! },
  ];
}

function endsOf(
  band: ChannelData["mean"] | undefined,
  range: ChannelData["mean"] | undefined,
  { mean }: ChannelData,
): Values {
  return [...(band ?? range ?? mean)];
}

/** Each line upon those before it. */
function stacked(
  lines: readonly PlotLine[],
  { channels, length }: SeriesData,
): Drawn[] {
  const sums = new Array<number>(length).fill(0);
  return lines.map((line) => {
    const { mean } = channels[line.channel]!;
    const values = sums.map((sum, at) => sums[at] = sum + (mean[at] ?? 0));
    const stroke = lineColor(line);
    const fill = `${stroke}${STACK_ALPHA}`;
    const series = { stroke, fill, width: 1, points: { show: false } };
    return { series, values };
  });
}

/** Between the line and the one below it; the lowest is filled to the axis. */
function stackBands(lines: readonly PlotLine[]): uPlot.Band[] {
  return lines.slice(1).map((_, at) => ({ series: [at + 2, at + 1] }));
}

function rangeBands(lines: readonly PlotLine[]): uPlot.Band[] {
  return lines.map((_, at) => ({ series: [3 * at + 3, 3 * at + 2] }));
}
