/** Values of one channel in equal times, null where nothing is known. */
export interface ChannelData {
  readonly mean: readonly (number | null)[];
  /**
   * The lowest and highest value within each time.
   *
   * @default {undefined} each time holds one value, the mean
   */
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
}

/** A course over time as plain data. */
export interface SeriesData {
  /** Length of each time, in seconds; the first begins with the scan. */
  readonly step_seconds: number;
  readonly length: number;
  readonly channels: Readonly<Record<string, ChannelData>>;
}

/** What is kept of a channel. */
interface Bins {
  readonly sums: Float64Array;
  readonly weights: Float64Array;
  readonly lows: Float64Array;
  readonly highs: Float64Array;
}

/** Times that are kept at most: more than a screen has columns for. */
const MOST_BINS = 2000;
/** Digits of a value that count. */
const DIGITS = 4;

/**
 * Several values over time, in bounded memory for any length: when all times are used, two of them become one. A mean
 * is kept of each time, and the lowest and highest value: nothing that happened is left out, however short it was.
 */
export class Series {
  readonly #channels = new Map<string, Bins>();
  readonly #most: number;
  #stepS: number;
  #length = 0;

  /**
   * @param stepS length of the times at first, in seconds
   * @param most times at most, an even number
   */
  constructor(
    { most = MOST_BINS, stepS = 1 }: {
      readonly stepS?: number;
      readonly most?: number;
    } = {},
  ) {
    this.#stepS = stepS;
    this.#most = most;
  }

  /** Goes on with a course that was plain data. */
  static restore(data: SeriesData): Series {
    const series = new Series({ stepS: data.step_seconds });
    series.#length = Math.min(data.length, series.#most);
    for (const [name, { high, low, mean }] of Object.entries(data.channels)) {
      const bins = series.#bins(name);
      for (let i = 0; i < series.#length; i++) {
        const value = mean[i] ?? null;
        if (value === null) continue;
        bins.sums[i] = value * data.step_seconds;
        bins.weights[i] = data.step_seconds;
        bins.lows[i] = low?.[i] ?? value;
        bins.highs[i] = high?.[i] ?? value;
      }
    }
    return series;
  }

  /**
   * Adds what was measured up to a moment.
   *
   * @param atS the moment, in seconds since the scan began
   * @param weight how long it was measured, in seconds
   * @param values by channel; null: nothing is known
   */
  add(
    atS: number,
    weight: number,
    values: Readonly<Record<string, number | null>>,
  ): void {
    // What ends with a time belongs to it.
    let bin = Math.max(0, Math.ceil(atS / this.#stepS) - 1);
    while (bin >= this.#most) {
      this.#halve();
      bin = Math.max(0, Math.ceil(atS / this.#stepS) - 1);
    }
    this.#length = Math.max(this.#length, bin + 1);
    for (const [name, value] of Object.entries(values)) {
      if (value === null || !Number.isFinite(value)) continue;
      const bins = this.#bins(name);
      const share = Math.max(weight, 1e-9);
      bins.sums[bin] = bins.sums[bin]! + value * share;
      bins.weights[bin] = bins.weights[bin]! + share;
      bins.lows[bin] = Math.min(bins.lows[bin]!, value);
      bins.highs[bin] = Math.max(bins.highs[bin]!, value);
    }
  }

  /** All of it as plain data; values have four digits. */
  data(): SeriesData {
    const channels: Record<string, ChannelData> = {};
    for (const [name, bins] of this.#channels) {
      channels[name] = this.#channel(bins);
    }
    return {
      step_seconds: this.#stepS,
      length: this.#length,
      channels,
    };
  }

  #channel(bins: Bins): ChannelData {
    const mean: (number | null)[] = [];
    const low: (number | null)[] = [];
    const high: (number | null)[] = [];
    let isOne = true;
    for (let i = 0; i < this.#length; i++) {
      const weight = bins.weights[i]!;
      const isKnown = weight > 0;
      mean.push(isKnown ? rounded(bins.sums[i]! / weight) : null);
      low.push(isKnown ? rounded(bins.lows[i]!) : null);
      high.push(isKnown ? rounded(bins.highs[i]!) : null);
      isOne &&= low[i] === high[i];
    }
    return isOne ? { mean } : { mean, low, high };
  }

  #bins(name: string): Bins {
    const known = this.#channels.get(name);
    if (known !== undefined) return known;
    const made: Bins = {
      sums: new Float64Array(this.#most),
      weights: new Float64Array(this.#most),
      lows: new Float64Array(this.#most).fill(Infinity),
      highs: new Float64Array(this.#most).fill(-Infinity),
    };
    this.#channels.set(name, made);
    return made;
  }

  /** Makes one time of each two. */
  #halve(): void {
    const half = this.#most / 2;
    for (const { highs, lows, sums, weights } of this.#channels.values()) {
      for (let i = 0; i < half; i++) {
        const [a, b] = [2 * i, 2 * i + 1];
        sums[i] = sums[a]! + sums[b]!;
        weights[i] = weights[a]! + weights[b]!;
        lows[i] = Math.min(lows[a]!, lows[b]!);
        highs[i] = Math.max(highs[a]!, highs[b]!);
      }
      sums.fill(0, half);
      weights.fill(0, half);
      lows.fill(Infinity, half);
      highs.fill(-Infinity, half);
    }
    this.#length = Math.ceil(this.#length / 2);
    this.#stepS *= 2;
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
