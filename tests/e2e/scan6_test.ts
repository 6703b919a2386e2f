import assert from "node:assert/strict";
import { type Network, SCANNER_ADDRESS6 } from "../../src/demo/mod.ts";
import { networkTest, runScan, type ScanOutcome } from "./network_fixture.ts";

const RATE_PPS = "20000";
/** 16,384 windows of 64 bits behind the router. */
const WINDOWS = ["--v6-window", "64", "2001:db8:8000::/50"];
const WINDOW_COUNT = 16_384;

/** Runs a scan of IPv6 targets. */
async function scan6(
  network: Network,
  args: readonly string[],
): Promise<ScanOutcome> {
  assert.ok(network.hasIpv6, "this machine has no IPv6");
  return await runScan(network, ["-6", "-c", "1", ...args]);
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
    const scan = await scan6(network, [
      ...["-X", "-p", "81", "-f", "saddr", "-r", "1000", "2001:db8:8000::/120"],
    ]);
    assert.equal(scan.code, 0, scan.stderr);
    assert.equal(new Set(scan.rows).size, 256);
    assert.equal(scan.metadata.link_layer, "ip");
  },
);

networkTest(
  "scan of IPv6 takes the way that it is given",
  async (network) => {
    const text = await network.router.run("ip", [
      ...["-json", "link", "show", "down0"],
    ]);
    const mac = JSON.parse(text)[0].address;
    await network.scanner.run("ip", ["-6", "route", "del", "default"]);
    const targets = ["-p", "81", "-f", "saddr", "2001:db8:8000::/120"];
    const lost = await scan6(network, targets);
    assert.equal(lost.code, 3);
    assert.match(lost.stderr, /route/);
    const scan = await scan6(network, [
      ...["-i", "up0", "-S", SCANNER_ADDRESS6, "-G", mac, ...targets],
    ]);
    assert.equal(scan.code, 0, scan.stderr);
    assert.equal(new Set(scan.rows).size, 256);
  },
);

networkTest(
  "scan of IPv6 finds hosts on the link, and others behind several routers",
  async (network) => {
    // Another router, which is the same host.
    await network.router.run("ip", [
      ...["-6", "address", "add", "2001:db8:1::fd/64", "dev", "down0"],
    ]);
    await network.scanner.run(
      "ip",
      ["-6", "-batch", "-"],
      [
        "route add 2001:db8:8000:8000::/49 via 2001:db8:1::fd",
        "",
      ].join("\n"),
    );
    const scan = await scan6(network, [
      ...["-M", "icmp_echoscan", "-f", "saddr,classification"],
      ...["2001:db8:1::80/121", "2001:db8:8000::1", "2001:db8:8000:8000::1"],
    ]);
    assert.equal(scan.code, 0, scan.stderr);
    assert.deepEqual([...new Set(scan.rows)].sort(), [
      "2001:db8:1::fd,echoreply",
      "2001:db8:1::fe,echoreply",
      "2001:db8:8000:8000::1,echoreply",
      "2001:db8:8000::1,echoreply",
    ]);
    const { send } = scan.metadata.ledger as { send: { noNeighbour: number } };
    assert.equal(send.noNeighbour, 126);
    assert.equal(scan.metadata.packets_sent, 4);
  },
);

networkTest(
  "scan of IPv6 reaches link-local hosts through the interface that they name",
  async (network) => {
    await network.router.run("ip", [
      ...["-6", "address", "add", "fe80::fe/64", "dev", "down0"],
    ]);
    const scan = await scan6(network, [
      ...["-p", "81", "-f", "saddr,classification", "fe80::fe%up0"],
    ]);
    assert.equal(scan.code, 0, scan.stderr);
    assert.deepEqual(scan.rows, ["fe80::fe,rst"]);
  },
);

networkTest(
  "scan of IPv6 comes from a prefix: each host has its own source, which the seed fixes",
  async (network) => {
    await network.router.run("ip", [
      ...["-6", "route", "add", "2001:db8:77::/64", "via", SCANNER_ADDRESS6],
    ]);
    const common = ["-S", "2001:db8:77::/64", "-e", "7", "-f", "saddr,daddr"];
    const sourcesOf = async (...args: string[]): Promise<
      { readonly sources: Map<string, string>; readonly stderr: string }
    > => {
      const scan = await scan6(network, [...common, ...args]);
      assert.equal(scan.code, 0, scan.stderr);
      assert.deepEqual(scan.metadata.source_ips, ["2001:db8:77::/64"]);
      const pairs = scan.rows.map((row) => row.split(",") as [string, string]);
      return { sources: new Map(pairs), stderr: scan.stderr };
    };
    const warned = await sourcesOf("-p", "81", "2001:db8:8000::/120");
    assert.match(warned.stderr, /route add local 2001:db8:77::\/64 dev lo/);
    const { sources } = warned;
    assert.equal(sources.size, 256);
    assert.equal(new Set(sources.values()).size, 256);
    for (const source of sources.values()) {
      assert.match(source, /^2001:db8:77:/);
    }
    await network.scanner.run("ip", [
      ...["-6", "route", "add", "local", "2001:db8:77::/64", "dev", "lo"],
    ]);
    // Another list, another kind of probe, several of them.
    const again = await sourcesOf(
      ...["-M", "icmp_echoscan", "-P", "2", "2001:db8:8000::40/122"],
    );
    assert.doesNotMatch(again.stderr, /source prefix/i);
    assert.equal(again.sources.size, 64);
    for (const [host, source] of again.sources) {
      assert.equal(sources.get(host), source);
    }
  },
);
