import assert from "node:assert/strict";
import { readCheckpoint } from "../../src/checkpoint/mod.ts";
import { kill, type Network } from "../../src/demo/mod.ts";
import { countPositions } from "../../src/loss/mod.ts";
import { networkTest, runPacemap, startPacemap } from "./network_fixture.ts";

const TARGETS = 32_768;
const FIELDS = ["saddr", "classification", "repeat"];

networkTest(
  "resume goes on with a scan that was killed twice: each host once, none missed, only what was under way probed again",
  async (network) => {
    await network.countProbes();
    const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
    const csv = `${directory}/found.csv`;
    const json = `${directory}/found.json`;
    const array = `${directory}/found.array`;
    const xml = `${directory}/found.xml`;
    const checkpoint = `${csv}.pacemap`;
    try {
      const first = await killInTheMiddle(network, {
        checkpoint,
        share: 0.2,
        args: [
          ...["-M", "icmp_echoscan", "-f", FIELDS.join(","), "-r", "8000"],
          ...["-O", "csv", "-o", csv, "-O", "json", "-o", json],
          ...["-O", "masscan-json", "-o", array, "-O", "nmap-xml", "-o", xml],
          ...["-b", "/dev/null", "-c", "0.5", "--checkpoint-interval", "0.2"],
          ...["--loss-sample", "0", "198.18.0.0/17"],
        ],
      });
      await assertRefused(network, checkpoint, ["-f", "saddr"]);
      const second = await killInTheMiddle(network, {
        checkpoint,
        share: 0.6,
        args: ["resume", checkpoint],
      });
      assert.ok(second.repeated <= first.underWay);
      const last = await runPacemap(network.scanner, ["resume", checkpoint]);
      assert.equal(last.code, 0, last.stderr);
      assert.match(last.stderr, /^All 3 runs: [\d,]+ packets sent in /m);
      const { probes, repeated } = await network.probeCount();
      assert.equal(probes - repeated, TARGETS);
      assert.ok(repeated <= first.underWay + second.underWay);
      const rows = (await Deno.readTextFile(csv)).trimEnd().split("\n");
      assert.equal(rows.shift(), FIELDS.join(","));
      assertEachOnce(rows.map((row) => row.split(",")));
      const lines = (await Deno.readTextFile(json)).trimEnd().split("\n");
      assertEachOnce(lines.map((line) => {
        const row = JSON.parse(line);
        return FIELDS.map((name) => String(Number(row[name]) || row[name]));
      }));
      // Footers once, and all that the runs have found between header and footer.
      assert.equal(JSON.parse(await Deno.readTextFile(array)).length, TARGETS);
      const document = await Deno.readTextFile(xml);
      assert.equal(document.split("<host ").length - 1, TARGETS);
      assert.equal(document.split("<?xml").length, 2);
      assert.match(
        document,
        /<hosts up="32768" down="0" total="32768"\/>\n<\/runstats>\n<\/nmaprun>\n$/,
      );
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

/** Every target has answered, and is new once. */
function assertEachOnce(rows: readonly (readonly string[])[]): void {
  const found = new Set<string>();
  for (const [address, classification, isRepeat, ...more] of rows) {
    assert.match(address!, /^198\.18\.\d{1,3}\.\d{1,3}$/);
    assert.equal(classification, "echoreply");
    assert.deepEqual(more, []);
    if (isRepeat === "1" || isRepeat === "true") continue;
    assert.ok(!found.has(address!), `${address} twice`);
    found.add(address!);
  }
  assert.equal(found.size, TARGETS);
}

/** A checkpoint of a scan with other options: refused, and nothing is changed. */
async function assertRefused(
  network: Network,
  checkpoint: string,
  options: readonly string[],
): Promise<void> {
  const before = await Deno.readFile(checkpoint);
  const args = ["resume", checkpoint, ...options];
  const refused = await runPacemap(network.scanner, args);
  assert.equal(refused.code, 2, refused.stderr);
  assert.match(refused.stderr, /--output-fields: Differs from the scan of/);
  assert.deepEqual(await Deno.readFile(checkpoint), before);
}

/** Kills a scan once such a share of its targets is settled; returns what was under way then, and probed again by then. */
async function killInTheMiddle(
  network: Network,
  { args, checkpoint, share }: {
    readonly args: readonly string[];
    readonly checkpoint: string;
    readonly share: number;
  },
): Promise<{ readonly underWay: number; readonly repeated: number }> {
  const scan = startPacemap(network.scanner, args);
  let hasEnded = false;
  const output = scan.output().then((ended) => {
    hasEnded = true;
    return ended;
  });
  while (!hasEnded && await settledIn(checkpoint) < share * TARGETS) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  kill(scan, "SIGKILL");
  const { signal, stderr } = await output;
  assert.equal(signal, "SIGKILL", new TextDecoder().decode(stderr));
  const { probes, repeated } = await network.probeCount();
  const settled = await settledIn(checkpoint);
  return { underWay: probes - repeated - settled, repeated };
}

/** Targets that need not be probed again; 0 while there is no checkpoint. */
async function settledIn(checkpoint: string): Promise<number> {
  try {
    const { state } = await readCheckpoint(checkpoint);
    return TARGETS - countPositions(state.work.planned.flat());
  } catch {
    return 0;
  }
}
