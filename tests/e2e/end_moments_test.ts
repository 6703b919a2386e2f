import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { networkTest } from "./network_fixture.ts";
import { END_SIGNALS, faultOf, runToEnd } from "./remains.ts";

/** Scans run at a time, so that their threads also have to wait for a processor. */
const SIDE_BY_SIDE = 4;
const RUNS = 24;
/** The last signal comes so long after the start; the scan takes as long without. */
const LAST_MS = 2000;
const SCAN = [
  ...["-M", "icmp_echoscan", "-b", "/dev/null"],
  ...["-r", "1000", "-c", "1", "198.18.0.0/23"],
];

networkTest(
  "the first signal ends a scan at every moment, and leaves whole files or none",
  async ({ scanner }) => {
    using directory = new TestDirectory();
    let run = 0;
    const runSome = async (): Promise<void> => {
      while (run < RUNS) {
        const number = run++;
        const end = {
          signal: END_SIGNALS[number % END_SIGNALS.length]!,
          afterMs: LAST_MS * number / RUNS,
        };
        const path = `${directory.path}/${number}`;
        const remains = await runToEnd(scanner, SCAN, { end, path });
        assert.equal(faultOf(remains, end), null);
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, runSome));
  },
);
