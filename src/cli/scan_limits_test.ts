import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { JsonSource } from "../output/mod.ts";
import { TestDirectory } from "./_test_directory.ts";
import { errorOf, make } from "./_test_scan_config.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

const SCAN = ["-p", "80", "8.8.8.0/24"];

Deno.test("makeScanConfig() has no limits unless they are given", async () => {
  const { config } = await make(...SCAN);
  const none = {
    maxRuntimeMs: null,
    maxResults: null,
    minHitRatePercent: 0,
    outageMs: 600_000,
    outputWaitMs: 60_000,
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
    outageMs: 600_000,
    outputWaitMs: 60_000,
    maxSendFailures: 0,
  });
  const { description } = config.report;
  assert.equal(description.max_runtime, 1.5);
  assert.equal(description.max_results, 7);
});

Deno.test("makeScanConfig() takes senders, batch, retries and processors", async () => {
  const options = ["-T", "3", "--batch", "17", "--retries", "2"];
  const { config } = await make(...SCAN, ...options, "--cores", "1,0");
  const { batch, retries, senders } = config.send;
  assert.deepEqual({ batch, retries, senders }, {
    batch: 17,
    retries: 2,
    senders: 3,
  });
  assert.deepEqual(config.processors, [1, 0]);
  const error = await errorOf(...SCAN, "--cores", "0,x");
  assert.equal(error.option, "--cores");
  const slow = await make(...SCAN, "-r", "500000");
  assert.equal(slow.config.send.senders, 1);
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

Deno.test("makeScanConfig() takes --dedup-window-size wherever the window is in force", async () => {
  const args = ["-b", "/dev/null", "8.8.8.8", "--dedup-window-size", "1000"];
  const { config, warnings } = await make("-p", "80,81", ...args);
  assert.deepEqual(config.dedup, { method: "window", size: 1000 });
  assert.deepEqual(warnings, []);
  const unused = await make("-p", "80", ...args);
  assert.deepEqual(unused.config.dedup, { method: "full" });
  assert.deepEqual(unused.warnings, [
    "--dedup-window-size has no effect with --dedup-method full",
  ]);
});

Deno.test("makeScanConfig() takes the rate -1 for one that is not given", async () => {
  const { config } = await make(...SCAN, "-r", "-1", "-B", "1M");
  assert.equal(config.send.bandwidthBps, 1e6);
  assert.equal(config.send.ratePps, null);
  assert.equal((await make(...SCAN, "-r", "-1")).config.send.ratePps, 10_000);
});

Deno.test("makeScanConfig() warns of targets that may not be the ones that were meant", async () => {
  using directory = new TestDirectory();
  const list = directory.write("list", "9.9.9.9\n");
  const warningsFor = async (...args: string[]): Promise<readonly string[]> =>
    (await make("-p", "80", ...args)).warnings;
  assert.match(
    (await warningsFor("8.8.8.8")).join(),
    /^The built-in blocklist/,
  );
  assert.deepEqual(await warningsFor("-w", list), []);
  assert.deepEqual(await warningsFor("-b", "/dev/null", "8.8.8.8"), []);
  const both = await warningsFor("-b", "/dev/null", "-w", list, "8.8.8.8");
  assert.deepEqual(both, [
    "Both the targets of the command line and those of --allowlist-file are scanned",
  ]);
});

Deno.test("makeScanConfig() warns of options that a dry run cannot heed", async () => {
  const args = [...SCAN, "-c", "0", "-N", "5", "-T", "1", "--cores", "0"];
  const warning = "Without effect in a dry run: " +
    "--max-results, --cooldown-time, --cores";
  for (const dryRun of ["--dryrun", "--fast-dryrun"]) {
    const { warnings } = await make(...args, dryRun);
    assert.deepEqual(warnings.filter((one) => /dry run/.test(one)), [warning]);
    const heeded = await make(...SCAN, "-t", "3", "-P", "2", dryRun);
    assert.doesNotMatch(heeded.warnings.join(), /dry run/);
  }
  const live = await make(...args);
  assert.doesNotMatch(live.warnings.join(), /dry run/);
});

Deno.test("makeScanConfig() copies notes and metadata of the user", async () => {
  const { config } = await make(
    ...[...SCAN, "--notes", "trial 7", "--user-metadata", '{"run": [7]}'],
    ...["--disable-syslog"],
  );
  const { description } = config.report;
  assert.equal(description.notes, "trial 7");
  assert.deepEqual(
    description["user-metadata"],
    JsonSource.parse('{"run": [7]}'),
  );
  assert.ok(
    !("user-metadata" in (await make(...SCAN)).config.report.description),
  );
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

Deno.test("makeScanConfig() never skips a prefix length that there is not", async () => {
  using directory = new TestDirectory();
  const list = directory.write("list", "8.8.8.8\n192.0.2.7/33\n");
  const lenient = ["-p", "80", "--ignore-blocklist-errors"];
  for (
    const [place, ...args] of [
      ["target", "192.0.2.7/33"],
      ["target", "-4", "two.example/40"],
      [`${list}:2`, "-w", list],
      [`${list}:2`, "-b", list, "9.9.9.9"],
    ]
  ) {
    const error = await errorOf(...lenient, ...args);
    assert.equal(error.option, place, args.join(" "));
    assert.match(error.message, /length is above 32/);
  }
});

Deno.test("makeScanConfig() skips IPv6 targets with -4", async () => {
  const { config, warnings } = await make(
    "-4",
    "-p",
    "80",
    "8.8.8.8",
    "::1",
    "2001:db8::/32",
  );
  assert.equal(config.targets.ipv4!.addresses.count, 1);
  assert.equal(
    warnings.at(-1),
    "target: 2 entries of IPv6 skipped, because of -4",
  );
  const none = await errorOf("-4", "-p", "80", "::1");
  assert.equal(none.option, "target");
  assert.match(none.remedy, /1 entry of IPv6 skipped, because of -4/);
});

Deno.test("makeScanConfig() checks windows of IPv6", async () => {
  for (
    const [args, option, message] of [
      [["--v6-rule", "low"], "--v6-rule", /Needs --v6-window/],
      [["--v6-window", "0"], "--v6-window", /is below 1/],
      [["--v6-window", "129"], "--v6-window", /is above 128/],
      [
        ["--v6-window", "112", "--v6-rule", "fixed:1:0"],
        "--v6-rule",
        /::1:0 does not fit behind windows of length 112, which leave 16 bits/,
      ],
    ] as const
  ) {
    const error = await errorOf(...SCAN, ...args);
    assert.equal(error.option, option);
    assert.match(error.message, message);
  }
  await make(...SCAN, "--v6-window", "112", "--v6-rule", "fixed:ffff");
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
  assert.equal(config.targets.ipv4!.addresses.count, 2);
  const skipped = warnings.filter((warning) => /^Skipped: /.test(warning));
  assert.equal(skipped.length, 3);
  assert.match(skipped[1]!, /^Skipped: .*list:2: /);
  const none = await errorOf(
    ...["-p", "80", "300.1.1.1", "--ignore-blocklist-errors"],
  );
  assert.equal(none.option, "target");
});
