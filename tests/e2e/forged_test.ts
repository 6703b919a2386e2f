import assert from "node:assert/strict";
import { FORGED_ANSWERS } from "./forged_answers.ts";
import { networkTest, runScan } from "./network_fixture.ts";
import { interfaceIndex, startScript } from "./servers.ts";

networkTest(
  "scan reports no forged or damaged answer, and counts each",
  async (network) => {
    await using forger = await startScript(network.router, "forger.ts", [
      "down0",
      await interfaceIndex(network.router, "down0"),
    ]);
    const targets = [
      "198.51.100.0/27",
      "-p",
      "80",
      "-r",
      "50",
      "-c",
      "2",
      "--loss-sample",
      "0",
    ];
    const scan = await runScan(network, [...targets, "-f", "saddr,sport,*"]);
    const forgery: Forgery = JSON.parse(
      (await forger.output).slice("ready\n".length),
    );
    const { answered, visible } = forgery;
    assert.equal(scan.code, 0, scan.stderr);
    assert.equal(answered, FORGED_ANSWERS.length);
    const addresses = new Set(scan.rows.map((row) => row.split(",")[0]));
    const reported = FORGED_ANSWERS.filter((_, i) =>
      addresses.delete(`198.51.100.${i}`)
    );
    assert.deepEqual(
      reported.map(({ what }) => what),
      FORGED_ANSWERS.filter(({ rows }) => rows > 0).map(({ what }) => what),
    );
    assert.equal(addresses.size, 0, [...addresses].join());
    const { ledger, pcap_recv, validation_failed, validation_passed } = scan
      .metadata as {
        ledger: { receive: Record<string, number> };
        pcap_recv: number;
        validation_failed: number;
        validation_passed: number;
      };
    assert.equal(validation_passed, scan.rows.length);
    assert.equal(validation_passed + validation_failed, visible);
    assert.equal(pcap_recv, visible);
    const {
      seen,
      damaged,
      fragments,
      otherLink,
      unrecognised,
      outside,
      invalid,
    } = ledger.receive;
    assert.equal(seen, visible);
    assert.equal(fragments, 2);
    assert.equal(otherLink, 1);
    const refused = damaged! + fragments! + otherLink! + unrecognised! +
      outside! + invalid!;
    assert.equal(refused, validation_failed);
  },
);

/** What the forger did: how many answers it gave, and how many frames of them a scanner can see. */
interface Forgery {
  readonly answered: number;
  readonly visible: number;
}
