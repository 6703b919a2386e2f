// deno-lint-ignore-file no-console
/**
 * The benchmarks: `deno task bench [--rounds=N] [--json=FILE] [SECTION]...`. Prints medians, ratios and what is
 * required, and writes them with every sample as JSON. Packets leave only in network namespaces made for it.
 */
import { machineText } from "../_lab.ts";
import type { Figure, Section } from "./_report.ts";
import { table } from "./_report.ts";
import * as backends from "./backends.ts";
import * as generate from "./generate.ts";
import * as idle from "./idle.ts";
import * as lab from "./lab.ts";
import * as programs from "./programs.ts";
import * as receive from "./receive.ts";
import * as start from "./start.ts";

const ROUNDS = 3;
const JSON_FILE = "bench.json";

const SECTIONS: readonly Section[] = [
  { name: "generate", summary: "packets made and thrown away", ...generate },
  {
    name: "backends",
    summary: "back ends against constant packets",
    ...backends,
  },
  { name: "programs", summary: "whole programs into a sink", ...programs },
  { name: "receive", summary: "answers taken, one processor", ...receive },
  { name: "lab", summary: "whole scans of the test network", ...lab },
  { name: "start", summary: "from the command to the first packet", ...start },
  { name: "idle", summary: "the cost of a slow scan", ...idle },
];

const options = new Map(
  Deno.args.filter((one) => one.startsWith("--")).map((one) => {
    const [name, value = ""] = one.slice(2).split("=");
    return [name!, value] as const;
  }),
);
const wanted = Deno.args.filter((one) => !one.startsWith("--"));
const unknown = wanted.find((one) =>
  !SECTIONS.some(({ name }) => name === one)
);
if (unknown !== undefined) {
  const known = SECTIONS.map(({ name, summary }) => `  ${name}: ${summary}`);
  console.error(`No section is "${unknown}". There are\n${known.join("\n")}`);
  Deno.exit(2);
}
const rounds = Number(options.get("rounds") ?? ROUNDS);
const figures: Figure[] = [];
const machine = machineText();
console.log(`${machine}, ${rounds} rounds\n`);
for (const section of SECTIONS) {
  if (wanted.length > 0 && !wanted.includes(section.name)) continue;
  console.error(`${section.name}: ${section.summary}`);
  figures.push(...await section.run({ rounds }));
}
console.log(table(figures));
const time = new Date().toISOString();
await Deno.writeTextFile(
  options.get("json") ?? JSON_FILE,
  `${JSON.stringify({ time, machine, rounds, figures }, null, 1)}\n`,
);
