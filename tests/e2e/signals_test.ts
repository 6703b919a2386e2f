import assert from "node:assert/strict";
import {
  kill,
  type Network,
  TARGET_COUNT,
  TARGET_RANGE,
} from "../../src/demo/mod.ts";
import { networkTest, startPacemap } from "./network_fixture.ts";

const ENDED_EARLY = 1;
const PING = ["-M", "icmp_echoscan", "-f", "saddr", "-b", "/dev/null"];
const SLOW = [...PING, "-r", "1000", "-c", "30", TARGET_RANGE];
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

for (const signal of SIGNALS) {
  networkTest(
    `${signal} while sending ends the scan with what it has found`,
    async (network) => {
      const scan = await interrupt(network, {
        args: SLOW,
        signal,
        afterBytes: 4000,
      });
      assert.equal(scan.code, ENDED_EARLY, scan.stderr);
      assertWhole(scan.stdout);
      assert.match(scan.stderr, new RegExp(signal));
      assert.equal(scan.metadata.exit_reason, `stopped by ${signal}`);
      assert.equal(
        scan.metadata.success_unique,
        scan.stdout.split("\n").length - 2,
      );
      assert.ok((scan.metadata.packets_sent as number) < TARGET_COUNT);
    },
  );

  networkTest(`${signal} during the cooldown ends it`, async (network) => {
    const few = [...PING, "-r", "0", "-c", "30", "198.18.0.0/24"];
    const scan = await interrupt(network, {
      args: few,
      signal,
      afterBytes: 256 * 9,
      pauseMs: 500,
    });
    assert.equal(scan.code, ENDED_EARLY, scan.stderr);
    assertWhole(scan.stdout);
    assert.equal(scan.metadata.packets_sent, 256);
    assert.equal(scan.metadata.success_unique, 256);
  });

  networkTest(
    `${signal} while the gateway is asked for ends the scan`,
    async (network) => {
      const address = ["address", "del", "192.0.2.254/24", "dev", "down0"];
      await network.router.run("ip", address);
      const scan = await interrupt(network, {
        args: SLOW,
        signal,
        afterBytes: 0,
        pauseMs: 1000,
      });
      assert.equal(scan.code, ENDED_EARLY, scan.stderr);
    },
  );
}

networkTest("scan whose reader leaves ends quietly", async (network) => {
  const child = startPacemap(network.scanner, [...SLOW, "-q"]);
  const errors = new Response(child.stderr).text();
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  const { code, signal } = await child.status;
  assert.equal(signal, null);
  assert.equal(code, ENDED_EARLY);
  assert.doesNotMatch(await errors, /broken pipe|\n\s+at |EPIPE/i);
});

interface Interruption {
  readonly args: readonly string[];
  readonly signal: Deno.Signal;
  /** Output to wait for before the signal is sent. */
  readonly afterBytes: number;
  /** Time to wait after that. */
  readonly pauseMs?: number;
}

/** Runs a scan, sends it a signal, and returns all that it left. */
async function interrupt(
  network: Network,
  { args, signal, afterBytes, pauseMs = 0 }: Interruption,
): Promise<{
  code: number;
  stdout: string;
  stderr: string;
  metadata: Record<string, unknown>;
}> {
  const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
  try {
    const path = `${directory}/metadata.json`;
    const child = startPacemap(network.scanner, ["-m", path, ...args]);
    const stderr = new Response(child.stderr).text();
    let stdout = "";
    const isReady = Promise.withResolvers<void>();
    const reading = (async (): Promise<void> => {
      for await (
        const text of child.stdout.pipeThrough(new TextDecoderStream())
      ) {
        stdout += text;
        if (stdout.length >= afterBytes) isReady.resolve();
      }
      isReady.resolve();
    })();
    if (afterBytes > 0) await isReady.promise;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    kill(child, signal);
    await reading;
    const { code } = await child.status;
    const text = await Deno.readTextFile(path).catch(() => "");
    return {
      code,
      stdout,
      stderr: await stderr,
      metadata: text === "" ? {} : JSON.parse(text),
    };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** A header and whole rows, to the last byte. */
function assertWhole(csv: string): void {
  const [header, ...rows] = csv.split("\n");
  assert.equal(header, "saddr");
  assert.equal(rows.pop(), "");
  assert.ok(rows.length > 0);
  for (const row of rows) assert.match(row, /^198\.1[89]\.\d+\.\d+$/);
  assert.equal(new Set(rows).size, rows.length);
}
