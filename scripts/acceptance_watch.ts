// deno-lint-ignore-file no-console
/**
 * What clients of `--listen` cost a scan of 131,072 hosts at full speed: none, 50 that follow it, 1,000 that read nothing,
 * 1,000 that are slow to ask, floods of requests, bodies of a gigabyte. Takes another number of rounds than 5, and exits
 * with 1 when a scan found less, or lost more, or was slower than 98% of one without a server while 50 followed it.
 */
import type { Network } from "../src/demo/mod.ts";
import { startScript } from "../tests/e2e/servers.ts";
import {
  type LabScan,
  machineText,
  markdownTable,
  openLab,
  scan,
} from "./_lab.ts";

const HOSTS = 131_072;
const RANGE = "198.18.0.0/15";
const DEFAULT_ROUNDS = 5;
const LEAST_SHARE = 0.98;
/** What a server and its clients may need, in bytes: sockets are the kernel's. */
const MOST_MEMORY = 256 << 20;
const CLIENTS = new URL("./_watch_clients.ts", import.meta.url).href;
const LISTEN = ["--listen", "127.0.0.1:8080"];
const SCAN = ["-p", "80", "-r", "0", "-c", "1", RANGE];

/** A kind of clients, and how many; null: there is no server. */
interface Case {
  readonly name: string;
  readonly clients: readonly [kind: string, count: number] | null;
  readonly hasServer: boolean;
}

const CASES: readonly Case[] = [
  { name: "no server", clients: null, hasServer: false },
  { name: "server, nobody", clients: null, hasServer: true },
  { name: "50 follow it", clients: ["reading", 50], hasServer: true },
  { name: "1,000 read nothing", clients: ["idle", 1000], hasServer: true },
  { name: "1,000 slow to ask", clients: ["slow", 1000], hasServer: true },
  { name: "flood of requests", clients: ["flood", 64], hasServer: true },
  { name: "bodies of 1 GB", clients: ["bodies", 16], hasServer: true },
];

/** What a scan showed. */
interface Seen {
  readonly pps: number;
  readonly found: number;
  readonly lost: number;
  readonly code: number;
  readonly peakBytes: number;
  /** Processor time of the main thread and of the server's, in seconds. */
  readonly mainS: number;
  readonly watchS: number;
  readonly clients: string;
}

const rounds = Number(Deno.args[0] ?? DEFAULT_ROUNDS);
console.log(`${machineText()}\n`);
await using network = await openLab();
const seen = new Map(CASES.map(({ name }): [string, Seen[]] => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const one of CASES) {
    const result = await runCase(network, one);
    seen.get(one.name)!.push(result);
    console.error(one.name, JSON.stringify(result));
  }
}
const base = median(seen.get("no server")!.map(({ pps }) => pps));
const baseMemory = Math.max(
  ...seen.get("no server")!.map(({ peakBytes }) => peakBytes),
);
let faults = 0;
const table = CASES.map(({ name }) => {
  const all = seen.get(name)!;
  const pps = median(all.map((one) => one.pps));
  const peak = Math.max(...all.map(({ peakBytes }) => peakBytes));
  const worst = {
    found: Math.min(...all.map(({ found }) => found)),
    lost: Math.max(...all.map(({ lost }) => lost)),
    code: Math.max(...all.map(({ code }) => code)),
  };
  const isWrong = worst.found < HOSTS || worst.lost > 0 || worst.code > 0 ||
    peak > baseMemory + MOST_MEMORY ||
    (name === "50 follow it" && pps < LEAST_SHARE * base);
  faults += Number(isWrong);
  return [
    name,
    pps.toFixed(0),
    `${(100 * pps / base).toFixed(1)}%`,
    String(worst.found),
    String(worst.lost),
    String(worst.code),
    `${(peak / (1 << 20)).toFixed(0)} MiB`,
    median(all.map(({ mainS }) => mainS)).toFixed(2),
    median(all.map(({ watchS }) => watchS)).toFixed(2),
    all.at(-1)!.clients,
    isWrong ? "wrong" : "",
  ];
});
const columns = ["clients", "p/s", "of none", "found", "lost", "exit code"];
console.log(
  markdownTable([
    ...[...columns, "peak memory", "main thread, s", "server, s"],
    ...["what they did", ""],
  ], table),
);
if (faults > 0) Deno.exitCode = 1;

async function runCase(
  network: Network,
  { clients, hasServer }: Case,
): Promise<Seen> {
  const directory = await Deno.makeTempDir({ prefix: "pacemap-watch-" });
  await Deno.chmod(directory, 0o777);
  const script = clients === null
    ? null
    : await startScript(network.scanner, CLIENTS, clients.map(String));
  try {
    const file = `${directory}/pacemap.prom`;
    const result = await scan(network, [
      ...[...SCAN, "--metrics-file", file],
      ...hasServer ? LISTEN : [],
    ]);
    const text = await script?.stop() ?? "";
    return {
      ...figuresOf(result),
      ...threadsOf(await Deno.readTextFile(file)),
      clients: text.replace("ready\n", "").trim().replaceAll(/[{}"]/g, ""),
    };
  } finally {
    await script?.[Symbol.asyncDispose]();
    await Deno.remove(directory, { recursive: true });
  }
}

function figuresOf(
  { code, metadata }: LabScan,
): Pick<Seen, "pps" | "found" | "lost" | "code"> {
  const { loss: { places }, rate_control, ledger } = metadata;
  const { "send: refused": _, ...lost } = places;
  return {
    pps: rate_control.mean,
    found: (ledger.receive.successUnique ?? 0) +
      (ledger.receive.failureUnique ?? 0),
    lost: Object.values(lost).reduce((sum, one) => sum + one, 0),
    code,
  };
}

function threadsOf(
  text: string,
): Pick<Seen, "peakBytes" | "mainS" | "watchS"> {
  const read = (name: string): number => {
    const lines = text.split("\n");
    const line = lines.find((line) => line.startsWith(`pacemap_${name} `));
    return Number(line?.split(" ").at(-1) ?? 0);
  };
  return {
    peakBytes: read("resident_memory_peak_bytes"),
    mainS: read('thread_processor_seconds_total{thread="main"}'),
    watchS: read('thread_processor_seconds_total{thread="watch"}'),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
