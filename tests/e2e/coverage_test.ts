import assert from "node:assert/strict";
import {
  COVERAGE_OPTIONS,
  CoverageMap,
  type CoverageOptions,
} from "./coverage.ts";

/** Walks all of it, with these arguments too (`deno task coverage` walks more); fails unless each target comes once and nothing else does. */
async function assertCovered(
  { ports, prefix }: CoverageOptions,
  ...runs: (readonly string[])[]
): Promise<void> {
  const map = new CoverageMap({ ports, prefix });
  for (const args of runs) {
    await map.run([
      ...COVERAGE_OPTIONS,
      "-e",
      "2",
      "-p",
      ports,
      ...args,
      prefix,
    ]);
  }
  const { duplicates, missing, strays } = map.result;
  const what = `${prefix} ${runs.map((args) => args.join(" ")).join("; ")}`;
  assert.deepEqual([duplicates, strays, missing], [0, 0, 0], what);
}

/** The arguments of each shard, with so many threads in each. */
function shards(threads: readonly number[]): string[][] {
  return threads.map((count, shard) => [
    ...["--shards", String(threads.length), "--shard", String(shard)],
    ...["-T", String(count)],
  ]);
}

Deno.test("CoverageMap counts what comes twice, what is not wanted and what is missing", async () => {
  const map = new CoverageMap({ prefix: "192.0.2.0/23", ports: "80,81" });
  const run = (...args: string[]): Promise<number> =>
    map.run([...COVERAGE_OPTIONS, "-b", "/dev/null", ...args]);
  await run("-p", "80", "192.0.3.0/24");
  // Of the built-in blocklist.
  await run("-p", "81", "192.0.2.0/30");
  assert.deepEqual(map.result, {
    targets: 256,
    duplicates: 0,
    strays: 4,
    missing: 256,
  });
  await run("-p", "80-82", "192.0.3.254/31", "8.8.8.8");
  assert.deepEqual(map.result, {
    targets: 258,
    duplicates: 2,
    // Two with port 82, and 8.8.8.8 with each port.
    strays: 4 + 2 + 3,
    missing: 254,
  });
});

Deno.test("fast dry run of three ports covers networks of all sizes", async () => {
  for (const length of [32, 31, 29, 23, 17, 14]) {
    const options = { prefix: `128.0.0.0/${length}`, ports: "80,443,8080" };
    await assertCovered(options, []);
  }
});

Deno.test("fast dry run of one port covers networks of all sizes", async () => {
  for (const length of [32, 30, 25, 22, 19, 15, 12]) {
    await assertCovered({ prefix: `128.0.0.0/${length}`, ports: "443" }, []);
  }
});

Deno.test("fast dry run leaves out the built-in blocklist and nothing else", async () => {
  // 192.0.0.0/8 has eight blocks, next to each other and apart.
  await assertCovered({ prefix: "192.0.0.0/8", ports: "80" }, ["-T", "2"]);
  await assertCovered({ prefix: "198.18.0.0/14", ports: "80,81" }, []);
});

Deno.test("fast dry run in five shards with unequal threads covers three /16s", async () => {
  const map = new CoverageMap({ prefix: "8.0.0.0/6", ports: "80" });
  const networks = ["8.8.0.0/16", "9.9.0.0/16", "11.1.0.0/16"];
  for (const args of shards([5, 4, 1, 5, 2])) {
    await map.run([
      ...COVERAGE_OPTIONS,
      "-e",
      "3",
      "-p",
      "80",
      ...args,
      ...networks,
    ]);
  }
  const { duplicates, strays, targets } = map.result;
  assert.deepEqual([targets, duplicates, strays], [3 * 65_536, 0, 0]);
});

Deno.test("fast dry run in three shards with more threads than targets covers a /29", async () => {
  const options = { prefix: "8.8.8.0/29", ports: "80" };
  await assertCovered(options, ...shards([3, 4, 5]));
});
