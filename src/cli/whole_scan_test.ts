import assert from "node:assert/strict";
import type { WholeScan } from "../scan/mod.ts";
import { make } from "./_test_scan_config.ts";

const META = ["-m", "no-such-meta"];
const BASE = [
  ...["-p", "80", "8.8.0.0/24", "2001:4860::/121", "-e", "from:fleet"],
  ...META,
];

async function wholeOf(...args: string[]): Promise<WholeScan> {
  const { config } = await make(...args);
  assert.notEqual(config.whole, undefined);
  return config.whole!;
}

function shardArgs(shard: number, shards: number): string[] {
  return ["--shard", String(shard), "--shards", String(shards)];
}

Deno.test("wholeScan() is the same for all shards, of whichever families their targets are", async () => {
  // 256 IPv4 and 128 IPv6 targets: some of so many shards have targets of one family only.
  const shards = 192;
  let next = 0;
  let single = 0;
  const digests = new Set<string>();
  for (let shard = 0; shard < shards; shard++) {
    const { config } = await make(...BASE, ...shardArgs(shard, shards));
    const { digest, positions } = config.whole!;
    digests.add(digest);
    assert.deepEqual(positions, { first: next, end: next + 2, total: 384 });
    next = positions!.end;
    if (config.targets.mix === null) single++;
  }
  assert.equal(digests.size, 1);
  assert.ok(single > 0);
});

Deno.test("wholeScan() does not depend on outputs, limits, rate and checkpoint", async () => {
  const { digest } = await wholeOf(...BASE);
  for (
    const more of [
      ["-o", "no-such-out", "-O", "json"],
      ["-n", "10"],
      ["-r", "5", "-c", "1", "--dedup-method", "none"],
      ["--dryrun"],
    ]
  ) assert.equal((await wholeOf(...BASE, ...more)).digest, digest);
  const other = ["2001:4860::/121", "8.8.0.0/25", "8.8.0.128/25", ...META];
  const same = await wholeOf("-p", "80", "-e", "from:fleet", ...other);
  assert.equal(same.digest, digest);
});

Deno.test("wholeScan() differs in the option that differs", async () => {
  const cases: readonly [option: string, args: readonly string[]][] = [
    ["TARGET", [...BASE, "8.8.9.9"]],
    ["--ipv4, --ipv6", [...BASE, "-4"]],
    ["--target-ports", ["-p", "81", ...BASE.slice(2)]],
    ["--seed", [
      "-p",
      "80",
      "8.8.0.0/24",
      "2001:4860::/121",
      "-e",
      "1",
      ...META,
    ]],
    ["--probe-module", [...BASE, "-M", "tcp_synackscan"]],
    ["--probes", [...BASE, "-P", "2"]],
    ["--probe-ttl", [...BASE, "--probe-ttl", "9"]],
    ["--validate-source-port", [...BASE, "--validate-source-port", "disable"]],
  ];
  const { digest, parts } = await wholeOf(...BASE);
  for (const [option, args] of cases) {
    const other = await wholeOf(...args);
    assert.notEqual(other.digest, digest, option);
    const different = other.parts.filter((part, index) =>
      part.digest !== parts[index]!.digest
    );
    assert.ok(different.some((part) => part.option === option), option);
  }
});

Deno.test("wholeScan() is left out without metadata", async () => {
  const { config } = await make("-p", "80", "8.8.8.8");
  assert.equal(config.whole, undefined);
});
