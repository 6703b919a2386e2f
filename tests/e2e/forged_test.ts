import assert from "node:assert/strict";
import type { Network } from "../../src/demo/mod.ts";
import { FORGED_ANSWERS } from "./forged_answers.ts";
import { networkTest, runScan } from "./network_fixture.ts";

networkTest(
  "scan reports no forged or damaged answer, and counts each",
  async (network) => {
    const forger = await startForger(network);
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
    const { answered, visible } = await forger.outcome;
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

/** Starts the forger on the router; resolves as soon as it listens. */
async function startForger(
  network: Network,
): Promise<{ readonly outcome: Promise<Forgery> }> {
  const listing = await network.router.run("ip", [
    "-o",
    "link",
    "show",
    "down0",
  ]);
  const index = listing.split(":")[0]!;
  const script = new URL("forger.ts", import.meta.url).href;
  const flags = [
    "--quiet",
    "--no-prompt",
    "--cached-only",
    "--allow-ffi",
    "--allow-read",
  ];
  const child = network.router.spawn(
    Deno.execPath(),
    ["run", ...flags, script, "down0", index],
    { stdout: "piped", stderr: "inherit" },
  );
  const isReady = Promise.withResolvers<void>();
  const outcome = (async (): Promise<Forgery> => {
    let text = "";
    for await (
      const part of child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      text += part;
      if (text.startsWith("ready\n")) isReady.resolve();
    }
    isReady.resolve();
    await child.status;
    return JSON.parse(text.slice("ready\n".length));
  })();
  await isReady.promise;
  return { outcome };
}
