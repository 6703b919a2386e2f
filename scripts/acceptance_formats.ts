// deno-lint-ignore-file no-console
/**
 * Whether every format of results is what its readers want, whatever a scan finds and however it ends: no answer, one,
 * 131,072, and scans ended by each signal; one scan writes all formats at once. Takes some minutes, and exits with 1
 * when anything was wrong. Readers that this machine lacks are left out, and named.
 */
import { kill } from "../src/demo/mod.ts";
import { OUTPUT_FORMATS } from "../src/output/mod.ts";
import { startPacemap } from "../tests/e2e/network_fixture.ts";
import { END_SIGNALS } from "../tests/e2e/remains.ts";
import { PROGRAMS, READERS, told } from "../tests/fixtures/format_readers.ts";
import { machineText, markdownTable, openLab } from "./_lab.ts";

const ALL_HOSTS = 131_072;
const RATE_PPS = 15_000;
/** Signals come in the middle of a scan of all hosts. */
const SIGNAL_AFTER_MS = 4000;

/** A scan, and how many rows it has to write: null where a signal ends it. */
interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly signal: Deno.Signal | null;
  readonly rows: number | null;
}

const CASES: readonly Case[] = [
  // Closed ports: they answer, and the filter takes none of that.
  { name: "zero", args: ["-p", "81", "198.18.0.0/24"], signal: null, rows: 0 },
  { name: "one", args: ["-p", "80", "198.18.7.7"], signal: null, rows: 1 },
  {
    name: "all",
    args: ["-p", "80", "198.18.0.0/15"],
    signal: null,
    rows: ALL_HOSTS,
  },
  ...END_SIGNALS.map((signal): Case => ({
    name: signal,
    args: ["-p", "80", "198.18.0.0/15"],
    signal,
    rows: null,
  })),
];

console.log(`${machineText()}\n`);
await using network = await openLab();
await network.startWebServer();
const missing = await missingPrograms();
if (missing.length > 0) console.log(`Left out: ${missing.join(", ")}\n`);
const names = OUTPUT_FORMATS.map(({ name }) => name);
const table: string[][] = [];
let faults = 0;
for (const one of CASES) {
  const directory = await Deno.makeTempDir({ prefix: "pacemap-formats-" });
  try {
    const code = await runCase(one, directory);
    const counts = await countsOf(directory);
    const wanted = one.rows ?? counts.get("csv") ?? 0;
    const wrong = [...counts].filter(([, rows]) => rows !== wanted);
    const isWrongEnd = (code === 0) !== (one.signal === null);
    faults += wrong.length + Number(isWrongEnd);
    table.push([
      one.name,
      String(code),
      String(wanted),
      String(counts.size),
      wrong.map(([name, rows]) => `${name}: ${rows}`).join("; "),
    ]);
    console.error(table.at(-1)!.join(" | "));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
console.log(
  markdownTable(["answers", "exit code", "rows", "readers", "wrong"], table),
);
if (faults > 0) Deno.exitCode = 1;

async function runCase(
  { args, signal }: Case,
  directory: string,
): Promise<number> {
  const scan = startPacemap(network.scanner, [
    ...names.flatMap((name) => ["-O", name, "-o", `${directory}/${name}`]),
    ...["-f", "saddr,sport,classification", "-b", "/dev/null", "-c", "1"],
    ...["--output-filter", "success = 1 && repeat = 0"],
    ...["-r", String(RATE_PPS), "--loss-sample", "0", ...args],
  ]);
  const timer = signal === null
    ? undefined
    : setTimeout(() => kill(scan, signal), SIGNAL_AFTER_MS);
  const { code, stderr } = await scan.output();
  clearTimeout(timer);
  if (code > 1) console.error(new TextDecoder().decode(stderr));
  return code;
}

/** Rows by reader; what a reader refuses counts as -1. */
async function countsOf(directory: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const note = async (
    name: string,
    count: () => Promise<number>,
  ): Promise<void> => {
    try {
      counts.set(name, await count());
    } catch (error) {
      console.error(`${name}: ${error}`);
      counts.set(name, -1);
    }
  };
  for (const name of names) {
    await note(name, () => READERS[name]!(`${directory}/${name}`));
  }
  for (const { args, format, program } of PROGRAMS) {
    if (missing.includes(program)) continue;
    const path = `${directory}/${format}`;
    await note(
      `${format} by ${program}`,
      async () => Number(await told(program, args(path))),
    );
  }
  return counts;
}

async function missingPrograms(): Promise<string[]> {
  const lacking: string[] = [];
  const tries = new Map([
    ["jq", ["--version"]],
    ["sqlite3", ["-version"]],
    ["python3", ["-c", "import libnmap.parser"]],
  ]);
  for (const [program, args] of tries) {
    try {
      await told(program, args);
    } catch {
      lacking.push(program);
    }
  }
  return lacking;
}
