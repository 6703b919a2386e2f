import assert from "node:assert/strict";
import { kill } from "../../src/demo/mod.ts";
import { networkTest, startPacemap } from "./network_fixture.ts";

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
type EndSignal = typeof SIGNALS[number];

/** Scans run at a time, so that their threads also have to wait for a processor. */
const SIDE_BY_SIDE = 4;
const RUNS = 40;
/** The last signal comes so long after the start; the scan takes as long without. */
const LAST_MS = 2000;
const SCAN = [
  ...["-M", "icmp_echoscan", "-f", "saddr", "-b", "/dev/null", "-q"],
  ...["-r", "1000", "-c", "1", "198.18.0.0/23"],
];

/** What a scan that got a signal left. */
interface Remains {
  readonly code: number;
  /** What it was killed by; null: it has ended by itself. */
  readonly killedBy: Deno.Signal | null;
  readonly stderr: string;
  /** The files; null where there are none. */
  readonly rows: string | null;
  readonly metadata: string | null;
}

networkTest(
  "the first signal ends a scan at every moment, and leaves whole files or none",
  async ({ scanner }) => {
    const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
    try {
      let run = 0;
      const runSome = async (): Promise<void> => {
        while (run < RUNS) {
          const number = run++;
          const signal = SIGNALS[number % SIGNALS.length]!;
          const base = `${directory}/${number}`;
          const files = ["-m", `${base}.json`, "-o", `${base}.csv`];
          const child = startPacemap(scanner, [...files, ...SCAN]);
          const pauseMs = LAST_MS * number / RUNS;
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
          kill(child, signal);
          const { code, signal: killedBy, stderr } = await child.output();
          assertRight({
            code,
            killedBy,
            stderr: new TextDecoder().decode(stderr),
            rows: await readOrNull(`${base}.csv`),
            metadata: await readOrNull(`${base}.json`),
          }, signal);
        }
      };
      await Promise.all(Array.from({ length: SIDE_BY_SIDE }, runSome));
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

function assertRight(
  { code, killedBy, metadata, rows, stderr }: Remains,
  signal: EndSignal,
): void {
  if (killedBy !== null) {
    // Before the first line of the program: nothing is there yet.
    assert.equal(killedBy, signal);
    assert.deepEqual([rows, metadata, stderr], [null, null, ""]);
    return;
  }
  assert.ok(code === 0 || code === 1, `code ${code}: ${stderr}`);
  if (metadata === null) {
    assert.equal(code, 1, stderr);
    assert.match(stderr, new RegExp(`stopped by ${signal}`));
    return;
  }
  const { exit_reason: reason, success_unique: found } = JSON.parse(metadata);
  assert.equal(reason, code === 0 ? "completed" : `stopped by ${signal}`);
  assert.match(rows!, /^saddr\n(?:198\.18\.[01]\.\d{1,3}\n)*$/);
  assert.equal(rows!.split("\n").length - 2, found);
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
