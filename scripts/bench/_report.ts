/** What the benchmarks share: figures, rounds, tables. */
import { markdownTable } from "../_lab.ts";

/** One line of the report. */
export interface Figure {
  /** What was measured, and under which conditions. */
  readonly what: string;
  /** The median with its unit. */
  readonly seen: string;
  /** What it has to be at least, or at most; empty where there is nothing to compare with. */
  readonly required: string;
  /** Null where nothing is required, or it could not be measured. */
  readonly isMet: boolean | null;
  /** What the median is made of, for the JSON. */
  readonly samples: readonly number[];
}

/** How much is measured. */
export interface BenchOptions {
  readonly rounds: number;
}

/** A part of the benchmark. */
export interface Section {
  readonly name: string;
  readonly summary: string;
  run(options: BenchOptions): Promise<readonly Figure[]>;
}

/** The middle one of some numbers. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

/** Unit and decimals of a figure. */
export interface Form {
  readonly unit: string;
  /** @default 0 */
  readonly digits?: number;
}

/** A figure that has to reach a value. */
export function atLeast(
  what: string,
  samples: readonly number[],
  { least, ...form }: Form & { readonly least: number },
): Figure {
  return {
    ...plain(what, samples, form),
    required: `≥ ${format(least, form.digits)}`,
    isMet: median(samples) >= least,
  };
}

/** A figure that must not exceed a value. */
export function atMost(
  what: string,
  samples: readonly number[],
  { most, ...form }: Form & { readonly most: number },
): Figure {
  return {
    ...plain(what, samples, form),
    required: `≤ ${format(most, form.digits)}`,
    isMet: median(samples) <= most,
  };
}

/** A figure for comparison. */
export function plain(
  what: string,
  samples: readonly number[],
  { digits, unit }: Form,
): Figure {
  return {
    what,
    seen: `${format(median(samples), digits)} ${unit}`.trim(),
    required: "",
    isMet: null,
    samples,
  };
}

/** Something that could not be measured here. */
export function missing(what: string, why: string): Figure {
  return { what, seen: why, required: "", isMet: null, samples: [] };
}

/** The figures as a Markdown table. */
export function table(figures: readonly Figure[]): string {
  return markdownTable(
    ["what", "median", "required", "met"],
    figures.map(({ isMet, required, seen, what }) => [
      what,
      seen,
      required,
      isMet === null ? "" : isMet ? "yes" : "no",
    ]),
  );
}

function format(value: number, digits = 0): string {
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
