// deno-lint-ignore-file no-console
/**
 * Walks all of IPv4, less the built-in blocklist, with fast dry runs, and notes each target in a bitmap. Fails
 * unless each comes once and no other does. Takes about an hour, and 1 GiB of memory: `coverage.ts [NAME]...`
 * walks only what is named.
 */
import { COVERAGE_OPTIONS, CoverageMap } from "../tests/e2e/coverage.ts";
import { machineText, markdownTable } from "./_lab.ts";

const ADDRESSES = 2 ** 32;

/** One walk, by one or several runs of the program. */
interface Walk {
  readonly name: string;
  readonly prefix?: string;
  readonly ports?: string;
  /** Targets, where they are not all. */
  readonly limit?: number;
  readonly runs: readonly (readonly string[])[];
}

const WALKS: readonly Walk[] = [
  { name: "half", prefix: "128.0.0.0/1", runs: [[]] },
  {
    name: "three-ports",
    prefix: "128.0.0.0/2",
    ports: "80,443,8080",
    runs: [[]],
  },
  { name: "one-thread", runs: [["-T", "1"]] },
  { name: "two-threads", runs: [["-T", "2"]] },
  { name: "two-ports", ports: "80,443", runs: [["-T", "2"]] },
  {
    name: "one-percent",
    limit: Math.floor(ADDRESSES / 100),
    runs: [["-n", "1%", "-T", "2"]],
  },
  {
    name: "seven-shards",
    runs: Array.from({ length: 7 }, (_, shard) => [
      ...["--shards", "7", "--shard", String(shard)],
      ...["-T", String(1 + shard % 3)],
    ]),
  },
];

console.log(`${machineText()}\n`);
const names = Deno.args.length > 0 ? Deno.args : WALKS.map(({ name }) => name);
const rows: string[][] = [];
let failures = 0;
for (const walk of WALKS.filter(({ name }) => names.includes(name))) {
  const { limit, name, ports = "80", prefix = "0.0.0.0/0", runs } = walk;
  const map = new CoverageMap({ ports, prefix });
  let seconds = 0;
  for (const args of runs) {
    seconds += await map.run([
      ...COVERAGE_OPTIONS,
      "-p",
      ports,
      ...args,
      prefix,
    ]);
  }
  const { duplicates, missing, strays, targets } = map.result;
  const absent = limit === undefined ? missing : limit - targets;
  if (duplicates > 0 || strays > 0 || absent !== 0) failures++;
  rows.push([
    name,
    ...[targets, duplicates, strays, absent].map((count) =>
      count.toLocaleString("en")
    ),
    `${(targets / seconds / 1e6).toFixed(1)} million`,
  ]);
  console.error(rows.at(-1)!.join("  "));
}
console.log(markdownTable([
  "walk",
  "targets",
  "duplicates",
  "not wanted",
  "missing",
  "targets/s",
], rows));
if (failures > 0) throw new Error(`Walks that are not exact: ${failures}`);
