import assert from "node:assert/strict";
import { TARGET_COUNT, TARGET_RANGE } from "../../src/demo/mod.ts";
import { networkTest, rowsOf, runPacemap, runScan } from "./network_fixture.ts";

const RATE_PPS = 50_000;
const COMMON = ["-r", String(RATE_PPS), "-c", "1", TARGET_RANGE];

const KINDS = [
  { what: "closed TCP ports", args: ["-p", "81"], answer: "rst" },
  { what: "nginx", args: ["-p", "80"], answer: "synack" },
  { what: "pings", args: ["-M", "icmp_echoscan"], answer: "echoreply" },
];

for (const { what, args, answer } of KINDS) {
  networkTest(
    `scan probes and finds every host once: ${what}`,
    async (network) => {
      await network.startWebServer();
      await network.countProbes();
      const fields = ["-f", "saddr,classification,repeat"];
      const once = ["--loss-sample", "0"];
      const scan = await runScan(network, [
        ...args,
        ...fields,
        ...once,
        ...COMMON,
      ]);
      assert.equal(scan.code, 0, scan.stderr);
      const expected = Array.from(
        { length: TARGET_COUNT },
        (_, i) => `198.${18 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`,
      );
      const found = new Set<string>();
      for (const row of scan.rows) {
        const [address, classification, repeat] = row.split(",");
        assert.equal(classification, answer, row);
        if (repeat === "0") found.add(address!);
      }
      const missed = expected.filter((address) => !found.has(address));
      assert.deepEqual(
        missed.slice(0, 10),
        [],
        `${missed.length} missed\n${scan.stderr}`,
      );
      assert.equal(found.size, TARGET_COUNT);
      assert.deepEqual(await network.probeCount(), {
        probes: TARGET_COUNT,
        repeated: 0,
      });
      const { metadata } = scan;
      assert.equal(metadata.packets_sent, TARGET_COUNT);
      assert.equal(metadata.targets_scanned, TARGET_COUNT);
      assert.equal(metadata.pcap_drop, 0);
      assert.equal(metadata.exit_reason, "completed");
    },
  );
}

networkTest(
  "scan prints the addresses of successes only, without a header, by default",
  async (network) => {
    await network.startWebServer();
    const targets = ["198.18.0.8/30", "-p", "80,81", "-c", "0.5"];
    const scan = await runPacemap(network.scanner, [
      "-q",
      "-b",
      "/dev/null",
      ...targets,
    ]);
    assert.equal(scan.code, 0, scan.stderr);
    const found = scan.stdout.trim().split("\n").sort();
    const expected = [8, 9, 10, 11].map((last) => `198.18.0.${last},80`);
    assert.deepEqual(found, expected.toSorted());
  },
);

networkTest(
  "scan reads its targets from files and leaves out the blocked",
  async (network) => {
    const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
    try {
      await Deno.writeTextFile(`${directory}/allow`, "198.18.7.0/28 # a few\n");
      await Deno.writeTextFile(`${directory}/block`, "198.18.7.4/30\n");
      const scan = await runPacemap(network.scanner, [
        ...["-w", `${directory}/allow`, "-b", `${directory}/block`],
        ...["-M", "icmp_echoscan", "-o", `${directory}/found`, "-c", "0.5"],
      ]);
      assert.equal(scan.code, 0, scan.stderr);
      const found = await Deno.readTextFile(`${directory}/found`);
      assert.equal(found.trim().split("\n").length, 12);
      assert.ok(!/^198\.18\.7\.[4-7]$/m.test(found));
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

networkTest(
  "scan measures itself: what a silent router dropped is missing, nothing else",
  async (network) => {
    await network.countProbes();
    await network.limitRouter(1000);
    const args = [
      "-M",
      "icmp_echoscan",
      "-f",
      "saddr",
      "-r",
      "4000",
      "-c",
      "1",
    ];
    const scan = await runScan(network, [...args, "198.18.32.0/20"]);
    const { probes } = await network.probeCount();
    assert.equal(scan.code, 0, scan.stderr);
    assert.equal(scan.metadata.packets_sent, 4096);
    assert.equal(probes + await network.routerDropped(), 4096);
    assert.equal(rowsOf(scan.stdout).length, probes);
  },
);

networkTest(
  "scan of all addresses and ports starts at once",
  async (network) => {
    const args = ["-p", "*", "-n", "200", "-r", "1000", "-c", "0", "0.0.0.0/0"];
    const scan = await runScan(network, args);
    assert.equal(scan.code, 0, scan.stderr);
    // Some of the addresses may be this host's own: 127.0.0.0/8.
    const { send } = scan.metadata.ledger as { send: { noNeighbour: number } };
    const sent = Number(scan.metadata.packets_sent);
    assert.equal(sent + send.noNeighbour, 200);
  },
);
