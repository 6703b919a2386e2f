import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { JQ, Network, TEST_REQUIREMENTS } from "../../src/demo/mod.ts";
import { pacemapCommand } from "./network_fixture.ts";
import { findSkipReason, testUnless } from "./skip.ts";
import { until } from "./until.ts";

const SCRIPT = new URL("../../examples/scan.sh", import.meta.url).pathname;
const SKIP_REASON = await findSkipReason([...TEST_REQUIREMENTS, JQ]);

/** A command `pacemap` that notes its number, so that it can be killed. */
function pacemapIn(path: string): string {
  const words = pacemapCommand([]).map((word) => `'${word}'`).join(" ");
  return `#!/bin/sh\necho $$ >>${path}/started\nexec ${words} "$@"\n`;
}

testUnless(
  SKIP_REASON,
  "examples/scan.sh scans, goes on after a kill, and reads the summary",
  async () => {
    await using network = await Network.create();
    using directory = new TestDirectory();
    const { path } = directory;
    Deno.chmodSync(directory.write("pacemap", pacemapIn(path)), 0o755);
    const spawn = (args: readonly string[]): Deno.ChildProcess =>
      network.scanner.spawn("env", [`PATH=${path}:/usr/bin:/bin`, ...args], {
        stdout: "piped",
        stderr: "piped",
      });
    const options = ["-M", "icmp_echoscan", "-b", "/dev/null", "-q"];
    const script = spawn([
      ...["sh", SCRIPT, `${path}/rows`, ...options, "-r", "500", "-c", "1"],
      ...["--checkpoint-interval", "0.2", "198.18.0.0/22"],
    ]);
    const output = script.output();
    await until(script, () =>
      rowsIn(`${path}/rows`).length > 50 &&
      Deno.statSync(`${path}/rows.pacemap`).size > 0);
    const kill = `kill -KILL "$(head -n 1 ${path}/started)"`;
    await network.scanner.run("sh", ["-c", kill]);
    const { code, stderr, stdout } = await output;
    const said = new TextDecoder().decode(stderr);
    assert.equal(code, 0, said);
    assert.match(
      new TextDecoder().decode(stdout),
      /^\d+ hosts answered, of 1024 targets; exit code 0\n$/,
    );
    const started = Deno.readTextFileSync(`${path}/started`).trimEnd();
    assert.equal(started.split("\n").length, 2, said);
    const rows = rowsIn(`${path}/rows`);
    assert.equal(new Set(rows).size, 1024);
    // Bad input is told by its reason, and its exit code passed on.
    const bad = await spawn(["sh", SCRIPT, `${path}/bad`, "-p", "x"]).output();
    assert.equal(bad.code, 2);
    assert.match(new TextDecoder().decode(bad.stderr), /; from here: null\n$/);
  },
);

/** Rows of a file without a header, as it is by default. */
function rowsIn(path: string): string[] {
  return Deno.readTextFileSync(path).trimEnd().split("\n");
}
