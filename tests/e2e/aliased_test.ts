import assert from "node:assert/strict";
import { type Network, TARGET_PREFIX6 } from "../../src/demo/mod.ts";
import { networkTest, runScan, type ScanOutcome } from "./network_fixture.ts";

/** Each has one host that answers, and another target. */
const SINGLES = 60;
/** Of these every address answers; the scan has so many targets there. */
const ALIASED = "2001:db8:8000:a::";
const KNOWN = "2001:db8:8000:b::";
const ALIASED_TARGETS = 8;
const TESTED = SINGLES + 1;
const TARGETS = 4 * SINGLES + 2 * ALIASED_TARGETS;
/** Probes that test one prefix. */
const TEST_PROBES = 16;

/** The prefix of a single host. */
function singlePrefix(i: number): string {
  return `2001:db8:8000:${(0x1000 + i).toString(16)}::`;
}

/** Lets the target answer for two whole prefixes, and for one address of each of the others. */
async function populate(network: Network): Promise<void> {
  assert.ok(network.hasIpv6, "this machine has no IPv6");
  const local = [
    `${ALIASED}/64`,
    `${KNOWN}/64`,
    ...Array.from({ length: SINGLES }, (_, i) => `${singlePrefix(i)}1/128`),
  ];
  const routes = local.map((prefix) => `route add local ${prefix} dev lo`);
  await network.target.run(
    "ip",
    ["-6", "-batch", "-"],
    [`route del local ${TARGET_PREFIX6} dev lo`, ...routes, ""].join("\n"),
  );
}

function targets(): string[] {
  return [
    ...Array.from({ length: SINGLES }, (_, i) => `${singlePrefix(i)}0/126`),
    ...[ALIASED, KNOWN].map((prefix) => `${prefix}/125`),
  ];
}

/** Scans all, with the prefix that is known in a file. */
async function scanAll(
  network: Network,
  args: readonly string[],
): Promise<ScanOutcome> {
  const path = await Deno.makeTempFile({ prefix: "pacemap-test-" });
  try {
    await Deno.writeTextFile(path, `# known\n${KNOWN}/64\n`);
    return await runScan(network, [
      ...["-6", "-c", "1", "-r", "2000", "--loss-sample", "0"],
      ...["--aliased-prefixes", path, ...args, ...targets()],
    ]);
  } finally {
    await Deno.remove(path);
  }
}

function expectedRows(): string[] {
  const rows = Array.from(
    { length: SINGLES },
    (_, i) => `${singlePrefix(i)}1,0`,
  );
  for (const prefix of [ALIASED, KNOWN]) {
    for (let i = 0; i < ALIASED_TARGETS; i++) {
      rows.push(`${prefix}${i === 0 ? "" : i},1`);
    }
  }
  return rows.sort();
}

networkTest(
  "scan flags the prefixes that answer as a whole, and no others",
  async (network) => {
    await populate(network);
    await network.startWebServer();
    await network.countProbes();
    const scan = await scanAll(network, ["-p", "80", "-f", "saddr,aliased"]);
    assert.equal(scan.code, 0, scan.stderr);
    assert.deepEqual(scan.rows.toSorted(), expectedRows(), scan.stderr);
    assert.deepEqual(await network.probeCount(), {
      probes: TARGETS + TESTED * TEST_PROBES,
      repeated: 0,
    });
    const { metadata } = scan;
    assert.equal(metadata.targets_scanned, TARGETS);
    assert.equal(metadata.packets_sent, TARGETS + TESTED * TEST_PROBES);
    assert.deepEqual(metadata.aliased_prefixes, {
      tested: TESTED,
      aliased: 1,
      undecided: 0,
      unfit: 0,
      unheld: 0,
      dropped: 0,
    });
    assert.match(scan.stderr, /aliased prefixes +1 {2}of 61 tested with 976/);
  },
);

networkTest(
  "scan leaves out the rows of prefixes that answer as a whole",
  async (network) => {
    await populate(network);
    const scan = await scanAll(network, [
      ...["-M", "icmp_echoscan", "--aliased", "drop"],
    ]);
    assert.equal(scan.code, 0, scan.stderr);
    assert.equal(scan.stdout.split("\n").length - 1, SINGLES);
    assert.doesNotMatch(scan.stdout, /:[ab]:/);
    const { dropped } = scan.metadata.aliased_prefixes as { dropped: number };
    assert.equal(dropped, 2 * ALIASED_TARGETS);
    const { output } = scan.metadata.ledger as {
      output: { rows: number; filtered: number };
    };
    assert.deepEqual([output.rows, output.filtered], [SINGLES, dropped]);
  },
);
