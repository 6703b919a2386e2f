import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { kill, type Network, TARGET_RANGE } from "../../src/demo/mod.ts";
import {
  networkTest,
  type Outcome,
  rowsOf,
  runPacemap,
  startPacemap,
} from "./network_fixture.ts";
import { until } from "./until.ts";

const DONE = 0;
const ENDED_EARLY = 1;
const PING = ["-M", "icmp_echoscan", "-f", "saddr", "-b", "/dev/null"];
const NEAR = [...PING, "-r", "5000", "-c", "0.5", "198.18.0.0/22"];
const NEAR_COUNT = 1024;
/** A pipe whose other end is open and never read, full to the last byte. */
const FULL_PIPE = `mkfifo "$0/pipe"; exec 9<>"$0/pipe"
  head -c 65536 /dev/zero >"$0/pipe"`;

interface ShellOutcome extends Outcome {
  readonly directory: TestDirectory;
  readonly metadata: Record<string, unknown>;
}

/** Runs pacemap as `"$@"` of a shell script, whose `$0` is a directory where `found` and `metadata` belong. */
async function runShell(
  network: Network,
  script: string,
  args: readonly string[],
): Promise<ShellOutcome> {
  const directory = new TestDirectory();
  const wrapper = ["sh", "-c", script, directory.path];
  const outcome = await runPacemap(network.scanner, args, wrapper);
  return { ...outcome, directory, metadata: metadataIn(directory) };
}

function metadataIn({ path }: TestDirectory): Record<string, unknown> {
  try {
    return JSON.parse(Deno.readTextFileSync(`${path}/metadata`));
  } catch {
    return {};
  }
}

function foundIn({ path }: TestDirectory): string {
  return Deno.readTextFileSync(`${path}/found`);
}

function outputOf(metadata: Record<string, unknown>): Record<string, number> {
  const { output } = metadata.ledger as {
    output: Record<string, number>;
  };
  return output;
}

networkTest(
  "standard error that nobody reads loses no answer and holds up nothing",
  async (network) => {
    const scan = await runShell(
      network,
      `${FULL_PIPE}
       exec "$@" -o "$0/found" -m "$0/metadata" 2>"$0/pipe"`,
      [...PING, "-v", "5", "-r", "60000", "-c", "2", TARGET_RANGE],
    );
    using directory = scan.directory;
    assert.equal(scan.code, DONE);
    assert.equal(scan.metadata.exit_reason, "completed");
    assert.equal(rowsOf(foundIn(directory)).length, 131_072);
  },
);

networkTest(
  "a full disk behind standard error or the log loses the log alone",
  async (network) => {
    for (
      const script of [
        'exec "$@" -o "$0/found" -m "$0/metadata" 2>/dev/full',
        'exec "$@" -o "$0/found" -m "$0/metadata" -l /dev/full',
      ]
    ) {
      const scan = await runShell(network, script, NEAR);
      using directory = scan.directory;
      assert.equal(scan.code, ENDED_EARLY, scan.stderr);
      assert.equal(scan.metadata.exit_reason, "completed");
      assert.equal(rowsOf(foundIn(directory)).length, NEAR_COUNT);
      if (!script.includes("-l")) continue;
      const errors = scan.stderr.match(/Cannot write "\/dev\/full"/g);
      assert.equal(errors?.length, 1, scan.stderr);
      assert.match(scan.stderr, /--log-file: \d+ lines of the log missing in/);
      assert.match(scan.stderr, /^Scan complete$/m);
    }
  },
);

networkTest(
  "each output that fails is told once, behind the summary, and the others are whole",
  async (network) => {
    const disk = `mkdir "$0/disk"; mount -t tmpfs -o size=4k none "$0/disk"
      head -c 4096 /dev/zero >"$0/disk/full"`;
    for (
      const { args, fault } of [
        {
          args: '-o "$0/found" -m "$0/disk/metadata"',
          fault:
            /^pacemap: Cannot write ".*\/disk\/metadata": .*; [\d,]+ bytes lost$/gm,
        },
        {
          args: '-o "$0/found" -m "$0/metadata" -u "$0/disk/status"',
          fault:
            /^pacemap: Cannot write ".*\/disk\/status": .*; \d+ rows lost/gm,
        },
      ]
    ) {
      const directory = new TestDirectory();
      using _directory = directory;
      const script =
        `${disk}\nexec "$@" --no-preflight --output-wait 0 ${args}`;
      const scan = await runPacemap(network.scanner, NEAR, [
        ...["unshare", "--mount", "sh", "-c", script, directory.path],
      ]);
      assert.equal(scan.code, ENDED_EARLY, scan.stderr);
      const [, behind = ""] = scan.stderr.split("Scan complete");
      assert.equal(behind.match(fault)?.length, 1, scan.stderr);
      assert.equal(rowsOf(foundIn(directory)).length, NEAR_COUNT);
      if (args.includes("status")) {
        const { exit_reason } = metadataIn(directory);
        assert.match(String(exit_reason), /^Cannot write ".*\/disk\/status"/);
      }
    }
  },
);

networkTest(
  "a result file that somebody else cuts or deletes is told, and its rows count as lost",
  async (network) => {
    for (const change of ["cut", "deleted"]) {
      using directory = new TestDirectory();
      const { path } = directory;
      const child = startPacemap(network.scanner, [
        ...[...PING, "-r", "2000", "-c", "0.5", "198.18.0.0/20"],
        ...["-o", `${path}/found`, "-m", `${path}/metadata`],
      ]);
      const [stderr, stdout] = [child.stderr, child.stdout]
        .map((stream) => new Response(stream).text());
      await until(child, () => foundIn(directory).length > 8000);
      if (change === "cut") Deno.truncateSync(`${path}/found`, 0);
      else Deno.removeSync(`${path}/found`);
      const { code } = await child.status;
      await stdout;
      const text = await stderr!;
      assert.equal(code, ENDED_EARLY, `${change}: ${text}`);
      const told = new RegExp(`^pacemap: ".*/found" was ${change} by`, "gm");
      assert.equal(text.match(told)?.length, 1, text);
      const { lostRows, rows } = outputOf(metadataIn(directory));
      assert.equal(rows, 4096);
      if (change === "deleted") {
        assert.equal(lostRows, rows);
        continue;
      }
      const found = foundIn(directory);
      assert.doesNotMatch(found, /\0/);
      const left = found.split("\n").length - 1;
      // How many were cut is known from their length.
      assert.ok(Math.abs(left + lostRows! - rows) < rows / 50, `${lostRows}`);
    }
  },
);

networkTest(
  "SIGTERM ends the wait for the reader of a pipe, and nothing is sent",
  async (network) => {
    await network.countProbes();
    for (const option of ["-o", "-m", "-u"]) {
      using directory = new TestDirectory();
      const pipe = `${directory.path}/pipe`;
      const child = startPacemap(
        network.scanner,
        [...NEAR, "-G", "02:00:00:00:00:09", option, pipe],
        ["sh", "-c", 'mkfifo "$0"; exec "$@"', pipe],
      );
      const stderr = new LineReader(child.stderr);
      const stdout = new Response(child.stdout).text();
      await stderr.waitFor(/waiting for a reader of ".*\/pipe"/);
      kill(child, "SIGTERM");
      const { code } = await child.status;
      await stdout;
      assert.equal(code, ENDED_EARLY);
      assert.match(await stderr.rest(), /Ended before the first probe/);
    }
    assert.equal((await network.probeCount()).probes, 0);
  },
);

networkTest(
  "SIGTERM ends a scan whose reader is stuck; what it did not take counts as lost",
  async (network) => {
    using directory = new TestDirectory();
    const { path } = directory;
    // Descriptor 9 keeps the pipe open and reads nothing until pacemap has ended.
    const script = `mkfifo "$0/pipe"; exec 9<>"$0/pipe"
      "$@" -m "$0/metadata" -o "$0/pipe" 9<&- & echo $! >"$0/pid"
      wait $!; code=$?; exec 8<"$0/pipe" 9<&-; cat <&8 >"$0/found"; exit $code`;
    const child = startPacemap(network.scanner, [
      ...[...PING, "-r", "50000", "-c", "60", "198.18.0.0/17"],
    ], ["sh", "-c", script, path]);
    const stderr = new LineReader(child.stderr);
    const stdout = new Response(child.stdout).text();
    await stderr.waitFor(/output: waiting for ".*\/pipe" to take .* bytes/);
    const pid = Deno.readTextFileSync(`${path}/pid`).trim();
    await network.scanner.run("kill", ["-TERM", pid]);
    const { code } = await child.status;
    await stdout;
    const text = await stderr.rest();
    assert.equal(code, ENDED_EARLY, text);
    assert.match(text, /waiting up to 5 s for ".*\/pipe".*second Ctrl-C/);
    assert.match(
      text,
      /^pacemap: Cannot write ".*\/pipe": it took nothing for 5 s/m,
    );
    const { lostRows, rows } = outputOf(metadataIn(directory));
    const whole = foundIn(directory).split("\n").length - 2;
    assert.equal(whole, rows! - lostRows!);
  },
);

/** Reads a stream line by line. */
class LineReader {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  }

  async waitFor(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#text)) {
      const { done, value } = await this.#reader.read();
      if (done) throw new Error(`Not ${pattern}: ${this.#text}`);
      this.#text += value;
    }
  }

  async rest(): Promise<string> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return this.#text;
      this.#text += value;
    }
  }
}
