import assert from "node:assert/strict";
import { GATEWAY_ADDRESS, GATEWAY_ADDRESS6 } from "../../src/demo/mod.ts";
import { networkTest, runScan, startPacemap } from "./network_fixture.ts";

const OPTIONS = ["-p", "80", "-f", "saddr", "-c", "0.5"];
const SCAN = [...OPTIONS, "198.18.0.0/28"];
const SCAN6 = [...OPTIONS, "-6", "2001:db8:8000::/124"];
const WAIT = "--netmap-wait-ping";
/** Behind the router; nobody has it at first. */
const LATE_HOST = "203.0.113.7";

networkTest(
  "--netmap-wait-ping starts when the host answers",
  async (network) => {
    for (
      const args of [
        [WAIT, GATEWAY_ADDRESS, ...SCAN],
        [WAIT, "198.18.0.1", "-X", ...SCAN],
        [WAIT, GATEWAY_ADDRESS6, ...SCAN6],
      ]
    ) {
      const scan = await runScan(network, args);
      assert.equal(scan.code, 0, scan.stderr);
      assert.match(scan.stderr, /Waiting for (\S+) to answer[^]* \1 answers\n/);
      assert.equal(scan.rows.length, 16);
    }
  },
);

networkTest(
  "--netmap-wait-ping waits for a host that comes up late",
  async (network) => {
    await network.countProbes();
    const scan = runScan(network, [WAIT, LATE_HOST, ...SCAN]);
    await pause(2500);
    assert.equal((await network.probeCount()).probes, 0);
    const address = ["address", "add", `${LATE_HOST}/24`, "dev", "up0"];
    await network.target.run("ip", address);
    const { code, elapsedMs, rows, stderr } = await scan;
    assert.equal(code, 0, stderr);
    assert.equal(rows.length, 16);
    assert.ok(elapsedMs > 2500, `${elapsedMs} ms`);
  },
);

networkTest(
  "--netmap-wait-ping ends with Ctrl-C, before any probe",
  async (network) => {
    const scan = startPacemap(network.scanner, [
      ...["-b", "/dev/null", WAIT, LATE_HOST, ...SCAN],
    ]);
    await pause(1500);
    scan.kill("SIGINT");
    const { code, stderr, stdout } = await scan.output();
    const [text, log] = [stdout, stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    );
    assert.deepEqual([code, text], [1, ""], log);
    assert.match(log!, /Ended before the first probe/);
  },
);

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
