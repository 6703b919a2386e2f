import assert from "node:assert/strict";
import { SILENT_RANGE } from "../../src/demo/mod.ts";
import { networkTest, runScan, startPacemap } from "./network_fixture.ts";

const PING = ["-M", "icmp_echoscan", "-f", "saddr"];
const ENDED_EARLY = 1;

networkTest(
  "--max-results ends the scan with just so many rows",
  async (network) => {
    const limits = ["-N", "100", "-r", "20000", "-c", "3600"];
    const scan = await runScan(network, [...PING, ...limits, "198.18.0.0/16"]);
    assert.equal(scan.code, 0, scan.stderr);
    assert.equal(scan.rows.length, 100);
    assert.equal(scan.metadata.output_results, 100);
    assert.equal(scan.metadata.exit_reason, "limit reached: 100 results");
    assert.ok(scan.elapsedMs < 3_600_000, "it does not wait for late answers");
  },
);

networkTest(
  "--max-runtime ends sending, and the cooldown follows",
  async (network) => {
    const limits = ["-t", "1", "-r", "1000", "-c", "0.5"];
    const scan = await runScan(network, [...PING, ...limits, "198.18.0.0/16"]);
    assert.equal(scan.code, 0, scan.stderr);
    const sent = scan.metadata.packets_sent as number;
    // A busy machine sends fewer.
    assert.ok(sent > 300 && sent < 1150, `${sent} packets`);
    assert.equal(
      scan.metadata.exit_reason,
      "limit reached: 1 s of sending",
    );
    assert.ok(
      scan.rows.length >= 0.9 * sent,
      "answers until the end are written",
    );
  },
);

networkTest(
  "--min-hitrate gives a scan up that hardly anybody answers, also with -q, and says nothing about the cooldown",
  async (network) => {
    const limits = ["--min-hitrate", "50", "-r", "20"];
    const [waiting, ...scans] = await Promise.all([
      runScan(network, [...PING, ...limits, "-c", "12", "198.51.100.0/30"]),
      ...[[], ["-q"]].map((quiet) =>
        runScan(network, [
          ...PING,
          ...limits,
          "-c",
          "0",
          ...quiet,
          SILENT_RANGE,
        ])
      ),
    ]);
    assert.equal(waiting.code, 0, waiting.stderr);
    assert.equal(waiting.metadata.exit_reason, "completed");
    assert.ok(waiting.elapsedMs > 12_000, `${waiting.elapsedMs} ms`);
    for (const scan of scans) {
      assert.equal(scan.code, ENDED_EARLY, scan.stderr);
      assert.match(
        scan.metadata.exit_reason as string,
        /^the hit rate is 0\.00%, below 50%$/,
      );
      assert.ok(scan.elapsedMs > 9500, `${scan.elapsedMs} ms`);
    }
  },
);

networkTest(
  "--max-sendto-failures gives a scan up that cannot send, also with -q",
  async (network) => {
    const rules = `table inet limits {
      chain out {
        type filter hook output priority 0; policy accept;
        ip daddr 198.18.0.0/20 drop
      }
    }\n`;
    await network.scanner.run("nft", ["-f", "-"], rules);
    for (const quiet of [[], ["-q"]]) {
      const scan = await runScan(network, [
        ...[
          ...PING,
          "-X",
          "--no-preflight",
          "--max-sendto-failures",
          "5",
          "-c",
          "0",
        ],
        ...["-r", "100", ...quiet, "198.18.0.0/20"],
      ]);
      assert.equal(scan.code, ENDED_EARLY, scan.stderr);
      assert.match(
        scan.metadata.exit_reason as string,
        /packets could not be sent, more than 5$/,
      );
    }
  },
);

networkTest(
  "SIGUSR1 and SIGUSR2 change the rate by 5% each",
  async (network) => {
    const args = ["-b", "/dev/null", "-r", "100", "-c", "0", "-q"];
    await using scan = startPacemap(network.scanner, [
      ...[...PING, ...args, "198.18.0.0/16"],
    ]);
    const rows = scan.stdout.getReader();
    assert.equal((await rows.read()).done, false);
    const rates = ratesAsAsked(scan.stderr);
    for (
      const [signal, rate] of [
        ["SIGUSR1", "105"],
        ["SIGUSR1", "110.25"],
        ["SIGUSR2", "105"],
      ] as const
    ) {
      scan.kill(signal);
      assert.equal((await rates.next()).value, rate);
    }
    scan.kill("SIGTERM");
    assert.equal((await rates.next()).done, true);
    await rows.cancel();
    assert.equal((await scan.status).code, ENDED_EARLY);
  },
);

/** The rates that the log names as asked for by a signal, as they come. */
async function* ratesAsAsked(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const match = /Rate (\S+) p\/s: as asked/.exec(line);
      if (match !== null) yield match[1]!;
    }
  }
}
