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

/** A figure that has to reach a value. */
export function atLeast(
  what: string,
  samples: readonly number[],
  goal: { least: number; unit: string; digits?: number },
): Figure {
  const seen = median(samples);
  const digits = goal.digits ?? 0;
  return {
    what,
    seen: `${format(seen, digits)} ${goal.unit}`.trim(),
    required: `≥ ${format(goal.least, digits)}`,
    isMet: seen >= goal.least,
    samples,
  };
}

/** A figure that must not exceed a value. */
export function atMost(
  what: string,
  samples: readonly number[],
  goal: { most: number; unit: string; digits?: number },
): Figure {
  const seen = median(samples);
  const digits = goal.digits ?? 0;
  return {
    what,
    seen: `${format(seen, digits)} ${goal.unit}`.trim(),
    required: `≤ ${format(goal.most, digits)}`,
    isMet: seen <= goal.most,
    samples,
  };
}

/** A figure for comparison. */
export function plain(
  what: string,
  samples: readonly number[],
  { digits = 0, unit }: { unit: string; digits?: number },
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

function format(value: number, digits: number): string {
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
