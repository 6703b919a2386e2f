import assert from "node:assert/strict";
import { TestDirectory } from "./_test_directory.ts";
import { errorOf, make } from "./_test_scan_config.ts";

const TARGET = ["-p", "53", "8.8.8.8"];
const DNS = ["-M", "dns", "--probe-args"];

Deno.test("makeScanConfig() wants JSON for results that only JSON can hold", async () => {
  for (const args of [[...DNS, "A,example.com"], ["-M", "upnp"]]) {
    for (const output of [[], ["-O", "csv"], ["-O", "csv", "-f", "saddr"]]) {
      const error = await errorOf(...args, ...TARGET, ...output);
      assert.equal(error.option, "--output-module");
      assert.match(error.remedy, /json/);
    }
    const both = ["-O", "json", "-o", "a.json", "-O", "csv", "-o", "b.csv"];
    const error = await errorOf(...args, ...TARGET, ...both);
    assert.equal(error.option, "--output-module");
    const { config } = await make(...args, ...TARGET, "-O", "json");
    assert.equal(config.outputs[0]!.format, "json");
    // Judged by the fields that they write.
    for (const own of ["zgrab2", "hostport"]) {
      await make(...args, ...TARGET, "-O", own);
    }
  }
});

Deno.test("makeScanConfig() wants each target to get all questions", async () => {
  const json = ["-O", "json"];
  const two = [...DNS, "A,example.com;AAAA,example.com", ...TARGET, ...json];
  for (const probes of ["1", "3"]) {
    const error = await errorOf(...two, "--probes", probes);
    assert.equal(error.option, "--probes");
    assert.match(error.remedy, /multiple/);
  }
  const { config } = await make(...two, "--probes", "4");
  assert.equal(config.probe.probesPerTarget, 4);
});

Deno.test("makeScanConfig() passes the warnings of a probe on", async () => {
  const { warnings } = await make(
    "-M",
    "udp",
    "--probe-args",
    "hex:a5a",
    ...TARGET,
  );
  assert.match(warnings.join("\n"), /odd number of digits/);
});

Deno.test("makeScanConfig() reads payloads and templates from files", async () => {
  using directory = new TestDirectory();
  const path = directory.write("payload", "a${DADDR}");
  const argsOf = async (args: string): Promise<string> => {
    const { config } = await make("-M", "udp", "--probe-args", args, ...TARGET);
    return config.probe.args;
  };
  const hex = "61247b44414444527d";
  assert.equal(await argsOf(`file:${path}`), `hex:${hex}`);
  assert.equal(await argsOf(`f:${path}`), `hex:${hex}`);
  assert.equal(await argsOf(`template:${path}`), `template-hex:${hex}`);
  assert.equal(await argsOf(`tem:${path}`), `template-hex:${hex}`);
  const error = await errorOf(
    "-M",
    "udp",
    "--probe-args",
    `template:${path}.none`,
    ...TARGET,
  );
  assert.equal(error.option, "--probe-args");
});

Deno.test("makeScanConfig() takes the arguments that some of ZMap's kinds of probes need, and says that they have no effect", async () => {
  for (const name of ["ntp", "bacnet", "tcp_synackscan"]) {
    const args = ["-M", name, "--probe-args", "text:x", ...TARGET];
    const { config, warnings } = await make(...args);
    assert.equal(config.probe.args, "");
    assert.ok(
      warnings.includes(
        `--probe-args has no effect: probe module ${name} has no arguments`,
      ),
    );
  }
});
