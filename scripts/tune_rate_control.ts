// deno-lint-ignore-file no-console
/**
 * Halves and doubles each constant of `src/capacity/_tuning.ts` (or those named, such as `STEPS.pauseS`), simulates some
 * scans with it, and prints what came of each beside what comes of the present value: the share of the live hosts found,
 * the mean rate as a share of the capacity, the packets in thousands, and the error of the estimated loss in percent.
 * The first rows show chance alone: the present values with other seeds.
 *
 *   deno run --allow-read --allow-run=DENO scripts/tune_rate_control.ts [CONSTANT]...
 *
 * Each value needs a process of its own, in which an import map puts another table in the place of the present one.
 */
import config from "../deno.json" with { type: "json" };
import * as present from "../src/capacity/_tuning.ts";

type Table = Readonly<Record<string, Readonly<Record<string, number>>>>;

const TABLE: Table = present;
const TABLE_URL = new URL("../src/capacity/_tuning.ts", import.meta.url).href;
const SCANS_URL = new URL("_tuning_scans.ts", import.meta.url).href;
const SEEDS = [1, 2, 3, 4];
/** Characters of the first column. */
const NAME_WIDTH = 38;

function moduleOf(table: Table): string {
  const source = Object.entries(table).map(([subject, constants]) =>
    `export const ${subject} = ${JSON.stringify(constants)};`
  ).join("\n");
  return `data:application/javascript,${encodeURIComponent(source)}`;
}

/** The rows of the scans with this table: one a scan, each a list of figures. */
async function simulate(table: Table, seed: number): Promise<string[]> {
  const map = { imports: { ...config.imports, [TABLE_URL]: moduleOf(table) } };
  const mapUrl = `data:application/json,${
    encodeURIComponent(JSON.stringify(map))
  }`;
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      `--import-map=${mapUrl}`,
      SCANS_URL,
      String(seed),
    ],
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error(`Cannot simulate: exit code ${code}`);
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

/** Half and double; for a share or a ratio near 1, of the distance from 1. */
function variantsOf(
  constant: string,
  value: number,
): readonly [number, number] {
  const isRatio = !/(Nats|S)$/.test(constant);
  const isNearOne = isRatio && value > 0.5 && value <= 1.5 && value !== 1;
  return isNearOne
    ? [1 + (value - 1) / 2, Math.max(0.01, 1 + (value - 1) * 2)]
    : [value / 2, value * 2];
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function print(name: string, rows: readonly string[]): void {
  console.log([name.padEnd(NAME_WIDTH), ...rows].join(" | "));
}

const chosen = new Set(Deno.args);
for (const seed of SEEDS) {
  const rows = await simulate(TABLE, seed);
  if (seed === SEEDS[0]) print("", await simulate(TABLE, 0));
  print(`present values, seed ${seed}`, rows);
}
for (const [subject, constants] of Object.entries(TABLE)) {
  for (const [constant, value] of Object.entries(constants)) {
    const name = `${subject}.${constant}`;
    if (chosen.size > 0 && !chosen.has(name)) continue;
    for (const variant of variantsOf(constant, value)) {
      const changed = { ...constants, [constant]: variant };
      const rows = await simulate({ ...TABLE, [subject]: changed }, SEEDS[0]!);
      print(`${name} ${short(value)} -> ${short(variant)}`, rows);
    }
  }
}
