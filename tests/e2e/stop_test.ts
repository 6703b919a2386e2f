import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { type Host, kill } from "../../src/demo/mod.ts";
import { networkTest, rowsOf, startPacemap } from "./network_fixture.ts";
import { untilRows } from "./remains.ts";
import { startInTerminal } from "./terminal.ts";

const PING = ["-M", "icmp_echoscan", "-f", "saddr", "-b", "/dev/null"];
/** How long a scan is stopped. */
const STOP_S = 4;

/** What a scan left. */
interface Remains {
  readonly code: number;
  readonly stderr: string;
  readonly rows: readonly string[];
  readonly metadata: {
    readonly exit_reason: string;
    readonly packets_sent: number;
    readonly send_start_time: string;
    readonly recv_end_time: string;
    readonly rate_control: { readonly max_window_excess: number };
  };
}

networkTest(
  "a scan that was stopped sends no burst afterwards, and everything; cooldown and --max-runtime do not count the stop",
  async ({ scanner }) => {
    const [burst, cooldown, limited] = await Promise.all([
      stopOnce(scanner, ["-r", "2000", "-c", "1", "198.18.0.0/20"], 500),
      stopOnce(scanner, ["-r", "0", "-c", "3", "198.18.16.0/24"], 256),
      stopOnce(scanner, [
        ...["--max-runtime", "3", "-r", "1000", "-c", "0", "198.19.0.0/16"],
      ], 100),
    ]);
    assert.equal(burst.code, 0, burst.stderr);
    assert.equal(burst.metadata.exit_reason, "completed");
    assert.equal(new Set(burst.rows).size, 4096);
    assert.equal(burst.metadata.rate_control.max_window_excess, 0);
    assert.equal(cooldown.code, 0, cooldown.stderr);
    assert.equal(cooldown.rows.length, 256);
    const { recv_end_time, send_start_time } = cooldown.metadata;
    const ms = Date.parse(recv_end_time) - Date.parse(send_start_time);
    // Not exactly: the times are whole seconds.
    assert.ok(ms >= (3 + STOP_S - 1.5) * 1000, `${ms} ms`);
    assert.equal(limited.code, 0, limited.stderr);
    const { exit_reason, packets_sent } = limited.metadata;
    assert.equal(exit_reason, "limit reached: 3 s of sending");
    assert.ok(packets_sent > 1500, `${packets_sent} sent`);
  },
);

networkTest(
  "a scan that a terminal stops and lets go on shows whole status lines",
  async ({ scanner }) => {
    using directory = new TestDirectory();
    const output = directory.write("rows.csv", "");
    const form = ["--status", "zmap", "--status-interval", "1"];
    const files = ["-o", output, ...form];
    const args = [...files, "-r", "1000", "-c", "1", "198.18.0.0/21"];
    const run = startInTerminal(scanner, [...PING, ...args], {
      directory: directory.path,
      script:
        `set -m; pacemap & until [ -s ${output} ] || ! kill -0 %1; do :; done;
        kill -TSTP %1; sleep 2; kill -CONT %1; wait %1; echo "code $?"`,
    });
    await run.ended();
    const shown = await run.shown;
    assert.match(shown, /code 0\r\n$/);
    assert.equal(rowsOf(await Deno.readTextFile(output)).length, 2048);
    const [, ...lines] = shown.split("\r\x1b[K");
    assert.ok(lines.length >= 3, shown);
    for (const line of lines.filter((line) => !/\[\w+\] /.test(line))) {
      assert.match(line, /^ ?\d+:\d\d \d+%[^\r\n]*; path loss: [^\r\n]+/);
    }
  },
);

/** Runs a scan, stops it once it has found `afterRows`, and lets it go on. */
async function stopOnce(
  host: Host,
  args: readonly string[],
  afterRows: number,
): Promise<Remains> {
  using directory = new TestDirectory();
  const output = directory.write("rows.csv", "");
  const metadata = `${directory.path}/metadata.json`;
  const files = ["-o", output, "-m", metadata];
  const child = startPacemap(host, [...PING, ...files, ...args]);
  const ended = child.output();
  await untilRows(output, afterRows, ended);
  kill(child, "SIGSTOP");
  await pause(STOP_S);
  kill(child, "SIGCONT");
  const { code, stderr } = await ended;
  return {
    code,
    stderr: new TextDecoder().decode(stderr),
    rows: rowsOf(await Deno.readTextFile(output)),
    metadata: JSON.parse(await Deno.readTextFile(metadata)),
  };
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
