import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { TestDirectory } from "./_test_directory.ts";
import { errorOf, make } from "./_test_scan_config.ts";

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
      "--output-args has no effect: csv and json have no arguments",
    ]);
  }
});

Deno.test("chooseOutputs() has presets for what comes next", async () => {
  const { config } = await make(...SCAN, "-O", "zgrab2");
  assert.deepEqual(config.outputs[0], {
    format: "csv",
    path: null,
    fields: ["saddr", "", "", "sport"],
    filter: "",
    hasHeader: false,
    isSuccessOnly: true,
    isUniqueOnly: true,
  });
  const { config: ping } = await make(
    ...["-M", "icmp_echoscan", "8.8.8.8", "-O", "zgrab2"],
  );
  assert.deepEqual(ping.outputs[0]!.fields, ["saddr"]);
  const { config: lzr } = await make(...SCAN, "-O", "lzr");
  assert.equal(lzr.outputs[0]!.format, "json");
  assert.deepEqual(
    lzr.outputs[0]!.fields.join(),
    "saddr,daddr,sport,dport,seqnum,acknum,window",
  );
});
