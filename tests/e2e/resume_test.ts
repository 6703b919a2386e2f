import assert from "node:assert/strict";
import { readCheckpoint } from "../../src/checkpoint/mod.ts";
import { kill, type Network } from "../../src/demo/mod.ts";
import { countPositions } from "../../src/loss/mod.ts";
import { TABLES } from "../fixtures/format_readers.ts";
import { networkTest, runPacemap, startPacemap } from "./network_fixture.ts";

const TARGETS = 32_768;
const FIELDS = ["saddr", "classification", "repeat"];

networkTest(
  "resume goes on with a scan that was killed twice: each host once, none missed, only what was under way probed again, and one account of all",
  async (network) => {
    await network.countProbes();
    const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
    const csv = `${directory}/found.csv`;
    const json = `${directory}/found.json`;
    const array = `${directory}/found.array`;
    const xml = `${directory}/found.xml`;
    const parquet = `${directory}/found.parquet`;
    const database = `${directory}/found.db`;
    const checkpoint = `${csv}.pacemap`;
    const args = [
      ...["-M", "icmp_echoscan", "-f", FIELDS.join(","), "-r", "8000"],
      ...["-O", "csv", "-o", csv, "-O", "json", "-o", json],
      ...["-O", "masscan-json", "-o", array, "-O", "nmap-xml", "-o", xml],
      ...["-O", "parquet", "-o", parquet, "-O", "sqlite", "-o", database],
      ...["-b", "/dev/null", "-c", "0.5", "--checkpoint-interval", "0.2"],
      ...["-m", `${directory}/meta`, "-u", `${directory}/status.csv`],
      ...["--loss-sample", "0", "198.18.0.0/17"],
    ];
    try {
      const first = await killInTheMiddle(network, {
        checkpoint,
        share: 0.2,
        args,
      });
      const { scanner } = network;
      await assertRefused(network, checkpoint, {
        args: ["resume", checkpoint, "-f", "saddr"],
        expected: /--output-fields: Differs from the scan of/,
      });
      await assertRefused(network, checkpoint, {
        args,
        expected: /A scan that is not complete has left checkpoint/,
      });
      const second = await killInTheMiddle(network, {
        checkpoint,
        share: 0.6,
        args: ["resume", checkpoint],
      });
      assert.ok(second.repeated <= first.underWay);
      const last = await runPacemap(scanner, [...args, "--resume"]);
      assert.equal(last.code, 0, last.stderr);
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
      assertEachOnce(valuesOf(await TABLES.parquet(parquet)));
      assertEachOnce(valuesOf(await TABLES.sqlite(database)));
      const metadata = JSON.parse(
        await Deno.readTextFile(`${directory}/meta`),
      );
      assertOneAccount(metadata, { probes, rows: rows.length });
      assertOneStatus(
        await Deno.readTextFile(`${directory}/status.csv`),
        metadata,
      );
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

networkTest(
  "resume writes the metadata of a scan that had done everything, but not them",
  async (network) => {
    await network.countProbes();
    const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
    const xml = `${directory}/found.xml`;
    const metadata = `${directory}/metadata.json`;
    const args = [
      ...["-M", "icmp_echoscan", "-b", "/dev/null", "-c", "0.5"],
      ...["-O", "nmap-xml", "-o", xml, "--loss-sample", "0"],
      ...["--output-wait", "0", "-m", "/dev/full", "198.18.0.0/28"],
    ];
    try {
      const { scanner } = network;
      const first = await runPacemap(scanner, args);
      assert.equal(first.code, 1, first.stderr);
      assert.match(first.stderr, /Cannot write "\/dev\/full": no space left/);
      assert.match(first.stderr, /To go on from here: pacemap resume/);
      const { lives, phase } = (await readCheckpoint(`${xml}.pacemap`)).state;
      assert.equal(phase, "cooldown");
      assert.match(lives.at(-1)!.reason, /\/dev\/full/);
      const words = ["resume", `${xml}.pacemap`, "-m", metadata];
      const second = await runPacemap(scanner, words);
      assert.equal(second.code, 0, second.stderr);
      const { probes } = await network.probeCount();
      assert.equal(probes, 16);
      const document = await Deno.readTextFile(xml);
      assert.equal(document.split("<host ").length - 1, 16);
      assert.equal(document.split("</nmaprun>").length, 2);
      const { exit_reason, runs, success_unique } = JSON.parse(
        await Deno.readTextFile(metadata),
      );
      assert.deepEqual([exit_reason, success_unique], ["completed", 16]);
      assert.equal(runs.length, 2);
      // Who has given up root cannot remove it, but says that nothing is left.
      const left = await readCheckpoint(`${xml}.pacemap`).catch(() => null);
      assert.ok(left === null || left.state.phase === "done");
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

/** The metadata are those of the whole scan, and balance; what nobody has counted stays within what they say. */
function assertOneAccount(
  // deno-lint-ignore no-explicit-any
  { hitrate, ledger, packets_sent: sent, runs, ...metadata }: any,
  { probes, rows }: { readonly probes: number; readonly rows: number },
): void {
  assert.equal(runs.length, 3);
  const sum = (key: string): number =>
    // deno-lint-ignore no-explicit-any
    runs.reduce((total: number, run: any) => total + run[key], 0);
  assert.equal(sum("packets_sent"), sent);
  assert.equal(sum("output_results"), rows);
  assert.equal(metadata.output_results, rows);
  assert.ok(sent <= probes, `${sent} of ${probes}`);
  assert.ok(probes <= sent + sum("unrecorded_packets_at_most"));
  assert.equal(runs[2].unrecorded_packets_at_most, 0);
  assert.deepEqual([runs[0].exit_reason, runs[2].exit_reason], [
    null,
    "completed",
  ]);
  assert.equal(metadata.targets_scanned, TARGETS);
  assert.equal(metadata.success_unique, TARGETS);
  assert.equal(hitrate, 100);
  const { output, receive, send } = ledger;
  assert.equal(send.made, send.accepted + send.abandoned + send.pending);
  assert.equal(
    receive.valid,
    receive.followUps + receive.filtered + receive.handedOver +
      receive.lostHandOver,
  );
  assert.equal(
    receive.handedOver,
    output.rows + output.filtered + output.interrupted,
  );
}

/** The status file goes on where the run before left it: one header, and counts that lead to those of the whole scan. */
function assertOneStatus(
  text: string,
  metadata: { readonly packets_sent: number },
): void {
  assert.ok(text.endsWith("\n"));
  const [header = "", ...rows] = text.trimEnd().split("\n");
  const columns = header.split(",");
  const column = (name: string): number[] =>
    rows.map((row) => Number(row.split(",")[columns.indexOf(name)]));
  assert.ok(rows.every((row) => row.split(",").length === columns.length));
  assert.equal(column("sent-total").at(-1), metadata.packets_sent);
  assert.equal(column("recv-success-total").at(-1), TARGETS);
  assert.equal(column("hit-rate").at(-1), 100);
  assert.ok(rows.length > column("time-elapsed").at(-1)!);
}

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

function valuesOf(
  rows: readonly Readonly<Record<string, unknown>>[],
): string[][] {
  return rows.map((row) => FIELDS.map((name) => String(row[name])));
}

/** A command that would go on with another scan, or destroy what this one has found: refused, nothing is changed. */
async function assertRefused(
  { scanner }: Network,
  checkpoint: string,
  { args, expected }: {
    readonly args: readonly string[];
    readonly expected: RegExp;
  },
): Promise<void> {
  const before = await Deno.readFile(checkpoint);
  const refused = await runPacemap(scanner, args);
  assert.equal(refused.code, 2, refused.stderr);
  assert.match(refused.stderr, expected);
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
