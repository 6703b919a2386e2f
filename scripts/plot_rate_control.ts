// deno-lint-ignore-file no-console
/**
 * Simulates the scans of `tests/property/_scan_cases.ts`, draws how each went (one SVG file each in the directory given
 * as first argument), and prints a table on standard output. A second argument chooses those whose names contain it.
 *
 *   deno run --allow-write=DIRECTORY scripts/plot_rate_control.ts DIRECTORY [WORDS]
 */
import {
  type Comparison,
  figuresOf,
  SCAN_CASES,
} from "../tests/property/_scan_cases.ts";
import {
  type ScanResult,
  SimulatedScan,
} from "../tests/property/_simulated_scan.ts";
import { plotScan } from "./_plot.ts";

const HEADINGS = [
  "scan".padEnd(52),
  "hosts found".padEnd(23),
  "rate/limit",
  "loss: true",
  "estimated",
  " unknown",
  "left: true",
  "estimated",
  " unknown",
];

function percent(share: number | null): string {
  return share === null ? "-" : `${(100 * share).toFixed(2)}%`;
}

function columnsOf(told: Comparison | null): (string | number)[] {
  return told === null
    ? ["", "", ""]
    : [percent(told.true), percent(told.estimated), percent(told.unknown)];
}

function row(name: string, result: ScanResult): string {
  const { healed, path, rate } = figuresOf(result);
  const values = [
    name,
    `${result.found} of ${result.findable}`,
    rate.toFixed(3),
    ...columnsOf(path.at(-1)!),
    ...columnsOf(healed),
  ];
  return values.map((value, at) => {
    const { length } = HEADINGS[at]!;
    return at < 2
      ? String(value).padEnd(length)
      : String(value).padStart(length);
  }).join("  ");
}

function fileOf(name: string): string {
  return `${name.replace(/[^a-z0-9.]+/gi, "_")}.svg`;
}

const [directory, words = ""] = Deno.args;
if (directory === undefined) throw new Error("Cannot plot: name a directory");
Deno.mkdirSync(directory, { recursive: true });
console.log(HEADINGS.join("  "));
for (const { name, scan } of SCAN_CASES) {
  if (!name.includes(words)) continue;
  const result = new SimulatedScan(scan).run();
  console.log(row(name, result));
  Deno.writeTextFileSync(
    `${directory}/${fileOf(name)}`,
    plotScan(name, result),
  );
}
