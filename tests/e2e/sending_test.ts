import assert from "node:assert/strict";
import { GATEWAY_ADDRESS } from "../../src/demo/mod.ts";
import { fastDryRun, NETWORK, runHere } from "./dry_run.ts";
import { networkTest, runScan } from "./network_fixture.ts";

const TARGET = "198.18.7.7";
const SOON = ["-c", "0.5", "--loss-sample", "0"];

networkTest("--probe-ttl says how far probes go", async (network) => {
  const ping = async (ttl: string): Promise<readonly string[]> => {
    const fields = ["-f", "classification,saddr"];
    const scan = await runScan(network, [
      ...[
        "-M",
        "icmp_echoscan",
        "--probe-ttl",
        ttl,
        ...fields,
        ...SOON,
        TARGET,
      ],
    ]);
    assert.equal(scan.code, 0, scan.stderr);
    assert.equal(scan.metadata.probe_ttl, Number(ttl));
    return scan.rows;
  };
  // The router is one hop away, and errors of echo probes come from who sent them.
  assert.deepEqual(await ping("1"), [`timxceed,${GATEWAY_ADDRESS}`]);
  for (const ttl of ["2", "255"]) {
    assert.deepEqual(await ping(ttl), [`echoreply,${TARGET}`]);
  }
  const fields = ["-f", "classification,saddr,icmp_responder,icmp_type"];
  const tcp = await runScan(network, [
    ...["-p", "80", "--probe-ttl", "1", ...fields, ...SOON, TARGET],
  ]);
  assert.deepEqual(tcp.rows, [`icmp,${TARGET},${GATEWAY_ADDRESS},11`]);
});

networkTest(
  "--batch changes nothing but how many frames go at once",
  async (network) => {
    for (const batch of ["1", "7", "65535"]) {
      const scan = await runScan(network, [
        ...[
          "-M",
          "icmp_echoscan",
          "-f",
          "saddr",
          "-r",
          "5000",
          "--batch",
          batch,
        ],
        ...[...SOON, "198.18.4.0/23"],
      ]);
      assert.equal(scan.code, 0, scan.stderr);
      assert.equal(new Set(scan.rows).size, 512);
      assert.equal(scan.metadata.packets_sent, 512);
      assert.equal(scan.metadata.batch, Number(batch));
    }
  },
);

Deno.test("dry run has the same order whatever --batch", async () => {
  const args = ["-p", "80,443", "-e", "5", "-T", "1", "8.8.0.0/21"];
  const plain = await fastDryRun(...args);
  for (const batch of ["1", "100", "65535"]) {
    assert.deepEqual(await fastDryRun(...args, "--batch", batch), plain);
  }
  for (const batch of ["0", "65536", "-1", "x"]) {
    const { code, stderr } = await runHere(["-d", "--batch", batch, ...args]);
    assert.equal(code, 2);
    assert.match(stderr, /^pacemap: --batch: /);
  }
});

Deno.test("dry run refuses times to live that there are not", async () => {
  for (const ttl of ["0", "256", "-1", "x"]) {
    const args = ["-d", "-p", "80", "--probe-ttl", ttl, "8.8.8.8"];
    const { code, stderr } = await runHere(args);
    assert.equal(code, 2);
    assert.match(stderr, /^pacemap: --probe-ttl: /);
  }
});

Deno.test("dry run keeps a bandwidth with big payloads, whoever writes the Ethernet header", async () => {
  const packetsPerSecond = async (...args: string[]): Promise<number> => {
    const path = await Deno.makeTempFile();
    const common = ["-d", "-n", "100", "-B", "1M", "-m", path, ...NETWORK];
    const { code, stderr } = await runHere([...common, "8.0.0.0/8", ...args]);
    assert.equal(code, 0, stderr);
    const { rate } = JSON.parse(await Deno.readTextFile(path));
    await Deno.remove(path);
    return rate;
  };
  for (
    const [frameBytes, ...args] of [
      // Ethernet 14, IP 20, UDP 8 and the payload.
      [
        1042,
        "-M",
        "udp",
        "-p",
        "53",
        "--probe-args",
        `hex:${"00".repeat(1000)}`,
      ],
      [442, "-M", "icmp_echoscan", "--probe-args", `hex:${"00".repeat(400)}`],
      [66, "-p", "80"],
    ] as const
  ) {
    const wanted = 1e6 / (8 * (frameBytes + 24));
    for (const layer of [[], ["-X"]]) {
      // The rate that the pacing allows: what it lets through is tested with a clock of the test's own.
      const rate = await packetsPerSecond(...args, ...layer);
      assert.equal(rate, Math.round(wanted), `${args[1]} ${layer}`);
    }
  }
});
