import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { formatIpv6Range } from "../targets/mod.ts";
import { TestDirectory } from "./_test_directory.ts";
import { errorOf, make } from "./_test_scan_config.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

Deno.test("makeScanConfig() takes targets that come while the scan runs", async () => {
  using directory = new TestDirectory();
  const list = directory.write("list", "8.8.8.8\n");
  const args = ["-p", "80,443", "-I", list, "--stream", "-e", "7"];
  const shards = ["--shards", "3", "--shard", "1", "-n", "10"];
  const { config, streamInput } = await make(...args, ...shards, "8.8.0.0/16");
  const { endPosition, ipv4, ipv6, stream } = config.targets;
  assert.equal(ipv6, null);
  assert.equal(endPosition, 3);
  assert.deepEqual(stream, {
    name: list,
    shards: 3,
    shard: 1,
    mostTargets: 3,
    ipv6: null,
  });
  assert.equal(ipv4!.addresses.count, 2 ** 16);
  assert.equal(ipv4!.stream!.seed, 7n);
  assert.equal(
    new TextDecoder().decode((await streamInput!.read())!),
    "8.8.8.8\n",
  );
  assert.equal(await streamInput!.read(), null);
  const { description } = config.report;
  assert.equal(description.list_of_ips_stream, 1);
  assert.equal(description.list_of_ips_count, undefined);
});

Deno.test("makeScanConfig() knows where streamed IPv6 targets may lie", async () => {
  using directory = new TestDirectory();
  const list = directory.write("list", "");
  const block = directory.write("block", "2001:db8::/32\n2001:dba::2\n");
  const allow = directory.write("allow", "2001:db8::/31\n2001:dba::1\n");
  const args = ["-6", "-p", "80", "-I", list, "--stream", "-b", block];
  const reachOf = async (...more: string[]): Promise<string[]> => {
    const { config, streamInput } = await make(...args, ...more);
    assert.equal(await streamInput!.read(), null);
    return config.targets.ipv6!.reach!.map(formatIpv6Range);
  };
  assert.deepEqual(await reachOf("-w", allow), [
    "2001:db9::/32",
    "2001:dba::1",
  ]);
  const [first] = await reachOf();
  assert.equal(first, "::1-2001:db7:ffff:ffff:ffff:ffff:ffff:ffff");
  const none = await errorOf(...args, "2001:db8::1");
  assert.match(none.message, /blocklist covers all IPv6 targets/);
});

Deno.test("makeScanConfig() refuses what does not fit streamed targets", async () => {
  using directory = new TestDirectory();
  const list = directory.write("list", "8.8.8.8\n");
  const stream = ["-I", list, "--stream"];
  const windows = ["-6", "--v6-window", "64"];
  for (
    const [args, option, message] of [
      [["--stream"], "--stream", /Needs --list-of-ips-file/],
      [[...stream, "-4", "-6"], "--stream", /one family/],
      [[...stream, ...windows], "--v6-window", /Conflicts with --stream/],
      [[...stream, "-n", "1%"], "--max-targets", /number of targets/],
      [
        [...stream, "-n", "1", "-e", "1", "--shards", "2", "--shard", "1"],
        "--shards",
        /Cannot cut 1 targets into 2 shards/,
      ],
      [
        ["--stream", "-I", directory.path],
        "--list-of-ips-file",
        /is a directory/,
      ],
      [
        ["--stream", "-I", `${list}.none`],
        "--list-of-ips-file",
        /no such file/,
      ],
    ] as const
  ) {
    const error = await errorOf("-p", "80", ...args);
    assert.equal(error.option, option, error.message);
    assert.match(error.message, message);
    assert.notEqual(error.remedy, "");
  }
});
