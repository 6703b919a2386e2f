import assert from "node:assert/strict";
import { parseIpv4 } from "../base/mod.ts";
import { contains } from "../targets/mod.ts";
import { TestDirectory } from "./_test_directory.ts";
import { errorOf, make } from "./_test_scan_config.ts";
import { VERSION } from "./version.ts";

Deno.test("makeScanConfig() has ZMap's default output", async () => {
  const { config } = await make("-p", "80", "8.8.8.0/24");
  assert.deepEqual(config.outputs[0]!, {
    format: "csv",
    path: null,
    fields: ["saddr"],
    filter: "",
    hasHeader: false,
    isSuccessOnly: true,
    isUniqueOnly: true,
    program: `pacemap ${VERSION}`,
  });
  const { config: two } = await make("-p", "80,443", "8.8.8.0/24", "-o", "-");
  assert.deepEqual(two.outputs[0]!.fields, ["saddr", "sport"]);
  assert.equal(two.outputs[0]!.path, null);
});

Deno.test("makeScanConfig() writes everything once -O or -f is given", async () => {
  const { config } = await make(
    "-p",
    "80",
    "8.8.8.0/24",
    "-f",
    "saddr ttl,saddr",
  );
  assert.deepEqual(config.outputs[0]!.fields, ["saddr", "ttl", "saddr"]);
  assert.equal(config.outputs[0]!.hasHeader, true);
  assert.equal(config.outputs[0]!.isSuccessOnly, false);
  assert.equal(config.outputs[0]!.isUniqueOnly, false);
  const { config: json } = await make(
    "-p",
    "80",
    "8.8.8.0/24",
    "-O",
    "json",
    "--no-header-row",
  );
  assert.equal(json.outputs[0]!.format, "json");
  assert.equal(json.outputs[0]!.hasHeader, false);
  assert.equal(json.outputs[0]!.isSuccessOnly, false);
  const { config: all } = await make("-p", "80", "8.8.8.0/24", "-f", "*");
  assert.ok(all.outputs[0]!.fields.includes("classification"));
});

Deno.test("makeScanConfig() is frozen to the bottom", async () => {
  const { config } = await make("-p", "80", "8.8.8.0/24", "-S", "10.0.0.1");
  for (
    const part of [
      config,
      config.send,
      config.outputs[0]!.fields,
      config.network.sourceAddresses,
    ]
  ) assert.ok(Object.isFrozen(part));
});

Deno.test("makeScanConfig() reads targets, allowlist, list of addresses and blocklist", async () => {
  using directory = new TestDirectory();
  const allow = directory.write(
    "allow",
    "# public\n8.8.0.0/16 # comment\ntwo.example/31\n",
  );
  const list = directory.write("list", "8.8.8.8\n8.8.9.9\n9.9.9.9\n1.2.3.4\n");
  const block = directory.write("block", "8.8.9.0/24\n2001:db8::/32\n");
  const { config, warnings } = await make(
    ...["-4", "-p", "80", "-w", allow, "-I", list, "-b", block],
    ...["1.2.3.4", "::1"],
  );
  const { addresses } = config.targets.ipv4!;
  assert.equal(addresses.count, 2);
  assert.ok(contains(addresses, parseIpv4("8.8.8.8")));
  assert.ok(contains(addresses, parseIpv4("1.2.3.4")));
  assert.deepEqual(warnings.filter((warning) => /IPv6/.test(warning)), [
    "target: 1 entry of IPv6 skipped, because of -4",
    `${block}: 1 entry of IPv6 skipped, because of -4`,
  ]);
  assert.equal(config.report.description.list_of_ips_count, 4);
});

Deno.test("makeScanConfig() takes all A records of a host, with its prefix length", async () => {
  const { config } = await make("-p", "80", "two.example/24");
  assert.equal(config.targets.ipv4!.addresses.count, 512);
});

Deno.test("makeScanConfig() never targets 0.0.0.0", async () => {
  const { config } = await make("-p", "80", "-b", "/dev/null", "0.0.0.0/31");
  assert.equal(config.targets.ipv4!.addresses.count, 1);
});

Deno.test("makeScanConfig() takes percentages of all addresses times the ports", async () => {
  const { config: one } = await make("-p", "80", "-n", "0.0001%");
  assert.equal(one.targets.endPosition - one.targets.firstPosition, 4294);
  const { config: two } = await make("-p", "80,443", "-n", "0.0001%");
  assert.equal(two.targets.endPosition - two.targets.firstPosition, 8589);
  const { config: small } = await make("-p", "80", "-n", "50%", "8.8.8.0/29");
  assert.equal(small.targets.endPosition - small.targets.firstPosition, 8);
  const { config: all } = await make("-p", "80", "-n", "1e30", "8.8.8.0/29");
  assert.equal(all.targets.endPosition - all.targets.firstPosition, 8);
  assert.equal(
    (await errorOf("-p", "80", "-n", "0.00000001%")).option,
    "--max-targets",
  );
});

Deno.test("makeScanConfig() describes what was asked for", async () => {
  const { config } = await make(
    "-p",
    "80",
    "8.8.8.0/24",
    "-e",
    "7",
    "-B",
    "1.5M",
  );
  const { description } = config.report;
  assert.equal(description.seed, 7n);
  assert.equal(description.seed_provided, 1);
  assert.equal(description.bandwidth, 1.5e6);
  assert.deepEqual(description.cli_cidr_destinations, ["8.8.8.0/24"]);
  assert.equal(config.send.ratePps, null);
  assert.equal(config.send.bandwidthBps, 1.5e6);
  assert.ok(!("log_file" in description));
});

Deno.test("makeScanConfig() refuses options that contradict each other", async () => {
  for (
    const [option, ...args] of [
      ["--bandwidth", "-r", "5", "-B", "1M", "-p", "80"],
      ["--target-ports"],
      ["--target-ports", "-M", "icmp_echoscan", "-p", "80"],
      ["--shards", "--shards", "3", "-e", "1", "-p", "80"],
      ["--shard", "--shard", "3", "-e", "1", "-p", "80"],
      ["--shards", "--shards", "3", "--shard", "1", "-p", "80"],
      ["--shard", "--shards", "3", "--shard", "3", "-e", "1", "-p", "80"],
      [
        "--shards",
        "--shards",
        "3",
        "--shard",
        "1",
        "-e",
        "1",
        "-p",
        "80",
        "-n",
        "2",
      ],
      ["--probes", "-P", "3", "-s", "5000-5001", "-p", "80"],
      ["--probe-module", "-M", "tcp_sinscan", "-p", "80"],
      ["--probe-args", "--probe-args", "amiga", "-p", "80"],
      ["--probe-args", "--probe-args", "file:/nowhere", "-p", "80"],
      ["--output-fields", "-f", "sadr", "-p", "80"],
    ]
  ) {
    const error = await errorOf(...args, "8.8.8.0/24");
    assert.equal(error.option, option, args.join(" "));
    assert.notEqual(error.remedy, "", args.join(" "));
  }
  await make("-r", "0", "-B", "1M", "-p", "80", "8.8.8.8");
});

Deno.test("makeScanConfig() takes no unit for a host", async () => {
  for (const word of ["k", "kpps", "min", "s", "Mbps", "Gbit/s", "%"]) {
    const { message, option, remedy } = await errorOf(
      "-p",
      "80",
      "-r",
      "50",
      word,
    );
    assert.equal(option, "target", message);
    assert.ok(message.includes(`"${word}"`), message);
    assert.match(remedy, /right behind its number/);
  }
});

Deno.test("makeScanConfig() names file and line of bad lists", async () => {
  using directory = new TestDirectory();
  const bad = directory.write("bad", "8.8.8.8\n\n1.2.3\n");
  const empty = directory.write("empty", "# nothing\n\n");
  const all = directory.write("all", "9.0.0.0/8\n0.0.0.0/1\n");
  for (
    const [option, ...args] of [
      [`${bad}:3`, "-w", bad],
      [`${bad}:3`, "-b", bad],
      [`${bad}:3`, "-I", bad],
      [empty, "-w", empty],
      [empty, "-I", empty],
      [`${all}:2`, "8.8.8.0/24", "-b", all],
      ["target", "1.2.3"],
      ["target", "0x1.2.3.4"],
      ["target", " 1.2.3.4/33"],
      ["target", ""],
      ["target", "::1"],
      ["target", "192.168.0.0/16"],
      ["target", "gone.example"],
      ["target", "none.example"],
      ["--allowlist-file", "-w", directory.path],
      ["--blocklist-file", "-b", `${directory.path}/missing`],
    ]
  ) {
    const error = await errorOf("-p", "80", ...args);
    assert.equal(error.option, option, `${args.join(" ")}: ${error.message}`);
  }
  const host = directory.write("host", "8.8.8.8\ngone.example\n");
  const error = await errorOf("-p", "80", "-w", host);
  assert.equal(error.option, `${host}:2`);
  assert.match(error.message, /gone\.example/);
});

Deno.test("makeScanConfig() turns a file with probe arguments into hex", async () => {
  using directory = new TestDirectory();
  const path = directory.write("payload", "hi\n");
  const { config } = await make(
    "-M",
    "icmp_echoscan",
    "--probe-args",
    `file:${path}`,
    "8.8.8.8",
  );
  assert.equal(config.probe.args, "hex:68690a");
});

Deno.test("makeScanConfig() checks output files without touching any", async () => {
  using directory = new TestDirectory();
  const list = directory.write("list", "8.8.8.8\n");
  const { path } = directory;
  for (
    const [option, ...args] of [
      ["--output-file", "-o", `${path}/missing/out`],
      ["--output-file", "-o", path],
      ["--output-file", "-o", `${list}/out`],
      ["--output-file", "-o", list, "-w", list],
      [
        "--metadata-file",
        "-o",
        `${path}/out`,
        "-m",
        `${path}/../${path.split("/").at(-1)}/out`,
      ],
      ["--log-file", "-l", `${path}/missing/log`, "-o", `${path}/out`],
      ["--status-updates-file", "-u", `${path}/missing/status`],
      ["--status-updates-file", "-u", `${path}/out`, "-o", `${path}/out`],
      ["--status-updates-file", "-u", list, "-I", list],
    ]
  ) {
    assert.equal(
      (await errorOf("-p", "80", "8.8.8.8", ...args)).option,
      option,
      args.join(" "),
    );
  }
  await make("-p", "80", "8.8.8.8", "-o", `${path}/out`, "-m", `${path}/meta`);
  await make(
    "-p",
    "80",
    "8.8.8.8",
    "-o",
    "/dev/null",
    "-m",
    "/dev/null",
    "-b",
    "/dev/null",
  );
  assert.deepEqual(directory.names(), ["list"]);
  assert.equal(Deno.readTextFileSync(list), "8.8.8.8\n");
});
