import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { PROBE_MODULES, sendsTo } from "../probe/mod.ts";
import { TestDirectory } from "./_test_directory.ts";
import { errorOf, make } from "./_test_scan_config.ts";
import { VERSION } from "./version.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

const SCAN = ["-p", "80", "8.8.8.0/24"];

Deno.test("chooseOutputs() leaves the default mode with a filter", async () => {
  const filter = "success = 1 && repeat = 0";
  const { config } = await make(...SCAN, "--output-filter", filter);
  const [output] = config.outputs;
  assert.equal(output!.filter, filter);
  assert.equal(output!.hasHeader, true);
  assert.equal(output!.isSuccessOnly, false);
  assert.equal(config.report.description.output_filter, filter);
  assert.equal(config.report.description.default_mode, 0);
  const { config: all } = await make(...SCAN, "--output-filter", "");
  assert.equal(all.outputs[0]!.isSuccessOnly, false);
});

Deno.test("chooseOutputs() checks the filter against the fields of the probe", async () => {
  const wrong = await errorOf(...SCAN, "--output-filter", "sucess = 1");
  assert.equal(wrong.option, "--output-filter");
  assert.match(wrong.message, /at column 1: unknown field "sucess"/);
  const ping = ["-M", "icmp_echoscan", "8.8.8.0/24"];
  const tcp = await errorOf(...ping, "--output-filter", "window > 5");
  assert.match(tcp.message, /unknown field "window"/);
});

Deno.test("chooseOutputs() pairs formats with files", async () => {
  using directory = new TestDirectory();
  const [one, two] = [`${directory.path}/1`, `${directory.path}/2`];
  const formats = async (...args: string[]): Promise<unknown> => {
    const { config } = await make(...SCAN, ...args);
    return config.outputs.map(({ format, path }) => [format, path]);
  };
  assert.deepEqual(
    await formats("-O", "csv", "-o", one, "-O", "json", "-o", two),
    [["csv", one], ["json", two]],
  );
  assert.deepEqual(await formats("-O", "json", "-o", one, "-o", two), [
    ["json", one],
    ["json", two],
  ]);
  assert.deepEqual(await formats("-O", "json", "-O", "csv", "-o", one), [
    ["json", one],
    ["csv", null],
  ]);
  assert.deepEqual(await formats("-o", one, "-o", "-"), [
    ["csv", one],
    ["csv", null],
  ]);
});

Deno.test("chooseOutputs() refuses outputs that do not fit together", async () => {
  using directory = new TestDirectory();
  const path = `${directory.path}/results`;
  for (
    const [option, ...args] of [
      ["--output-file", "-O", "csv", "-O", "json"],
      ["--output-file", "-o", path, "-o", path],
      [
        "--output-module",
        "-O",
        "csv",
        "-O",
        "json",
        "-o",
        path,
        "-o",
        "2",
        "-o",
        "3",
      ],
      ["--output-module", "-O", "xml"],
      ["--output-fields", "-O", "zgrab2", "-f", "saddr"],
    ]
  ) {
    const error = await errorOf(...SCAN, ...args);
    assert.equal(error.option, option, args.join(" "));
  }
  const error = await errorOf("-M", "icmp_echoscan", "8.8.8.8", "-O", "lzr");
  assert.match(error.message, /lzr needs field sport/);
  assert.match(error.remedy, /tcp_synscan or tcp_synackscan/);
});

Deno.test("chooseOutputs() takes --output-args, and says that nothing comes of them", async () => {
  for (const format of ["csv", "json"]) {
    const args = ["-O", format, "--output-args", "depth=3"];
    const { config, warnings } = await make(
      ...SCAN,
      "-b",
      "/dev/null",
      ...args,
    );
    assert.equal(config.outputs[0]!.format, format);
    assert.deepEqual(warnings, [
      "--output-args has no effect: no format has arguments",
    ]);
  }
});

Deno.test("chooseOutputs() has presets for what comes next", async () => {
  const { config } = await make(...SCAN, "-O", "zgrab2");
  assert.deepEqual(config.outputs[0], {
    format: "zgrab2",
    path: null,
    fields: ["saddr", "blank", "blank", "sport"],
    filter: "",
    hasHeader: false,
    isSuccessOnly: true,
    isUniqueOnly: true,
    program: `pacemap ${VERSION}`,
  });
  const { config: ping } = await make(
    ...["-M", "icmp_echoscan", "8.8.8.8", "-O", "zgrab2"],
  );
  assert.deepEqual(ping.outputs[0]!.fields, ["saddr"]);
  const { config: lzr } = await make(...SCAN, "-O", "lzr");
  // Nothing comes into connections that somebody else goes on with.
  assert.equal(lzr.loss.sampleShare, 0);
  const { config: sampled } = await make(
    ...[...SCAN, "-O", "lzr", "--loss-sample", "0.5"],
  );
  assert.equal(sampled.loss.sampleShare, 0.005);
  assert.equal(lzr.outputs[0]!.format, "lzr");
  assert.deepEqual(
    lzr.outputs[0]!.fields.join(),
    "saddr,daddr,sport,dport,seqnum,acknum,window",
  );
});

Deno.test("chooseOutputs() has formats for every kind of probe that has what they write", async () => {
  for (const module of PROBE_MODULES) {
    const { exampleArgs, name, usesPorts } = module;
    const target = sendsTo(module, 4) ? "8.8.8.8" : "2001:4860::8";
    const probe = ["-M", name, "--probe-args", exampleArgs];
    const ports = usesPorts ? ["-p", "53"] : [];
    for (const format of ["zgrab2", "hostport", "nmap-xml", "masscan-list"]) {
      const { config } = await make(
        ...[...probe, ...ports, target, "-O", format],
      );
      const [output] = config.outputs;
      assert.equal(output!.format, format);
      assert.equal(output!.isSuccessOnly, true);
      assert.equal(output!.isUniqueOnly, true);
    }
  }
});

Deno.test("chooseOutputs() lets the filter decide where a format knows failures, too", async () => {
  const all = ["--output-filter", ""];
  const { config } = await make(...SCAN, "-O", "nmap-xml", ...all);
  assert.equal(config.outputs[0]!.isSuccessOnly, false);
  const { config: pairs } = await make(...SCAN, "-O", "hostport", ...all);
  assert.equal(pairs.outputs[0]!.isSuccessOnly, true);
});

Deno.test("chooseOutputs() warns of a filter that leaves a format nothing", async () => {
  const warningsOf = async (
    format: string,
    filter: string,
  ): Promise<string> => {
    const args = ["-b", "/dev/null", "-O", format, "--output-filter", filter];
    return (await make(...SCAN, ...args)).warnings.join();
  };
  for (
    const filter of [
      "success = 0",
      "repeat = 1 || classification = rst",
      "ttl > 5 && success != 1",
    ]
  ) {
    assert.match(await warningsOf("zgrab2", filter), /zgrab2 gets nothing/);
    assert.equal(await warningsOf("csv", filter), "");
  }
  for (
    const filter of ["", "success = 1", "classification != icmp", "ttl < 9"]
  ) {
    assert.equal(await warningsOf("hostport", filter), "", filter);
  }
});

Deno.test("chooseOutputs() knows the other names of formats, and names those that a part of a name may mean", async () => {
  const { config } = await make(...SCAN, "-O", "list");
  assert.equal(config.outputs[0]!.format, "masscan-list");
  const xml = await errorOf(...SCAN, "-O", "xml");
  assert.match(xml.message, /did you mean nmap-xml or masscan-xml\?$/);
  const typo = await errorOf(...SCAN, "-O", "hostprot");
  assert.match(typo.message, /did you mean hostport\?$/);
});

Deno.test("chooseOutputs() says which formats need a file", async () => {
  for (const format of ["parquet", "sqlite"]) {
    const nowhere = await errorOf(...SCAN, "-O", format);
    const expected = new RegExp(`${format} needs a file of its own`);
    assert.match(nowhere.message, expected);
  }
});

Deno.test("chooseOutputs() has an empty column, which * leaves out", async () => {
  const { config } = await make(...SCAN, "-f", "saddr,blank,blank,sport");
  assert.deepEqual(
    config.outputs[0]!.fields,
    ["saddr", "blank", "blank", "sport"],
  );
  const { config: all } = await make(...SCAN, "-f", "*");
  assert.ok(!all.outputs[0]!.fields.includes("blank"));
});
