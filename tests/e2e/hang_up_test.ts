import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { kill } from "../../src/demo/mod.ts";
import { networkTest, rowsOf, startPacemap } from "./network_fixture.ts";
import { untilRows } from "./remains.ts";
import { startInTerminal } from "./terminal.ts";

const HOSTS = 1024;
const SCAN = [
  ...["-M", "icmp_echoscan", "-f", "saddr", "-b", "/dev/null"],
  ...["-r", "1000", "-c", "1", "198.18.0.0/22"],
];
/** Starts the rest of its arguments with SIGHUP ignored, as `nohup` does, which also redirects. */
const IGNORING = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh"];
/** Waits until process $1 ignores SIGHUP. */
const WAIT = `
ignored=0
until [ $((0x$ignored & 1)) -ne 0 ]; do
  ignored=$(sed -n 's/^SigIgn:[[:space:]]*//p' "/proc/$1/status")
done`;

for (const wrapper of [IGNORING, ["nohup"]]) {
  networkTest(
    `SIGHUP does nothing to a scan that ${wrapper[0]} has started to ignore it`,
    async ({ scanner }) => {
      const scan = startPacemap(scanner, ["-q", ...SCAN], wrapper);
      await scanner.run("sh", ["-euc", WAIT, "sh", String(scan.pid)]);
      let hasEnded = false;
      const output = scan.output().finally(() => hasEnded = true);
      while (!hasEnded) {
        kill(scan, "SIGHUP");
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const { code, stderr, stdout } = await output;
      const decoder = new TextDecoder();
      assert.equal(code, 0, decoder.decode(stderr));
      assert.equal(rowsOf(decoder.decode(stdout)).length, HOSTS);
    },
  );
}

for (const isIgnored of [false, true]) {
  networkTest(
    isIgnored
      ? "scan that ignores SIGHUP goes on when its terminal is closed"
      : "scan whose terminal is closed ends with what it has found",
    async ({ scanner }) => {
      using directory = new TestDirectory();
      const metadata = `${directory.path}/metadata.json`;
      const output = directory.write("rows.csv", "");
      const args = ["-m", metadata, "-o", output, ...SCAN];
      const script = isIgnored ? 'trap "" HUP; pacemap' : "pacemap";
      const run = startInTerminal(scanner, args, {
        directory: directory.path,
        script,
      });
      const ended = run.ended();
      await untilRows(output, 1, ended);
      run.close();
      await ended;
      const rows = rowsOf(await Deno.readTextFile(output));
      const { exit_reason: reason, success_unique: found } = JSON.parse(
        await Deno.readTextFile(metadata),
      );
      assert.equal(reason, isIgnored ? "completed" : "stopped by SIGHUP");
      assert.equal(rows.length, found);
      assert.equal(rows.length === HOSTS, isIgnored, `${rows.length} rows`);
    },
  );
}
