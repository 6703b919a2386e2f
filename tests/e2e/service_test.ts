import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { NotifyReceiver } from "../ffi/notify_receiver.ts";
import {
  networkTest,
  type Outcome,
  runPacemap,
  startPacemap,
} from "./network_fixture.ts";
import { assertLines, assertSchema } from "./schemas.ts";

type Json = Record<string, unknown>;

networkTest(
  "a service is told ready, status, life and end; scan and doctor take the same settings, and write what their schemas say",
  async (network) => {
    using directory = new TestDirectory();
    const { path } = directory;
    Deno.mkdirSync(`${path}/pacemap`);
    directory.write(
      "pacemap/pacemap.conf",
      `probe-module = icmp_echoscan\nblocklist-file = /dev/null\nrate = 1\nquiet\nmetadata-file = ${path}/meta\n`,
    );
    const environment = [
      "env",
      `XDG_CONFIG_HOME=${path}`,
      "PACEMAP_RATE=150",
      "PACEMAP_COOLDOWN_TIME=1",
      "PACEMAP_LOG_FORMAT=json",
    ];
    const run = (args: readonly string[]): Promise<Outcome> =>
      runPacemap(network.scanner, args, environment);
    const files = [
      ...["-o", `${path}/rows`, "-u", `${path}/status.jsonl`, "--json"],
      ...["--summary-file", `${path}/summary`],
    ];
    using receiver = new NotifyReceiver(`${path}/notify`);
    const scan = startPacemap(
      network.scanner,
      [...files, "-t", "2", "198.18.0.0/23"],
      [
        ...environment,
        `NOTIFY_SOCKET=${path}/notify`,
        "WATCHDOG_USEC=600000",
      ],
    );
    const told: string[] = [];
    let hasEnded = false;
    const output = scan.output().then((ended) => {
      hasEnded = true;
      return ended;
    });
    while (!hasEnded) {
      told.push(...receiver.take());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    told.push(...receiver.take());
    const { code, stderr } = await output;
    const text = new TextDecoder().decode(stderr);
    assert.equal(code, 0, text);
    assertTold(told);
    const lines = text.trimEnd().split("\n");
    const summary = JSON.parse(lines.pop()!);
    assertSchema("summary", summary);
    assert.equal(
      Deno.readTextFileSync(`${path}/summary`).trimEnd(),
      JSON.stringify(summary),
    );
    assert.equal(summary.summary.checkpoint, `${path}/rows.pacemap`);
    assertLines("log-line", lines.join("\n"));
    assertLines("status-row", Deno.readTextFileSync(`${path}/status.jsonl`));
    const metadata = JSON.parse(Deno.readTextFileSync(`${path}/meta`));
    assertSchema("metadata", metadata);
    assert.equal(metadata.requested_rate, 150);
    assert.equal(metadata.cooldown_secs, 1);
    assertSame(metadata, summary.summary);
    const status = await run(["status", `${path}/rows.pacemap`, "--json"]);
    assertSchema("checkpoint-status", JSON.parse(status.stdout));
    await assertResumed(path, (args) =>
      runPacemap(network.scanner, args, [
        ...environment,
        // The scan has begun with another one, and without these.
        ...["PACEMAP_RATE=3", "PACEMAP_NOTES=resumed", "PACEMAP_JSON=yes"],
      ]));
    const doctor: Json = JSON.parse(
      (await run(["doctor", "--json", "198.18.0.1"])).stdout,
    );
    assertSchema("doctor", doctor);
    assert.equal((doctor.rate as Json).asked, 150);
  },
);

/** A scan that goes on is the one that began, with what is new around it. */
async function assertResumed(
  path: string,
  run: (args: readonly string[]) => Promise<Outcome>,
): Promise<void> {
  const { code, stderr } = await run([
    ...["resume", `${path}/rows.pacemap`, "-t", "600"],
  ]);
  assert.equal(code, 0, stderr);
  const summary = JSON.parse(stderr.trimEnd().split("\n").at(-1)!);
  assertSchema("summary", summary);
  assert.equal(summary.status, "complete");
  assert.equal(summary.summary.checkpoint, null);
  assert.equal(summary.summary.runs, 2);
  assert.equal(summary.summary.ledger.answers.written, 512);
  const metadata = JSON.parse(Deno.readTextFileSync(`${path}/meta`));
  assertSchema("metadata", metadata);
  assert.equal(metadata.requested_rate, 150);
  assert.equal(metadata.notes, "resumed");
  const again = await run(["resume", "--dryrun=no", `${path}/rows.pacemap`]);
  assert.equal(again.code, 2, again.stderr);
}

/** What a service manager has heard, in its order. */
function assertTold(told: readonly string[]): void {
  const text = told.join("\n");
  const ready = told.indexOf("READY=1");
  const stopping = told.indexOf("STOPPING=1");
  assert.ok(ready > 0 && stopping > ready, text);
  assert.equal(told.lastIndexOf("READY=1"), ready);
  assert.equal(told.lastIndexOf("STOPPING=1"), stopping);
  assert.ok(told.slice(0, ready).includes("EXTEND_TIMEOUT_USEC=30000000"));
  const running = told.slice(ready, stopping);
  const beats = running.filter((line) => line === "WATCHDOG=1").length;
  // Three seconds of sending and cooldown; on a busy machine fewer turns, but more than one.
  assert.ok(beats >= 2, text);
  assert.ok(running.some((line) => /^STATUS=.*; send: /.test(line)), text);
}

/** The summary tells what the metadata tell. */
function assertSame(metadata: Json, summary: Json): void {
  const { success_unique, repeat_total, aliased_prefixes } = summary;
  assert.equal(success_unique, metadata.success_unique);
  assert.equal(repeat_total, metadata.repeat_total);
  assert.equal(aliased_prefixes, metadata.aliased_prefixes ?? null);
  const ledger = metadata.ledger as Record<string, Record<string, number>>;
  const { answers, frames, packets } = summary.ledger as Record<
    string,
    Record<string, number>
  >;
  assert.deepEqual(summary.lost, ledger.places);
  assert.equal(frames!.made, ledger.send!.made);
  assert.ok(frames!.made! > 0);
  const sums = [
    [frames!.made, frames!.accepted! + frames!.given_up! + frames!.not_sent!],
    [
      packets!.captured,
      sumOf(packets!) - packets!.captured!,
    ],
    [answers!.valid, sumOf(answers!) - answers!.valid!],
  ];
  for (const [whole, parts] of sums) assert.equal(whole, parts);
}

function sumOf(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
