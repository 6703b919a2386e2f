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
  "a scan that was stopped sends no burst afterwards, and everything",
  async ({ scanner }) => {
    const args = ["-r", "2000", "-c", "1", "198.18.0.0/20"];
    const { code, metadata, rows, stderr } = await stopOnce(scanner, args, 500);
    assert.equal(code, 0, stderr);
    assert.equal(metadata.exit_reason, "completed");
    assert.equal(new Set(rows).size, 4096);
    assert.equal(metadata.rate_control.max_window_excess, 0);
  },
);

networkTest(
  "the cooldown goes on after a stop",
  async ({ scanner }) => {
    const args = ["-r", "0", "-c", "3", "198.18.0.0/24"];
    const { code, metadata, rows, stderr } = await stopOnce(scanner, args, 256);
    assert.equal(code, 0, stderr);
    assert.equal(rows.length, 256);
    const ms = Date.parse(metadata.recv_end_time) -
      Date.parse(metadata.send_start_time);
    // Not exactly: the times are whole seconds.
    assert.ok(ms >= (3 + STOP_S - 1.5) * 1000, `${ms} ms`);
  },
);

networkTest(
  "--max-runtime does not count the time in which a scan was stopped",
  async ({ scanner }) => {
    const limit = ["--max-runtime", "3"];
    const args = [...limit, "-r", "1000", "-c", "0", "198.18.0.0/16"];
    const { code, metadata, stderr } = await stopOnce(scanner, args, 100);
    assert.equal(code, 0, stderr);
    assert.equal(metadata.exit_reason, "limit reached: 3 s of sending");
    assert.ok(metadata.packets_sent > 1500, `${metadata.packets_sent} sent`);
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
