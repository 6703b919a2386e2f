import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import {
  addressesOf,
  dryRun,
  fastDryRun,
  NETWORK,
  type Packet,
  parsePackets,
  runHere,
  targetsOf,
} from "./dry_run.ts";

/** One port, and single ones between ranges, in no order. Each start of the program costs half a second. */
const PORT_LISTS: Readonly<Record<string, readonly number[]>> = {
  "22": [22],
  "22-32,80,443-445,8080,10": [...range(22, 32), 80, 443, 444, 445, 8080, 10],
};

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function pairsOf(packets: readonly Packet[]): string[] {
  return packets.map(({ port, target }) => `${target}:${port}`).sort();
}

function countBy<K>(keys: readonly K[]): Map<K, number> {
  const counts = new Map<K, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

Deno.test("dry run prints as many distinct targets as --max-targets says", async () => {
  const packets = await dryRun("-p", "80", "-n", "249");
  assert.equal(packets.length, 249);
  assert.equal(new Set(targetsOf(packets)).size, 249);
  assert.ok(packets.every(({ port }) => port === 80));
});

Deno.test("dry run is complete whatever the number of threads", async () => {
  for (const [threads, count] of [[5, 1001], [34, 36]]) {
    const packets = await dryRun(
      ...["-p", "80", "-n", String(count), "-T", String(threads), "-r", "0"],
    );
    assert.equal(new Set(targetsOf(packets)).size, count, `-T ${threads}`);
    assert.equal(packets.length, count, `-T ${threads}`);
  }
});

Deno.test("dry run probes each port of an address, and each pair of address and port, once", async () => {
  for (const [list, ports] of Object.entries(PORT_LISTS)) {
    // More threads than targets, too.
    for (
      const [prefix, threads] of [["8.8.8.8/32", "1"], ["8.8.8.0/29", "7"]]
    ) {
      const wanted = addressesOf(prefix!).flatMap((address) =>
        ports.map((port) => `${address}:${port}`)
      ).sort();
      const args = ["-p", list, "-T", threads!, "-r", "0", prefix!];
      assert.deepEqual(pairsOf(await dryRun(...args)), wanted, args.join(" "));
    }
  }
});

Deno.test("dry run in shards covers each target once, in equal parts, whatever the threads of each", async () => {
  const parts = await Promise.all(
    [1, 3, 2, 1, 4].map((threads, shard) =>
      dryRun(
        ...["-p", "80", "-e", "123", "--shards", "5"],
        ...["--shard", String(shard), "-T", String(threads)],
        ...["-r", "0", "8.8.0.0/20"],
      )
    ),
  );
  for (const part of parts) {
    assert.ok(Math.abs(part.length - 4096 / 5) <= 1, `${part.length}`);
  }
  assert.deepEqual(targetsOf(parts.flat()), addressesOf("8.8.0.0/20"));
});

Deno.test("dry run takes several networks and addresses", async () => {
  for (
    const targets of [
      ["8.8.8.8", "9.9.9.9", "141.212.118.5"],
      ["8.8.8.8", "9.9.9.0/29", "20.1.0.0/20", "141.212.0.0/27"],
    ]
  ) {
    const packets = await dryRun("-p", "80", "-r", "0", ...targets);
    assert.deepEqual(targetsOf(packets), addressesOf(...targets));
    assert.ok(packets.every(({ sourceMac }) => sourceMac !== null));
  }
});

Deno.test("dry run has the order that the seed names", async () => {
  const orderOf = async (seed: string): Promise<string[]> =>
    (await dryRun("-p", "80", "-e", seed, "-T", "1", "8.8.8.0/24"))
      .map(({ target }) => target);
  const first = await orderOf("123");
  assert.deepEqual(await orderOf("123"), first);
  const other = await orderOf("987");
  assert.notDeepEqual(other, first);
  assert.deepEqual(other.sort(), first.sort());
});

Deno.test("dry run keeps rate and time", async () => {
  const timed = async (...args: string[]): Promise<[number, number]> => {
    const outcome = await runHere(["-d", ...NETWORK, "-p", "80", ...args]);
    return [parsePackets(outcome.stdout).length, outcome.elapsedMs];
  };
  const [[all, ms], [some]] = await Promise.all([
    timed("-r", "1000", "-n", "1000"),
    timed("-r", "1000", "-t", "1"),
  ]);
  assert.equal(all, 1000);
  assert.ok(ms > 950, `${ms} ms`);
  assert.ok(some > 0 && some < 1100, `${some}`);
});

Deno.test("dry run uses each source port and no other", async () => {
  const packets = await dryRun("-p", "443", "-s", "22-24", "8.8.8.0/25");
  const used = new Set(packets.map(({ sourcePort }) => sourcePort));
  assert.deepEqual([...used].sort(), [22, 23, 24]);
  const all = await dryRun("-p", "443", "-s", "0-65535", "8.8.8.0/25");
  assert.equal(all.length, 128);
});

Deno.test("dry run uses each source address and no other", async () => {
  const { stdout } = await runHere([
    ...["--dryrun", "-X", "-p", "80"],
    ...["-S", "10.9.9.7-10.9.9.9", "8.8.8.0/25"],
  ]);
  const used = new Set(parsePackets(stdout).map(({ source }) => source));
  const addresses = ["10.9.9.7", "10.9.9.8", "10.9.9.9"];
  assert.deepEqual([...used].sort(), addresses);
});

Deno.test("dry run shows the source's hardware address", async () => {
  const mac = "12:34:ab:cd:ef:09";
  const { stdout } = await runHere([
    ...["--dryrun", "-S", "10.0.0.1", "-G", "00:11:22:33:44:55"],
    ...["--source-mac", mac, "-p", "80", "8.8.8.0/30"],
  ]);
  const packets = parsePackets(stdout);
  assert.deepEqual(packets.map(({ sourceMac }) => sourceMac), [
    ...[mac, mac, mac, mac],
  ]);
});

Deno.test("dry run sends as many probes to each target as --probes says", async () => {
  const none = await runHere([
    "-d",
    ...NETWORK,
    "-p",
    "80",
    "-P",
    "0",
    "8.8.8.8",
  ]);
  assert.deepEqual([none.code, none.stdout], [2, ""]);
  for (
    const [prefix, probes] of [
      ["8.8.8.0/27", 2],
      ["8.8.8.0/30", 13],
      ["8.8.8.0/28", 21],
    ] as const
  ) {
    const packets = await dryRun("-p", "80", "-P", String(probes), prefix);
    const counts = countBy(targetsOf(packets));
    assert.deepEqual([...counts.keys()], addressesOf(prefix));
    assert.ok([...counts.values()].every((count) => count === probes));
    // Probes of a target differ in their source port.
    const sources = packets.map(({ sourcePort, target }) =>
      `${target} ${sourcePort}`
    );
    assert.equal(new Set(sources).size, packets.length);
  }
});

Deno.test("dry run of a list of addresses has them all, with every port", async () => {
  using directory = new TestDirectory();
  const addresses = Array.from(
    { length: 1000 },
    (_, i) => `${20 + i % 60}.${i % 251}.${(i * 7) % 253}.${i % 255}`,
  );
  const list = directory.write("list", addresses.join("\n"));
  const packets = await dryRun("-p", "80", "-I", list, "-T", "2");
  assert.deepEqual(targetsOf(packets), [...new Set(addresses)].sort());
  const few = directory.write("few", "8.8.8.8\n9.9.9.9 # two\n1.1.1.1\n");
  const pairs = pairsOf(await dryRun("-p", "22,80,443,8080", "-I", few));
  assert.equal(pairs.length, 12);
  assert.equal(new Set(pairs).size, 12);
});

Deno.test("dry run adds the allowlist to the targets", async () => {
  using directory = new TestDirectory();
  const prefixes = ["8.8.8.0/30", "9.9.9.2/31", "141.212.118.5/32"];
  const list = directory.write("allow", prefixes.join("\n"));
  assert.deepEqual(
    targetsOf(await dryRun("-p", "80", "-w", list)),
    addressesOf(...prefixes),
  );
  assert.deepEqual(
    targetsOf(await dryRun("-p", "80", "-w", list, "20.1.0.0/21")),
    addressesOf(...prefixes, "20.1.0.0/21"),
  );
});

Deno.test("dry run leaves out what the blocklist covers", async () => {
  using directory = new TestDirectory();
  const cases: readonly (readonly (readonly [string, string])[])[] = [
    [
      ["8.8.4.0/28", "8.8.4.0/30"],
      ["8.8.8.0/24", "8.8.8.128/25"],
      ["20.1.0.0/21", "20.1.2.0/24"],
      ["9.9.9.8/29", "9.9.9.9/32"],
      ["141.212.0.0/22", "141.212.3.252/30"],
    ],
    // Blocks that are elsewhere, near and far.
    [
      ["8.8.8.0/30", "9.9.9.0/24"],
      ["20.1.0.0/24", "20.1.1.0/24"],
      ["20.2.1.0/24", "20.2.0.0/24"],
      ["9.9.8.8/32", "9.9.8.9/32"],
      ["141.212.0.0/24", "142.0.0.0/16"],
    ],
  ];
  for (const pairs of cases) {
    const prefixes = pairs.map(([prefix]) => prefix);
    const blocks = pairs.map(([, block]) => block);
    const list = directory.write("block", `${blocks.join("\n")}\n`);
    const without = new Set(addressesOf(...blocks));
    assert.deepEqual(
      targetsOf(await dryRun("-p", "80", "-r", "0", "-b", list, ...prefixes)),
      addressesOf(...prefixes).filter((address) => !without.has(address)),
    );
  }
  const all = directory.write("block", "8.8.0.0/16\n");
  const nothing = ["8.8.8.0/24", "8.8.0.0/16", "8.8.255.255"];
  const args = ["-d", ...NETWORK, "-p", "80", "-b", all, ...nothing];
  const { code, stdout } = await runHere(args);
  assert.deepEqual([code, stdout], [2, ""]);
});

Deno.test("dry run at the IP layer shows no Ethernet header", async () => {
  const packets = await dryRun("-p", "80", "-X", "8.8.8.0/28");
  assert.deepEqual(targetsOf(packets), addressesOf("8.8.8.0/28"));
  assert.ok(packets.every(({ sourceMac }) => sourceMac === null));
});

Deno.test("dry run counts --max-targets in pairs of address and port", async () => {
  const count = async (...args: string[]): Promise<number> =>
    (await fastDryRun("-r", "0", ...args)).length;
  assert.equal(await count("-p", "80,443", "-n", "10"), 10);
  assert.equal(await count("-p", "80,443", "-n", "0.0001%"), 8589);
  assert.equal(await count("-p", "80", "-n", "4", "-P", "3"), 12);
});
