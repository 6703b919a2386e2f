// deno-lint-ignore-file no-console
/**
 * The real rate on the wire, counted on the router of the test network, next to ZMap's where it is installed:
 * `wire_rate.ts [SECONDS [RATE]...]`. Each rate's error on average, and its busiest 100 ms window.
 */
import { type Network, SCANNER_INTERFACE } from "../src/demo/mod.ts";
import { burstOf } from "../src/pace/mod.ts";
import { has, machineText, markdownTable, openLab, scan } from "./_lab.ts";
import { captureWire, type WireCount } from "./_wire_capture.ts";

const RATES = [10, 100, 1000, 10_000, 100_000];
const SECONDS = 5;
/** Enough addresses for any rate; the router drops what goes there without a word. */
const RANGE = "10.0.0.0/8";
/** Seconds until the scanner that was started sends, at most. */
const STARTUP_SECONDS = 5;
const MAX_ERROR = 0.005;

const [seconds = SECONDS, ...rates] = Deno.args.map(Number);
await using network = await openLab();
await network.router.run("ip", ["route", "add", "blackhole", RANGE]);
if (!await has(network.router, "tcpdump")) {
  throw new Error("Install tcpdump, which counts on the router");
}
const hasZmap = await has(network.scanner, "zmap");
console.log(`${machineText()}; ${seconds} s at each rate\n`);
const rows: string[][] = [];
for (const rate of rates.length > 0 ? rates : RATES) {
  let excess = 0;
  const own = await captureWire(network, async () => {
    const { metadata } = await scan(network, pacemapArguments(rate));
    excess = metadata.rate_control.max_window_excess;
  });
  rows.push(rowOf("pacemap", rate, own, String(excess)));
  if (!hasZmap) continue;
  const other = await captureWire(network, () => runZmap(network, rate));
  rows.push(rowOf("zmap", rate, other, ""));
}
console.log(markdownTable([
  "program",
  "packets/s asked",
  "on the wire",
  "error",
  "busiest 100 ms",
  "allowed: 1.05 × rate + burst",
  "own max_window_excess",
  "verdict",
], rows));
if (!hasZmap) {
  console.log("\nzmap is not installed (apt-get install zmap): not compared");
}

function pacemapArguments(rate: number): string[] {
  return [
    ...["-p", "81", "-r", String(rate)],
    ...["-t", String(seconds), "-c", "0", RANGE],
  ];
}

/** Runs ZMap, which cannot ask for its gateway, for the same time. */
async function runZmap(
  { router, scanner }: Network,
  rate: number,
): Promise<void> {
  const link = JSON.parse(
    await router.run("ip", ["-json", "link", "show", "down0"]),
  );
  const limit = String(seconds + STARTUP_SECONDS);
  await scanner.run("timeout", [
    ...[limit, "zmap", "-p", "81", "-r", String(rate)],
    ...["-t", String(seconds), "-c", "0", "-b", "/dev/null", "-q", "-T", "1"],
    ...["-G", link[0].address, "-i", SCANNER_INTERFACE, "-o", "/dev/null"],
    RANGE,
  ]);
}

function rowOf(
  program: string,
  rate: number,
  count: WireCount,
  excess: string,
): string[] {
  const error = count.meanPps / rate - 1;
  const allowed = 1.05 * rate / 10 + burstOf(rate);
  const isKept = Math.abs(error) <= MAX_ERROR && count.busiestWindow <= allowed;
  const verdict = count.lost > 0
    ? `the capture lost ${count.lost}`
    : isKept
    ? "kept"
    : "missed";
  return [
    program,
    String(rate),
    count.meanPps.toFixed(2),
    `${(100 * error).toFixed(3)}%`,
    String(count.busiestWindow),
    allowed.toFixed(1),
    excess,
    verdict,
  ];
}
