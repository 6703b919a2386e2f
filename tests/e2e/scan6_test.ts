import assert from "node:assert/strict";
import { type Network, SCANNER_ADDRESS6 } from "../../src/demo/mod.ts";
import { networkTest, runScan, type ScanOutcome } from "./network_fixture.ts";

const RATE_PPS = "20000";
/** 16,384 windows of 64 bits behind the router. */
const WINDOWS = ["--v6-window", "64", "2001:db8:8000::/50"];
const WINDOW_COUNT = 16_384;

/** Hardware address of the router's interface, as the scanner knows it. */
async function gatewayMac(network: Network): Promise<string> {
  const text = await network.router.run("ip", [
    "-json",
    "link",
    "show",
    "down0",
  ]);
  return JSON.parse(text)[0].address;
}

/** Runs a scan of IPv6 targets whose way is given. */
async function scan6(
  network: Network,
  args: readonly string[],
): Promise<ScanOutcome> {
  assert.ok(network.hasIpv6, "this machine has no IPv6");
  return await runScan(network, [
    ...["-6", "-i", "up0", "-S", SCANNER_ADDRESS6],
    ...["-G", await gatewayMac(network), "-c", "1"],
    ...args,
  ]);
}

function lowestOfWindows(): Set<string> {
  return new Set(
    Array.from(
      { length: WINDOW_COUNT },
      (_, i) =>
        i === 0 ? "2001:db8:8000::1" : `2001:db8:8000:${i.toString(16)}::1`,
    ),
  );
}

const KINDS = [
  { what: "closed TCP ports", args: ["-p", "81"], answer: "rst" },
  { what: "nginx", args: ["-p", "80"], answer: "synack" },
  { what: "pings", args: ["-M", "icmp_echoscan"], answer: "echoreply" },
  { what: "pings", args: ["-M", "icmp6_echoscan"], answer: "echoreply" },
];

for (const { what, args, answer } of KINDS) {
  networkTest(
    `scan probes every IPv6 host once and finds it: ${args.join(" ")}, ${what}`,
    async (network) => {
      await network.startWebServer();
      await network.countProbes();
      const scan = await scan6(network, [
        ...args,
        ...[
          "-r",
          RATE_PPS,
          "-f",
          "saddr,daddr,classification,repeat",
          "--loss-sample",
          "0",
        ],
        ...WINDOWS,
      ]);
      assert.equal(scan.code, 0, scan.stderr);
      const missing = lowestOfWindows();
      for (const row of scan.rows) {
        const [address, source, classification, repeat] = row.split(",");
        assert.deepEqual([source, classification], [SCANNER_ADDRESS6, answer]);
        if (repeat === "0") assert.ok(missing.delete(address!), row);
      }
      assert.deepEqual([...missing].slice(0, 10), [], scan.stderr);
      assert.deepEqual(await network.probeCount(), {
        probes: WINDOW_COUNT,
        repeated: 0,
      });
      const { metadata } = scan;
      assert.equal(metadata.packets_sent, WINDOW_COUNT);
      assert.equal(metadata.targets_scanned, WINDOW_COUNT);
      assert.deepEqual(metadata.source_ips, [SCANNER_ADDRESS6]);
      assert.equal(metadata.exit_reason, "completed");
    },
  );
}

networkTest(
  "scan finds all ports of IPv6 hosts, and measures its loss by asking again",
  async (network) => {
    await network.startWebServer();
    await network.countProbes();
    const scan = await scan6(network, [
      ...["-r", RATE_PPS, "-p", "80,81", "-f", "saddr,sport,classification"],
      ...["--loss-sample", "1", ...WINDOWS],
    ]);
    assert.equal(scan.code, 0, scan.stderr);
    const answers = new Map<string, number>();
    for (const row of new Set(scan.rows)) {
      const what = row.slice(row.indexOf(",") + 1);
      answers.set(what, (answers.get(what) ?? 0) + 1);
    }
    assert.deepEqual(Object.fromEntries(answers), {
      "80,synack": WINDOW_COUNT,
      "81,rst": WINDOW_COUNT,
    });
    const { probes } = await network.probeCount();
    assert.equal(scan.metadata.packets_sent, probes);
    assert.ok(probes > 2 * WINDOW_COUNT, `${probes} probes`);
  },
);

networkTest(
  "scan of IPv6 sends again what a silent router dropped",
  async (network) => {
    await network.limitRouter(8000);
    const scan = await scan6(network, [
      ...["-M", "icmp_echoscan", "-r", "12000", "--on-loss", "slow"],
      ...["-f", "saddr", "--v6-window", "64", "2001:db8:8000::/49"],
    ]);
    assert.equal(scan.code, 0, scan.stderr);
    assert.ok(await network.routerDropped() > 0);
    assert.ok(Number(scan.metadata.passes) > 1, scan.stderr);
    assert.ok(new Set(scan.rows).size >= 32_768 * 0.99, scan.stderr);
  },
);

networkTest(
  "scan of IPv6 leaves link headers to the kernel with --iplayer",
  async (network) => {
    assert.ok(network.hasIpv6, "this machine has no IPv6");
    const scan = await runScan(network, [
      ...["-6", "-X", "-i", "up0", "-S", SCANNER_ADDRESS6, "-p", "81"],
      ...["-f", "saddr", "-r", "1000", "-c", "1", "2001:db8:8000::/120"],
    ]);
    assert.equal(scan.code, 0, scan.stderr);
    assert.equal(new Set(scan.rows).size, 256);
    assert.equal(scan.metadata.link_layer, "ip");
  },
);

networkTest(
  "scan of IPv6 says which part of its way it has to be told",
  async (network) => {
    const { code, stderr } = await runScan(network, [
      ...["-6", "-p", "80", "-i", "up0", "2001:db8:8000::1"],
    ]);
    assert.equal(code, 3);
    assert.match(
      stderr,
      /source address .* is not found by itself\n +Give it with -S/,
    );
  },
);
