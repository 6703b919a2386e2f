import assert from "node:assert/strict";
import { configureSync, type LogRecord, resetSync } from "@logtape/logtape";
import { namespaceTest, run } from "../../../tests/e2e/namespace.ts";
import { parseIpv4, PreflightError } from "../../base/mod.ts";
import { addressSet, makeTargetPlan, RangeBuilder } from "../../targets/mod.ts";
import type { NetworkPlan } from "../network_plan.ts";
import { resolveNetwork } from "../resolve_network.ts";
import { type CheckedScan, networkRequest } from "./checked_scan.ts";
import { quickCheck, runQuickCheck } from "./quick_check.ts";

const SETUP =
  `ip link add up0 type veth peer name down0; ip link set up0 up; ip link set down0 up
ip addr add 192.0.2.1/24 dev up0
ip route add default via 192.0.2.254
ip neigh add 192.0.2.254 lladdr 02:00:00:00:00:fe dev up0 nud permanent`;
/** The whole of a scan's start is to take no longer than people notice. */
const QUICK_MS = 100;

function scanOf(ratePps: number, path: string | null = null): CheckedScan {
  const builder = new RangeBuilder();
  builder.addRange(parseIpv4("198.18.0.0"), parseIpv4("198.19.255.255"));
  return {
    targets: makeTargetPlan({
      addresses: addressSet(builder),
      ports: Uint16Array.of(80),
      seed: 7n,
      shards: 1,
      shard: 0,
      maxTargets: null,
    }),
    probe: {
      module: "tcp_synscan",
      args: "",
      ttl: 64,
      sourcePortFirst: 32768,
      sourcePortLast: 61000,
      probesPerTarget: 1,
    },
    network: {
      interfaceName: null,
      sourceAddresses: null,
      gatewayMac: null,
      sourceMac: null,
      isIpLayer: false,
    },
    send: {
      ratePps,
      bandwidthBps: null,
      batch: 64,
      backend: "auto",
      senders: 1,
    },
    capture: { backend: "auto" },
    outputs: [{ format: "csv", path, fields: ["saddr"] }],
  };
}

/** What `runQuickCheck` logs. */
function logOf(scan: CheckedScan, plan: NetworkPlan): string[] {
  const records: LogRecord[] = [];
  configureSync({
    sinks: { memory: (record) => void records.push(record) },
    loggers: [
      { category: "pacemap", sinks: ["memory"] },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  try {
    runQuickCheck(scan, plan);
  } finally {
    resetSync();
  }
  return records.map(({ level, message }) => `${level} ${message.join("")}`);
}

namespaceTest(import.meta, "quickCheck() is quick and finds nothing wrong", {
  setup: SETUP,
  async run(): Promise<void> {
    const scan = scanOf(10_000);
    const plan = await resolveNetwork(networkRequest(scan));
    let checks = quickCheck(scan, plan);
    // The best of some, since other tests share the processors.
    let elapsedMs = Infinity;
    for (let i = 0; i < 5; i++) {
      const startMs = performance.now();
      checks = quickCheck(scan, plan);
      elapsedMs = Math.min(elapsedMs, performance.now() - startMs);
    }
    assert.ok(elapsedMs < QUICK_MS, `${elapsedMs} ms`);
    const names = checks.map(({ name }) => name);
    for (const name of ["interface", "memory", "output", "link-speed"]) {
      assert.ok(names.includes(name), name);
    }
    for (const name of ["building", "sending", "receiving"]) {
      assert.ok(!names.includes(name), name);
    }
    assert.ok(checks.every(({ status }) => status !== "error"));
  },
});

namespaceTest(
  import.meta,
  "runQuickCheck() logs warnings and throws errors",
  {
    setup: `${SETUP}
mount -t tmpfs -o size=64k none /mnt; head -c 65536 /dev/zero >/mnt/filler`,
    async run(): Promise<void> {
      const scan = scanOf(20e6);
      const plan = await resolveNetwork(networkRequest(scan));
      const log = logOf(scan, plan).filter((line) =>
        line.includes("link-speed")
      );
      assert.equal(log.length, 1);
      assert.match(
        log[0]!,
        /^warning link-speed: up0 has 10 Gbit\/s: .* packets\/s; needed: .* on the wire\. Lower the rate: -r \d+/,
      );
      assert.throws(
        () => runQuickCheck(scanOf(100, "/mnt/out"), plan),
        (error) => {
          assert.ok(error instanceof PreflightError);
          assert.equal(error.check, "output");
          assert.match(error.message, /\/mnt\/out: the file system is full/);
          return true;
        },
      );
      await run("ip", "link", "set", "up0", "down");
      assert.throws(() => runQuickCheck(scanOf(100), plan), (error) => {
        assert.ok(error instanceof PreflightError);
        assert.equal(error.check, "interface");
        return true;
      });
    },
  },
);
