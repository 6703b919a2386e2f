import assert from "node:assert/strict";
import { type LieKind, type Lies, NO_LIES } from "./lies.ts";
import { startLiars } from "./liars.ts";
import { networkTest, runScan } from "./network_fixture.ts";
import { figuresOf } from "./scan_figures.ts";

const HOSTS = 16_384;
const TARGETS = "198.18.0.0/18";
/** Some three seconds; the first follow-ups leave after one. */
const PACE = ["-r", "5000", "-c", "2"];
/** A scan that hardly sends any more has failed. */
const END = ["--max-runtime", "40"];
/** Holds every lie of a test, so that none is lost for want of room, however late the scanner gets to it. */
const ROOM = ["--capture-buffer", "128M"];
const PING = ["-M", "icmp_echoscan"];
/** The hosts answer with RSTs, which are failures. */
const SYN = ["-p", "81", "--output-filter", ""];
/** Share of all packets that may be follow-ups; and those to one host. */
const SHARE = 0.01;
const MAX_FOLLOW_UPS = 2;
/** A quiet scan loses nothing, and says 0%. */
const MAX_LOSS = 0.01;

interface Case {
  readonly what: string;
  readonly lies: Partial<Lies>;
  readonly args: readonly string[];
}

const CASES: readonly Case[] = [
  { what: "nobody lies", lies: {}, args: PING },
  {
    what: "a host repeats its answer to a follow-up",
    lies: { hosts: 1, followUpRepeats: 200_000 },
    args: [...PING, "--on-loss", "abort"],
  },
  {
    what: "a host repeats its answer to a follow-up SYN",
    lies: { hosts: 1, followUpRepeats: 200_000 },
    args: [...SYN, "--on-loss", "slow", "--dedup-method", "full"],
  },
  {
    what: "a host repeats its first answer, and the scan may slow down",
    lies: { hosts: 1, repeats: 200_000 },
    args: [...PING, "--dedup-method", "window", "--on-loss", "slow"],
  },
  {
    what: "a host repeats its first answer slowly, which nobody notices",
    lies: { hosts: 1, slowRepeats: 15_000 },
    args: [...PING, "--dedup-method", "none", "--on-loss", "slow"],
  },
  {
    what: "a host answers follow-ups that it was not sent",
    lies: { hosts: 1, guesses: 200_000 },
    args: [...PING, "--dedup-method", "full"],
  },
  {
    what: "a hundred hosts do all of that at once",
    lies: {
      hosts: 100,
      repeats: 2000,
      slowRepeats: 150,
      followUpRepeats: 2000,
      guesses: 2000,
    },
    args: [...PING, "--dedup-method", "none", "--on-loss", "slow"],
  },
];

for (const { what, lies, args } of CASES) {
  networkTest(`liars change nothing: ${what}`, async (network) => {
    const all = { ...NO_LIES, ...lies };
    await using liars = await startLiars(network, all);
    const scan = await runScan(network, [
      ...["-f", "saddr", ...PACE, ...END, ...ROOM, ...args, TARGETS],
    ]);
    const report = await liars.end();
    const figures = figuresOf(scan);
    const text = JSON.stringify([figures, report]);
    for (const [kind, count] of Object.entries(report.sent)) {
      // A busy machine does not get through all of them while the scan lasts.
      const least = all.hosts * all[kind as LieKind] / 4;
      assert.ok(count >= least, `${kind}: ${text}`);
    }
    assert.equal(figures.code, 0, text);
    assert.equal(figures.lostHere, 0, text);
    assert.equal(figures.found, HOSTS, text);
    assert.ok(figures.loss !== null && figures.loss <= MAX_LOSS, text);
    assert.ok(figures.coverage! >= 1 - MAX_LOSS, text);
    assert.equal(figures.packetsSent, report.probes, text);
    assert.equal(figures.packetsSent - figures.followUps, HOSTS, text);
    assert.equal(figures.followUps, report.followUps, text);
    assert.ok(figures.followUps > 0, text);
    assert.ok(figures.followUps <= SHARE * figures.packetsSent, text);
    assert.ok(report.mostFollowUps <= MAX_FOLLOW_UPS, text);
  });
}
