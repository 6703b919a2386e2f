import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { make } from "./_test_scan_config.ts";
import { TestDirectory } from "./_test_directory.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

/** What the metadata would say of these options. */
async function describe(
  ...args: string[]
): Promise<Readonly<Record<string, unknown>>> {
  const { config } = await make(...args, "-m", "/dev/null");
  return config.report.description;
}

const SCAN = ["-p", "80", "8.8.8.0/24"];

Deno.test("describeScan() has the seed as a signed number", async () => {
  const seedOf = async (seed: string): Promise<unknown> =>
    (await describe(...SCAN, "-e", seed)).seed;
  assert.equal(await seedOf("7"), 7n);
  assert.equal(await seedOf("9223372036854775807"), 2n ** 63n - 1n);
  const { config } = await make(...SCAN);
  const { seed, seed_provided: isProvided } = config.report.description;
  assert.equal(typeof seed, "bigint");
  assert.equal(BigInt.asIntN(64, seed as bigint), seed);
  assert.equal(isProvided, 0);
});

Deno.test("describeScan() has limits as numbers", async () => {
  const limits = async (...args: string[]): Promise<unknown[]> => {
    const description = await describe(...SCAN, ...args);
    return ["max_targets", "max_runtime", "max_results", "max_sendto_failures"]
      .map((name) => description[name]);
  };
  assert.deepEqual(await limits(), [-1, 0, -1, -1]);
  assert.deepEqual(await limits("-d"), [-1, 0, 0, -1]);
  assert.deepEqual(await limits("--fast-dryrun"), [-1, 0, 0, -1]);
  assert.deepEqual(
    await limits(...["-n", "0.0001%", "-t", "5", "-N", "6"]),
    [4294, 5, 6, -1],
  );
  assert.deepEqual(
    await limits("-n", "9", "--max-sendto-failures", "3"),
    [9, 0, -1, 3],
  );
});

Deno.test("describeScan() names the arguments of the probe, those that none stand for too", async () => {
  const argsOf = async (...args: string[]): Promise<unknown> =>
    (await describe(...args, "8.8.8.8")).probe_args;
  assert.equal(await argsOf("-p", "80"), "windows");
  assert.equal(await argsOf("-p", "80", "--probe-args", "bsd"), "bsd");
  assert.equal(await argsOf("-M", "icmp_echoscan"), undefined);
});

Deno.test("describeScan() lists the networks in the order in which they apply", async () => {
  using directory = new TestDirectory();
  const allow = directory.write("allow", "8.8.0.0/24\ntwo.example/30\n9.9.9.9");
  const block = directory.write("block", "8.8.8.0/25 # some\ntwo.example\n");
  const description = await describe(
    ...["-p", "80", "-w", allow, "-b", block, "8.9.1.1/16", "two.example"],
  );
  assert.deepEqual([...description.allowlisted_networks as Iterable<string>], [
    "8.8.0.0/24",
    "8.8.4.4/30",
    "8.8.8.8/30",
    "9.9.9.9/32",
    "8.9.0.0/16",
    "8.8.4.4/32",
    "8.8.8.8/32",
  ]);
  assert.deepEqual([...description.blocklisted_networks as Iterable<string>], [
    "8.8.8.0/25",
    "8.8.4.4/32",
    "8.8.8.8/32",
    "0.0.0.0/32",
  ]);
});

Deno.test("describeScan() lists the default blocklist, and an empty allowlist", async () => {
  const description = await describe("-p", "80", "-n", "5");
  assert.deepEqual(
    [...description.allowlisted_networks as Iterable<string>],
    [],
  );
  const blocked = [...description.blocklisted_networks as Iterable<string>];
  assert.equal(blocked[0], "0.0.0.0/8");
  assert.ok(blocked.includes("224.0.0.0/4"));
  assert.equal(blocked.at(-1), "0.0.0.0/32");
});

Deno.test("describeScan() lists networks only where there are metadata to list them in", async () => {
  const { config } = await make(...SCAN);
  assert.ok(!("blocklisted_networks" in config.report.description));
});

Deno.test("describeScan() counts what is allowed whatever --list-of-ips-file has", async () => {
  using directory = new TestDirectory();
  const list = directory.write("list", "8.8.8.8\n8.8.8.9\n8.8.9.1\n");
  const listed = await describe(...SCAN, "-I", list);
  assert.equal(listed.blocklist_total_allowed, 256);
  assert.equal(listed.blocklist_total_not_allowed, 2 ** 32 - 256);
  assert.equal(listed.list_of_ips_count, 3);
  const all = await describe("-p", "80", "-b", "/dev/null", "-I", list);
  assert.equal(all.blocklist_total_allowed, 2 ** 32 - 1);
});

Deno.test("describeScan() leaves out what was not given", async () => {
  const description = await describe(...SCAN);
  for (
    const name of ["output_args", "output_filter", "notes", "log_file", "iface"]
  ) assert.ok(!(name in description), name);
  const more = await describe(...SCAN, "--output-args", "x");
  assert.equal(more.output_args, "x");
});
