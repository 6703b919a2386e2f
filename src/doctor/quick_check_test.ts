import assert from "node:assert/strict";
import { configureSync, type LogRecord, resetSync } from "@logtape/logtape";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import { PreflightError } from "../base/mod.ts";
import { makeTestScan, makeTestScan6 } from "./_test_scan.ts";
import { type Check, joinFamilies, pass, warn } from "./check.ts";
import { checkedIpv4, checkedIpv6, type FamilyScan4 } from "./family_scan.ts";
import { quickCheck, reportChecks } from "./quick_check.ts";

const SETUP =
  `ip link add up0 type veth peer name down0; ip link set up0 up; ip link set down0 up
ip addr add 192.0.2.1/24 dev up0
ip route add default via 192.0.2.254
ip neigh add 192.0.2.254 lladdr 02:00:00:00:00:fe dev up0 nud permanent
ip addr add 2001:db8::1/64 dev up0 nodad; ip route add default via 2001:db8::fe
ip neigh add 2001:db8::fe lladdr 02:00:00:00:00:fe dev up0 nud permanent`;

function scanOf(ratePps: number, path: string | null = null): FamilyScan4 {
  const scan = makeTestScan();
  return checkedIpv4({
    ...scan,
    send: { ...scan.send, ratePps },
    outputs: [{ format: "csv", path, fields: ["saddr"] }],
  });
}

/** What `reportChecks` logs. */
function logOf(checks: readonly Check[]): string[] {
  const records: LogRecord[] = [];
  configureSync({
    sinks: { memory: (record) => void records.push(record) },
    loggers: [
      { category: "pacemap", sinks: ["memory"] },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  try {
    reportChecks(checks);
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
      const scan6 = checkedIpv6(makeTestScan6());
      const all = [
        quickCheck(scan, await scan.resolve()),
        quickCheck(scan6, await scan6.resolve()),
      ];
      for (const checks of all) {
        const names = checks.map(({ name }) => name);
        for (const name of ["interface", "memory", "output", "link-speed"]) {
          assert.ok(names.includes(name), name);
        }
        for (const name of ["building", "sending", "receiving"]) {
          assert.ok(!names.includes(name), name);
        }
        assert.ok(checks.every(({ status }) => status !== "error"));
      }
      const gateways = all.map((checks) =>
        checks.find(({ name }) => name === "gateway")!.found
      );
      assert.match(gateways[1]!, /2001:db8::fe at 02:.*, a known neighbour$/);
    },
  },
);

namespaceTest(
  import.meta,
  "reportChecks() logs warnings and throws errors",
  {
    setup: `${SETUP}
mount -t tmpfs -o size=64k none /mnt; head -c 65536 /dev/zero >/mnt/filler`,
    async run(): Promise<void> {
      const scan = scanOf(20e6);
      const plan = await scan.resolve();
      const log = logOf(quickCheck(scan, plan)).filter((line) =>
        line.includes("link-speed")
      );
      assert.equal(log.length, 1);
      assert.match(
        log[0]!,
        /^warning link-speed: up0 has 10 Gbit\/s: .* packets\/s; needed: .* on the wire\. Lower the rate: -r \d+/,
      );
      assert.throws(
        () => reportChecks(quickCheck(scanOf(100, "/mnt/out"), plan)),
        (error) => {
          assert.ok(error instanceof PreflightError);
          assert.equal(error.check, "output");
          assert.match(error.message, /\/mnt\/out: the file system is full/);
          return true;
        },
      );
      await run("ip", "link", "set", "up0", "down");
      assert.throws(
        () => reportChecks(quickCheck(scanOf(100), plan)),
        (error) => {
          assert.ok(error instanceof PreflightError);
          assert.equal(error.check, "interface");
          return true;
        },
      );
    },
  },
);

Deno.test("reportChecks() names the family where there are several", () => {
  const complaint = { found: "small", needed: "more", remedy: "Enlarge it" };
  const log = logOf(joinFamilies([
    { version: 4, checks: [warn("memory", complaint), pass("route", "x")] },
    {
      version: 6,
      checks: [warn("memory", complaint), warn("neighbours", complaint)],
    },
  ]));
  assert.deepEqual(log, [
    "warning memory: small; needed: more. Enlarge it",
    "warning neighbours IPv6: small; needed: more. Enlarge it",
  ]);
});
