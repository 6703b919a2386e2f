import assert from "node:assert/strict";
import { formatIpv6, parseIpv6 } from "../base/mod.ts";
import { Ipv6TargetSpace } from "../targets/mod.ts";
import { errorOf, make } from "./_test_scan_config.ts";
import { TestDirectory } from "./_test_directory.ts";

const WINDOWS = ["-6", "--v6-window", "48", "2001:4860::/32"];

Deno.test("makeScanConfig() scans IPv6 targets if asked to", async () => {
  const { config } = await make("-p", "80,443", ...WINDOWS);
  const { endPosition, firstPosition, ipv4, ipv6 } = config.targets;
  assert.equal(ipv4, null);
  assert.deepEqual([firstPosition, endPosition], [0, 2 * 2 ** 16]);
  const space = new Ipv6TargetSpace(ipv6!);
  const [positions, addresses, ports] = [
    Float64Array.of(7),
    new Uint32Array(4),
    new Uint32Array(1),
  ];
  space.locate(positions, 1, addresses, ports);
  assert.equal(addresses[0], 0x2001_4860);
  assert.deepEqual([...addresses.subarray(2)], [0, 1]);
  assert.equal(space.positionOf(positions[0]!), 7);
  const large = await errorOf("-p", "80", "-6", "2001:4860::/32");
  assert.match(large.remedy, /--v6-window/);
});

Deno.test("makeScanConfig() cuts IPv6 scans into shards, and limits them by share", async () => {
  const shard = ["--shards", "2", "--shard", "1", "-e", "5"];
  const { config } = await make("-p", "80", ...WINDOWS, ...shard, "-n", "50%");
  const { endPosition, firstPosition } = config.targets;
  assert.deepEqual([firstPosition, endPosition], [2 ** 15, 2 ** 15 + 2 ** 14]);
  assert.equal(config.report.description.max_targets, 2 ** 15);
});

Deno.test("makeScanConfig() mixes targets of both families, and -4 and -6 select one", async () => {
  const names = ["-p", "80,443", "both.example", "9.9.9.9", "2001:4860::1"];
  for (const flags of [[], ["-4", "-6"]]) {
    const { config, warnings } = await make(...names, ...flags);
    const { endPosition, firstPosition, ipv4, ipv6, mix } = config.targets;
    assert.deepEqual([firstPosition, endPosition], [0, 8]);
    assert.equal(ipv4!.addresses.count, 2);
    assert.equal(ipv6!.addresses.count, 2);
    assert.deepEqual(mix, { ipv4Count: 4, ipv6Count: 4, chunkCount: 4 });
    assert.deepEqual(warnings.filter((text) => /IPv/.test(text)), []);
  }
  const { config: four } = await make(...names, "-4");
  assert.equal(four.targets.ipv4!.addresses.count, 2);
  assert.equal(four.targets.ipv6, null);
  const { config: six } = await make(...names, "-6");
  assert.equal(six.targets.ipv6!.addresses.count, 2);
  assert.equal(six.targets.ipv4, null);
});

Deno.test("makeScanConfig() cuts mixed targets into shards, and limits them by share", async () => {
  const both = ["-p", "80", "8.8.0.0/16", "2001:4860::/112", "-e", "5"];
  const shards = ["--shards", "2", "--shard", "1", "-n", "50%"];
  const { config } = await make(...both, ...shards);
  const { endPosition, firstPosition, ipv4, ipv6 } = config.targets;
  assert.deepEqual([firstPosition, endPosition], [2 ** 16, 2 ** 16 + 2 ** 15]);
  for (const plan of [ipv4!, ipv6!]) {
    assert.equal(plan.firstPosition, 2 ** 15);
    assert.equal(plan.endPosition, 2 ** 15 + 2 ** 14);
  }
  // The first target alone is of one family.
  const { config: one } = await make(...both, "-n", "1");
  assert.equal(one.targets.ipv6, null);
  assert.equal(one.targets.mix, null);
  assert.equal(one.targets.endPosition, 1);
});

Deno.test("makeScanConfig() warns where the blocklist takes all targets of one family", async () => {
  const { config, warnings } = await make(
    "-p",
    "80",
    "10.0.0.1",
    "2001:4860::1",
  );
  assert.equal(config.targets.ipv4, null);
  assert.match(
    warnings.at(-1)!,
    /^target: The built-in blocklist covers .*10\.0\.0\.0\/8/,
  );
  const other = await make("-p", "80", "8.8.8.8", "fe80::1");
  assert.equal(other.config.targets.ipv6, null);
  assert.match(
    other.warnings.at(-1)!,
    /^target: The built-in blocklist covers/,
  );
});

Deno.test("makeScanConfig() says which IPv4 targets -6 skips", async () => {
  using directory = new TestDirectory();
  const allow = directory.write("allow", "8.8.8.0/24\n9.9.9.9\n2001:4860::1\n");
  const list = directory.write("list", "1.2.3.4\n2001:4860::1\n");
  const { warnings } = await make(
    ...["-p", "80", "-6", "-w", allow, "-I", list, "8.8.4.4"],
  );
  assert.deepEqual(warnings.filter((text) => /IPv4/.test(text)), [
    `${allow}: 2 entries of IPv4 skipped, because of -6`,
    "target: 1 entry of IPv4 skipped, because of -6",
    `${list}: 1 entry of IPv4 skipped, because of -6`,
  ]);
});

Deno.test("makeScanConfig() takes the source addresses of the scanned family", async () => {
  const SOURCES = ["-S", "192.0.2.1,2001:db8::1-2001:db8::2"];
  const { config } = await make("-p", "80", "-6", "2001:4860::1", ...SOURCES);
  assert.deepEqual(
    config.network.sourceAddresses6!.map(formatIpv6),
    ["2001:db8::1", "2001:db8::2"],
  );
  const PREFIX = ["-S", "192.0.2.1,2001:db8::7/64"];
  const prefixed = await make("-p", "80", "-6", "2001:4860::1", ...PREFIX);
  assert.equal(prefixed.config.network.sourceAddresses6, null);
  assert.deepEqual(prefixed.config.network.sourcePrefix6, {
    address: parseIpv6("2001:db8::"),
    prefixLength: 64,
  });
  for (
    const [args, family] of [
      [["-6", "2001:4860::1", "-S", "192.0.2.1"], 6],
      [["8.8.8.8", "-S", "2001:db8::/64"], 4],
      [["8.8.8.8", "-S", "2001:db8::1"], 4],
    ] as const
  ) {
    const error = await errorOf("-p", "80", ...args);
    assert.equal(error.option, "--source-ip");
    assert.match(error.message, new RegExp(`no IPv${family} address`));
  }
});

Deno.test("makeScanConfig() knows which probe modules know IPv6", async () => {
  const error = await errorOf("-M", "upnp", "-p", "1900", "-6", "2001:4860::1");
  assert.equal(error.option, "--probe-module");
  assert.match(error.message, /upnp has no probes for IPv6 targets/);
  const upnp = ["-M", "upnp", "-p", "1900", "-O", "json"];
  const { warnings } = await make(...upnp, "8.8.8.8", "2001:4860::1");
  assert.equal(
    warnings.at(-1),
    "target: 1 entry of IPv6 skipped: probe module upnp has no probes for IPv6",
  );
  const four = await errorOf("-M", "icmp6_echoscan", "8.8.8.8");
  assert.match(four.remedy, /icmp6_echoscan has no probes for IPv4/);
  const forced = await errorOf("-4", "-M", "icmp6_echoscan", "8.8.8.8");
  assert.match(forced.message, /icmp6_echoscan has no probes for IPv4 targets/);
  await make("-M", "icmp6_echoscan", "-6", "2001:4860::1");
  const wait = ["--netmap-wait-ping", "192.0.2.1"];
  const ping = await errorOf("-p", "80", "-6", "2001:4860::1", ...wait);
  assert.equal(ping.option, "--netmap-wait-ping");
  assert.match(ping.message, /192\.0\.2\.1: no IPv4 targets/);
  const wait6 = ["--netmap-wait-ping", "2001:db8::fe"];
  const ping6 = await errorOf("-p", "80", "8.8.8.8", ...wait6);
  assert.match(ping6.message, /2001:db8::fe: no IPv6 targets/);
  const { config } = await make("-p", "80", "-6", "2001:4860::1", ...wait6);
  const address = config.network.waitPingAddress;
  assert.equal(address, 0x2001_0db8_0000_0000_0000_0000_0000_00fen);
});

Deno.test("describeScan() counts IPv6 addresses where they are scanned", async () => {
  const { config } = await make(
    ...["-p", "80", ...WINDOWS, "-m", "/dev/null", "-S", "2001:db8::1"],
  );
  const { description } = config.report;
  assert.equal(description.blocklist_total_allowed, 2 ** 16);
  assert.ok(!("blocklist_total_not_allowed" in description));
  assert.equal(description.requested_source_ips, "2001:db8::1");
  assert.equal(description.max_targets, -1);
});
