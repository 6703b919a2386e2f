// deno-lint-ignore-file no-console
/** The scans of `tune_rate_control.ts`: prints a row of figures for each, or their names with seed 0. */
import {
  errorOf,
  figuresOf,
  SCAN_CASES,
} from "../tests/property/_scan_cases.ts";
import { SimulatedScan } from "../tests/property/_simulated_scan.ts";

/** Cases of the table, and how long they are simulated: what they show, they show in that time. */
const SCANS: readonly (readonly [name: string, durationS: number])[] = [
  ["auto, lab", 90],
  ["auto, lab, 1% alive", 90],
  ["auto, lab, limit 30,000 to 8,000 to 60,000", 90],
  ["auto, 10^10 targets, 1% alive", 20],
  ["auto, bursts that lose 30%", 15],
  ["auto, answers after 1.2 s", 30],
];
/** Characters of a column. */
const WIDTH = 26;

const [seed = 1] = Deno.args.map(Number);
for (const [name, durationS] of SCANS) {
  const found = SCAN_CASES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`Cannot find the case "${name}"`);
  if (seed === 0) {
    console.log(name.slice(0, WIDTH).padEnd(WIDTH));
    continue;
  }
  const result = new SimulatedScan({ ...found.scan, durationS, seed }).run();
  const figures = figuresOf(result);
  const errors = [...figures.path, ...figures.healed ? [figures.healed] : []]
    .map(errorOf);
  console.log(
    [
      `${(100 * figures.found).toFixed(2)}%`.padStart(7),
      figures.rate.toFixed(3),
      `${Math.round(result.packets / 1000)}k`.padStart(5),
      `${(100 * Math.max(...errors)).toFixed(2)}%`,
    ].join(" ").padEnd(WIDTH),
  );
}
