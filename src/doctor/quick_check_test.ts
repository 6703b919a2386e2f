import assert from "node:assert/strict";
import { configureSync, type LogRecord, resetSync } from "@logtape/logtape";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import { PreflightError } from "../base/mod.ts";
import type { NetworkPlan } from "../preflight/mod.ts";
import { makeTestScan } from "./_test_scan.ts";
import { checkedIpv4, type FamilyScan4 } from "./family_scan.ts";
import { quickCheck, runQuickCheck } from "./quick_check.ts";

const SETUP =
  `ip link add up0 type veth peer name down0; ip link set up0 up; ip link set down0 up
ip addr add 192.0.2.1/24 dev up0
ip route add default via 192.0.2.254
ip neigh add 192.0.2.254 lladdr 02:00:00:00:00:fe dev up0 nud permanent`;

function scanOf(ratePps: number, path: string | null = null): FamilyScan4 {
  const scan = makeTestScan();
  return checkedIpv4({
    ...scan,
    send: { ...scan.send, ratePps },
    outputs: [{ format: "csv", path, fields: ["saddr"] }],
  });
}

/** What `runQuickCheck` logs. */
function logOf(scan: FamilyScan4, plan: NetworkPlan): string[] {
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

namespaceTest(
  import.meta,
  "quickCheck() measures nothing and finds nothing wrong",
  {
    setup: SETUP,
    async run(): Promise<void> {
      const scan = scanOf(10_000);
      const plan = await scan.resolve();
      const checks = quickCheck(scan, plan);
      const names = checks.map(({ name }) => name);
      for (const name of ["interface", "memory", "output", "link-speed"]) {
        assert.ok(names.includes(name), name);
      }
      for (const name of ["building", "sending", "receiving"]) {
        assert.ok(!names.includes(name), name);
      }
      assert.ok(checks.every(({ status }) => status !== "error"));
    },
  },
);

namespaceTest(
  import.meta,
  "runQuickCheck() logs warnings and throws errors",
  {
    setup: `${SETUP}
mount -t tmpfs -o size=64k none /mnt; head -c 65536 /dev/zero >/mnt/filler`,
    async run(): Promise<void> {
      const scan = scanOf(20e6);
      const plan = await scan.resolve();
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
