import assert from "node:assert/strict";
import {
  type Network,
  SCANNER_ADDRESS,
  SCANNER_ADDRESS6,
} from "../../src/demo/mod.ts";
import { pinGateway } from "./neighbours.ts";
import { networkTest, runScan, type ScanOutcome } from "./network_fixture.ts";

const DONE = 0;
const ENVIRONMENT = 3;
const LOSS_ABOVE_TARGET = 4;
const ECHO = ["-M", "icmp_echoscan", "-f", "saddr", "-c", "0.5"];
const PING = [...ECHO, "-r", "1000"];
const TARGETS = "198.18.0.0/26";
/** A quarter of them. */
const DROPPED = "198.18.0.16/28";

type Counts = Readonly<Record<string, number>>;

interface Account {
  readonly places: Counts;
  readonly send: Counts & {
    readonly abandonedByErrno: Counts;
    readonly refusedByErrno: Counts;
  };
}

function accountOf({ metadata }: ScanOutcome): Account {
  const { places, send } = metadata.ledger as Account;
  return { places, send };
}

/** Makes the scanner drop what it sends to `destinations`, in a chain of this kind. */
async function drop(
  network: Network,
  hook: "output" | "egress",
  destinations: string,
): Promise<void> {
  const [family, device] = hook === "egress"
    ? ["netdev", "device up0"]
    : ["inet", ""];
  const rules = `table ${family} named {
    chain out {
      type filter hook ${hook} ${device} priority 0; policy accept;
      ip daddr ${destinations} drop
    }
  }\n`;
  await network.scanner.run("nft", ["-f", "-"], rules);
}

networkTest(
  "firewall that drops output: the targets count as given up, with EPERM",
  async (network) => {
    await drop(network, "output", DROPPED);
    const scan = await runScan(network, [...PING, "-X", TARGETS]);
    assert.equal(scan.code, LOSS_ABOVE_TARGET, scan.stderr);
    const { places, send } = accountOf(scan);
    assert.equal(scan.rows.length, 48);
    assert.equal(send.accepted, 48);
    assert.equal(send.abandoned, 16);
    assert.equal(places["send: given up"], 16);
    assert.equal(places["send: refused"], 0, "none was sent again");
    assert.deepEqual(send.abandonedByErrno, { EPERM: 16 });
    const warning = /send: given up: losing packets.*EPERM \(the firewall of/;
    assert.match(scan.stderr, warning);
    assert.match(scan.stderr, /given up +16 {2}EPERM 16 .*nft list ruleset/);
  },
);

for (
  const how of [
    ["--send-backend", "sendmmsg"],
    ["--send-backend", "ring"],
    ["-X"],
  ]
) {
  networkTest(
    `egress filter, ${
      how.join(" ")
    }: it is named, its targets are given up, the others are scanned`,
    async (network) => {
      // The kernel reports nothing of a frame that it holds while it asks for the gateway: it has to know it already.
      await pinGateway(network);
      await drop(network, "egress", DROPPED);
      const scan = await runScan(network, [...PING, ...how, TARGETS]);
      assert.equal(scan.code, LOSS_ABOVE_TARGET, scan.stderr);
      const { send } = accountOf(scan);
      assert.equal(scan.rows.length, 48);
      assert.deepEqual(send.abandonedByErrno, { ENOBUFS: 16 });
      assert.match(
        scan.stderr,
        /given up +16 {2}ENOBUFS 16 \(the egress filter of up0 \(nftables chain netdev named\/out\) drops/,
      );
    },
  );
}

networkTest(
  "egress filter that drops everything: the scan ends, with nothing sent",
  async (network) => {
    await drop(network, "egress", TARGETS);
    const scan = await runScan(network, [
      ...[...PING, "--send-backend", "sendmmsg", TARGETS],
    ]);
    assert.equal(scan.code, LOSS_ABOVE_TARGET, scan.stderr);
    const { send } = accountOf(scan);
    assert.equal(send.accepted, 0);
    assert.deepEqual(send.abandonedByErrno, { ENOBUFS: 64 });
    assert.match(scan.stderr, /estimated coverage: 0\.00%/);
  },
);

networkTest(
  "full queue that refuses IP packets: sent again, nothing missing",
  async (network) => {
    await network.scanner.run("tc", [
      ...["qdisc", "add", "dev", "up0", "root", "tbf"],
      ...["rate", "4mbit", "burst", "2kb", "limit", "3kb"],
    ]);
    const scan = await runScan(network, [
      ...[...ECHO, "-X", "-r", "20000", "--no-preflight", "198.18.0.0/22"],
    ]);
    const { places, send } = accountOf(scan);
    assert.equal(scan.code, DONE, scan.stderr);
    assert.equal(scan.rows.length, 1024);
    assert.ok(send.refusedByErrno.ENOBUFS! > 0);
    assert.equal(places["send: given up"], 0);
  },
);

networkTest(
  "answers at another interface are counted, and the interface is named",
  async (network) => {
    const { router, scanner } = network;
    await router.run("ip", [
      ...["link", "add", "down2", "type", "veth", "peer", "name", "up1"],
      ...["netns", String(scanner.processId)],
    ]);
    await scanner.run("ip", [
      ...["link", "set", "up1", "address", "02:00:00:00:00:07", "up"],
    ]);
    await router.run("ip", ["link", "set", "down2", "up"]);
    for (const address of [SCANNER_ADDRESS, SCANNER_ADDRESS6]) {
      await router.run("ip", ["route", "add", address, "dev", "down2"]);
      await router.run("ip", [
        ...["neigh", "add", address, "dev", "down2"],
        ...["lladdr", "02:00:00:00:00:07"],
      ]);
    }
    for (
      const args of [
        [TARGETS],
        ["-X", TARGETS],
        ["--on-loss", "slow", TARGETS],
        ["-6", "2001:db8:8000::/122"],
      ]
    ) {
      const scan = await runScan(network, [...PING, ...args]);
      assert.equal(scan.code, LOSS_ABOVE_TARGET, scan.stderr);
      assert.equal(scan.rows.length, 0);
      assert.equal(accountOf(scan).places["receive: elsewhere"], 64);
      assert.match(
        scan.stderr,
        /receive: elsewhere: .* valid answers arrive at up1, which is not captured.* -i up1/,
      );
      assert.match(scan.stderr, /elsewhere +64 {2}valid answers at up1/);
    }
  },
);

networkTest(
  "own and broadcast addresses among the targets are named",
  async (network) => {
    const scan = await runScan(network, [
      ...[...PING, SCANNER_ADDRESS, "192.0.2.255", TARGETS],
    ]);
    assert.equal(scan.code, DONE, scan.stderr);
    assert.equal(scan.rows.length, 64);
    assert.equal(scan.metadata.own_addresses, 1);
    assert.match(
      scan.stderr,
      /own-addresses: the targets hold 1 address of this host \(192\.0\.2\.1\) and 1 broadcast address \(192\.0\.2\.255\)/,
    );
    assert.match(scan.stderr, /addresses of this host itself +1 /);
    const alone = await runScan(network, [...PING, SCANNER_ADDRESS]);
    assert.deepEqual(alone.rows, [SCANNER_ADDRESS], "through loopback");
    assert.equal(alone.metadata.own_addresses, 0);
    assert.doesNotMatch(alone.stderr, /own-addresses/);
  },
);

networkTest("-i takes alternative names of interfaces", async (network) => {
  const name = "uplink-of-the-scanner-towards-its-router";
  await network.scanner.run("ip", [
    ...["link", "property", "add", "dev", "up0", "altname", name],
  ]);
  const scan = await runScan(network, [...PING, "-i", name, TARGETS]);
  assert.equal(scan.code, DONE, scan.stderr);
  assert.equal(scan.rows.length, 64);
  assert.equal(scan.metadata.iface, "up0");
});

networkTest(
  "probe that is longer than the MTU: nothing is sent, and what it needs is said",
  async (network) => {
    await network.countProbes();
    await network.scanner.run("ip", ["link", "set", "up0", "mtu", "600"]);
    const payload = `hex:${"00".repeat(700)}`;
    const udp = ["-M", "udp", "-p", "53", "--probe-args", payload];
    for (
      const more of [
        [],
        ["--no-preflight"],
        ["--no-preflight", "-X"],
        ["--no-preflight", "--send-backend", "ring"],
        ["--no-preflight", "--send-backend", "xdp"],
      ]
    ) {
      const scan = await runScan(network, [...udp, ...more, TARGETS]);
      assert.equal(scan.code, ENVIRONMENT, scan.stderr);
      assert.match(
        scan.stderr,
        /A probe of 728 bytes needs an MTU of 728; up0 has 600\n +Raise it: ip link set up0 mtu 1500/,
      );
    }
    assert.equal((await network.probeCount()).probes, 0);
    const fits = ["-M", "udp", "-p", "53", "--probe-args"];
    const scan = await runScan(network, [
      ...[...fits, `hex:${"00".repeat(572)}`, "-c", "0.5", "198.18.0.1"],
    ]);
    assert.equal(scan.metadata.packets_sent, 1, scan.stderr);
  },
);
