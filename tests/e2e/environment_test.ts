import assert from "node:assert/strict";
import { SCANNER_INTERFACE } from "../../src/demo/mod.ts";
import { networkTest, type Outcome, runPacemap } from "./network_fixture.ts";

const ENVIRONMENT = 3;
/** Loading the program is part of it. */
const SOON_MS = 10_000;
const SCAN = ["-b", "/dev/null", "-p", "80", "-c", "0", "198.18.0.0/30"];

function assertRefused(outcome: Outcome, about: RegExp): void {
  assert.equal(outcome.code, ENVIRONMENT, outcome.stderr);
  assert.match(outcome.stderr, about);
  assert.equal(outcome.stdout, "");
  assert.doesNotMatch(outcome.stderr, /\n\s+at /, "stack trace");
}

function assertRefusedSoon(outcome: Outcome, about: RegExp): void {
  assertRefused(outcome, about);
  assert.ok(outcome.elapsedMs < SOON_MS, `${outcome.elapsedMs} ms`);
}

networkTest(
  "scan without the right to send says how to get it",
  async (network) => {
    const wrapper = ["setpriv", "--bounding-set", "-net_raw"];
    const outcome = await runPacemap(network.scanner, SCAN, wrapper);
    assertRefusedSoon(outcome, /CAP_NET_RAW[^]*(sudo|root|setcap)/i);
  },
);

networkTest(
  "scan through an unknown interface names those that exist",
  async (network) => {
    const outcome = await runPacemap(network.scanner, [
      "-i",
      "nosuch0",
      ...SCAN,
    ]);
    assertRefusedSoon(outcome, new RegExp(`nosuch0[^]*${SCANNER_INTERFACE}`));
  },
);

networkTest(
  "scan through an interface that is down says so",
  async (network) => {
    await network.scanner.run("ip", ["link", "set", SCANNER_INTERFACE, "down"]);
    const outcome = await runPacemap(network.scanner, [
      "-i",
      SCANNER_INTERFACE,
      ...SCAN,
    ]);
    assertRefusedSoon(outcome, /up0.* down/i);
  },
);

networkTest("scan without a route to its targets says so", async (network) => {
  await network.scanner.run("ip", ["route", "del", "default"]);
  const outcome = await runPacemap(network.scanner, SCAN);
  assertRefusedSoon(outcome, /route/i);
});

networkTest(
  "scan behind a silent gateway gives up after three tries",
  async (network) => {
    const address = ["address", "del", "192.0.2.254/24", "dev", "down0"];
    await network.router.run("ip", address);
    const outcome = await runPacemap(network.scanner, SCAN);
    assertRefused(outcome, /192\.0\.2\.254/);
  },
);
