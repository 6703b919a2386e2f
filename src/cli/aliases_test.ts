import assert from "node:assert/strict";
import { ConfigError } from "../base/mod.ts";
import { parseIpv6Prefix } from "../targets/mod.ts";
import { errorOf, make } from "./_test_scan_config.ts";
import { TestDirectory } from "./_test_directory.ts";

const ICMP = ["-M", "icmp_echoscan", "-6", "2001:4860::/120"];

/** Whether prefixes are tested; null: there is nothing to do. */
async function isTested(...args: string[]): Promise<boolean | null> {
  const { config } = await make(...ICMP, ...args);
  return config.aliases?.isTested ?? null;
}

Deno.test("chooseAliases() lets prefixes be tested where an output tells, or leaves rows out", async () => {
  assert.equal(await isTested(), null);
  assert.equal(await isTested("-f", "saddr"), null);
  assert.equal(await isTested("-f", "saddr,aliased"), true);
  assert.equal(await isTested("-O", "json", "-f", "*"), true);
  assert.equal(
    await isTested("-f", "saddr", "--output-filter", "aliased = 0"),
    true,
  );
  assert.equal(await isTested("--aliased", "drop"), true);
  assert.equal(await isTested("--aliased", "keep", "-f", "aliased"), null);
  const ipv4 = await make("-M", "icmp_echoscan", "-f", "aliased", "8.8.8.8");
  assert.equal(ipv4.config.aliases, null);
  assert.deepEqual(ipv4.warnings.filter((text) => /aliased/.test(text)), []);
});

Deno.test("chooseAliases() reads prefixes that are known", async () => {
  using directory = new TestDirectory();
  const path = directory.write(
    "known",
    "2001:db8::/64 # one\n2001:db8:0:1::/64\n2001:db8:9::1\n",
  );
  const { config } = await make(...ICMP, "--aliased-prefixes", path);
  assert.deepEqual(config.aliases?.known, [
    parseIpv6Prefix("2001:db8::/63"),
    parseIpv6Prefix("2001:db8:9::1"),
  ]);
  assert.equal(config.aliases?.isTested, false);
  const ipv4 = await make(
    ...["-M", "icmp_echoscan", "8.8.8.8", "--aliased-prefixes", path],
  );
  assert.match(ipv4.warnings.join("\n"), /no effect without IPv6 targets/);
});

Deno.test("chooseAliases() names what is wrong in a list of prefixes", async () => {
  using directory = new TestDirectory();
  const cases = [
    ["", /No prefix of IPv6/],
    ["10.0.0.0/8\n", /addresses of IPv4/],
    ["2001:db8::/64\nhost.example\n", /"host\.example" is no prefix/],
    ["2001:db8::/129\n", /129/],
  ] as const;
  for (const [text, message] of cases) {
    const path = directory.write("known", text);
    const error = await errorOf(...ICMP, "--aliased-prefixes", path);
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, message);
    assert.ok(error.option.startsWith(path), error.option);
  }
});
