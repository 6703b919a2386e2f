import assert from "node:assert/strict";
import { TestDirectory } from "./_test_directory.ts";
import { errorOf, make } from "./_test_scan_config.ts";

const SCAN = ["-p", "80", "8.8.8.0/24"];

Deno.test("makeScanConfig() has no limits unless they are given", async () => {
  const { config } = await make(...SCAN);
  const none = {
    maxRuntimeMs: null,
    maxResults: null,
    minHitRatePercent: 0,
    maxSendFailures: null,
  };
  assert.deepEqual(config.limits, none);
  const zeros = ["-t", "0", "-N", "0", "--max-sendto-failures", "-1"];
  assert.deepEqual((await make(...SCAN, ...zeros)).config.limits, none);
});

Deno.test("makeScanConfig() takes limits", async () => {
  const limits = ["-t", "1.5", "-N", "7", "--min-hitrate", "0.5"];
  const { config } = await make(
    ...SCAN,
    ...limits,
    "--max-sendto-failures",
    "0",
  );
  assert.deepEqual(config.limits, {
    maxRuntimeMs: 1500,
    maxResults: 7,
    minHitRatePercent: 0.5,
    maxSendFailures: 0,
  });
  const { description } = config.report;
  assert.equal(description.max_runtime, 1.5);
  assert.equal(description.max_results, 7);
});

Deno.test("makeScanConfig() chooses ZMap's way of finding repeats", async () => {
  const dedup = async (...args: string[]): Promise<unknown> =>
    (await make("8.8.8.8", ...args)).config.dedup;
  assert.deepEqual(await dedup("-p", "80"), { method: "full" });
  assert.deepEqual(await dedup("-M", "icmp_echoscan"), { method: "full" });
  const window = { method: "window", size: 1_000_000 };
  assert.deepEqual(await dedup("-p", "80,443"), window);
  const method = "--dedup-method";
  assert.deepEqual(await dedup("-p", "80,443", method, "full"), {
    method: "full",
  });
  assert.deepEqual(
    await dedup("-p", "80", method, "window", "--dedup-window-size", "5"),
    { method: "window", size: 5 },
  );
  assert.deepEqual(await dedup("-p", "80", method, "none"), {
    method: "none",
  });
});

Deno.test("makeScanConfig() copies notes and metadata of the user", async () => {
  const { config } = await make(
    ...[...SCAN, "--notes", "trial 7", "--user-metadata", '{"run": [7]}'],
    ...["--disable-syslog"],
  );
  const { description } = config.report;
  assert.equal(description.notes, "trial 7");
  assert.deepEqual(description["user-metadata"], { run: [7] });
  assert.equal(description.syslog, 0);
});

Deno.test("makeScanConfig() refuses values out of place", async () => {
  for (
    const [option, ...args] of [
      ["--max-runtime", "-t", "-1"],
      ["--max-results", "-N", "1.5"],
      ["--min-hitrate", "--min-hitrate", "101"],
      ["--max-sendto-failures", "--max-sendto-failures", "-2"],
      ["--dedup-method", "--dedup-method", "lru"],
      ["--dedup-window-size", "--dedup-window-size", "5"],
      [
        "--dedup-window-size",
        "--dedup-method",
        "window",
        "--dedup-window-size",
        "0",
      ],
      ["--user-metadata", "--user-metadata", "{run: 7}"],
      ["--validate-source-port", "--validate-source-port", "yes"],
      ["--log-file", "-l", "/tmp/log", "-L", "/tmp"],
      ["--log-directory", "-L", "/nowhere"],
      ["--dryrun", "-d", "--fast-dryrun"],
    ]
  ) {
    const error = await errorOf(...SCAN, ...args);
    assert.equal(error.option, option, args.join(" "));
  }
});

Deno.test("makeScanConfig() checks source ports unless told not to", async () => {
  const check = "--validate-source-port";
  assert.equal((await make(...SCAN)).config.probe.isPortChecked, true);
  const { config } = await make(...SCAN, check, "disable");
  assert.equal(config.probe.isPortChecked, false);
});

Deno.test("makeScanConfig() skips bad entries of lists if it may", async () => {
  using directory = new TestDirectory();
  const list = directory.write(
    "list",
    "8.8.8.8\n1.2.3\ngone.example\n9.9.9.9\n",
  );
  const args = ["-p", "80", "-w", list, "300.1.1.1"];
  assert.equal((await errorOf(...args)).option, "target");
  const { config, warnings } = await make(...args, "--ignore-blocklist-errors");
  assert.equal(config.targets.addresses.count, 2);
  assert.equal(warnings.length, 3);
  assert.match(warnings[1]!, /^Skipped: .*list:2: /);
  const none = await errorOf(
    ...["-p", "80", "300.1.1.1", "--ignore-blocklist-errors"],
  );
  assert.equal(none.option, "target");
});
