import assert from "node:assert/strict";
import { kill, type Network, SCANNER_INTERFACE } from "../../src/demo/mod.ts";
import {
  networkTest,
  rowsOf,
  runPacemap,
  runScan,
  type ScanOutcome,
  startPacemap,
} from "./network_fixture.ts";
import { pinScanner } from "./neighbours.ts";
import { GrowingText, until } from "./until.ts";
import { assertWarned } from "./warnings.ts";

const PING = ["-M", "icmp_echoscan", "-f", "saddr", "-c", "1"];
const LOSS_ABOVE_TARGET = 4;
const ENDED_EARLY = 1;
/** What the router lets through where the rate is to be found. */
const LIMIT_PPS = 8000;
/** 4 Mbit/s: some 8,000 probes a second. The queue holds a few dozen. */
const TINY_QUEUE = ["tbf", "rate", "4mbit", "burst", "2kb", "limit", "3kb"];

type Counts = Readonly<Record<string, number>>;

/** The parts of the metadata that tell of loss. */
interface Account {
  readonly loss: {
    readonly places: Counts;
    readonly path:
      | { readonly rate: number; readonly low: number; readonly high: number }
      | null;
    readonly coverage_estimate: number | null;
  };
  readonly rate_control: {
    readonly mean: number;
    readonly max_window_excess: number;
    readonly changes: readonly [number, number, string][];
  };
  readonly ledger: {
    readonly send: Counts & { readonly refusedByErrno: Counts };
    readonly receive: Counts;
    readonly capture: Counts;
    readonly output: Counts;
  };
  readonly passes: number;
  readonly outages: readonly { readonly sent_again: number }[];
  readonly exit_reason: string;
}

/** The account of a scan whose ledger has to balance. */
function accountOf(metadata: unknown): Account {
  const account = metadata as Account;
  const { capture, output, receive, send } = account.ledger;
  const sum = (counts: Counts, names: readonly string[]): number =>
    names.reduce((total, name) => total + counts[name]!, 0);
  assert.equal(send.made, sum(send, ["accepted", "abandoned", "pending"]));
  const kinds = ["damaged", "fragments", "otherLink", "unrecognised"];
  const seen = sum(receive, [...kinds, "outside", "invalid", "valid"]);
  assert.equal(receive.seen, seen);
  const ends = ["filtered", "handedOver", "lostHandOver", "followUps"];
  assert.equal(receive.valid, sum(receive, ends));
  assert.equal(receive.handedOver, output.rows! + output.filtered!);
  assert.equal(capture.received, receive.seen! + capture.dropped!);
  return account;
}

/** All places but these have lost nothing. */
function assertOnly(account: Account, places: readonly string[]): void {
  for (const [place, lost] of Object.entries(account.loss.places)) {
    if (!places.includes(place)) assert.equal(lost, 0, place);
  }
}

/** Puts a queue before the scanner's interface; only the scan's own packets pass it. */
async function addQueue(
  { scanner }: Network,
  queue: readonly string[],
): Promise<void> {
  const quiet = `/proc/sys/net/ipv6/conf/${SCANNER_INTERFACE}/disable_ipv6`;
  await scanner.run("tee", [quiet], "1\n");
  const device = ["qdisc", "add", "dev", SCANNER_INTERFACE];
  await scanner.run("tc", [...device, "root", "handle", "1:", ...queue]);
}

/** Packets that the queue has dropped, as the kernel counts them. */
async function queueDrops({ scanner }: Network): Promise<number> {
  const text = await scanner.run("tc", [
    ...["-s", "-j", "qdisc", "show", "dev", SCANNER_INTERFACE],
  ]);
  return JSON.parse(text)[0].drops;
}

/** Echo requests that have reached the target, which answers all of them. */
async function probesAtTarget(network: Network): Promise<number> {
  return (await network.probeCount()).probes;
}

networkTest(
  "loss at a full queue that refuses: sent again, nothing missing",
  async (network) => {
    await network.countProbes();
    await addQueue(network, TINY_QUEUE);
    const scan = await runScan(network, [
      ...[...PING, "-r", "20000", "--no-preflight", "198.18.0.0/18"],
    ]);
    const account = accountOf(scan.metadata);
    const { send } = account.ledger;
    assert.equal(scan.code, 0, scan.stderr);
    assert.equal(scan.rows.length, 16_384);
    assert.ok(send.refused! > 1000);
    assert.equal(send.refusedByErrno.ENOBUFS, await queueDrops(network));
    assert.equal(send.accepted, await probesAtTarget(network));
    assertOnly(account, ["send: refused"]);
    assertWarned(scan.stderr, "send: refused");
  },
);

networkTest(
  "loss in a queue that says nothing: counted as the kernel counts it, exit code 4",
  async (network) => {
    await network.countProbes();
    await addQueue(network, TINY_QUEUE);
    // Takes each new packet, and drops the oldest for it.
    await network.scanner.run("tc", [
      ...["qdisc", "replace", "dev", SCANNER_INTERFACE, "parent", "1:"],
      ...["handle", "10:", "pfifo_head_drop", "limit", "20"],
    ]);
    const scan = await runScan(network, [
      ...[...PING, "-r", "20000", "--no-preflight", "198.18.0.0/18"],
    ]);
    const account = accountOf(scan.metadata);
    const lost = account.loss.places["send: queue"]!;
    assert.equal(scan.code, LOSS_ABOVE_TARGET, scan.stderr);
    assert.ok(lost > 1000);
    assert.equal(lost, await queueDrops(network));
    assert.equal(
      account.ledger.send.accepted! - lost,
      await probesAtTarget(network),
    );
    assertOnly(account, ["send: queue"]);
    assertWarned(scan.stderr, "send: queue");
  },
);

networkTest(
  "loss in the capture ring: a scan is stopped while answers to another arrive",
  async (network) => {
    await network.countProbes();
    const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
    try {
      const path = `${directory}/metadata.json`;
      const stopped = startPacemap(network.scanner, [
        ...[...PING, "-b", "/dev/null", "-m", path, "-r", "1000"],
        ...["--capture-buffer", "64K", "198.18.0.0/21"],
      ]);
      const stderr = new Response(stopped.stderr).text();
      const reader = stopped.stdout.getReader();
      await reader.read();
      kill(stopped, "SIGSTOP");
      const other = await runScan(network, [
        ...[...PING, "-r", "20000", "198.18.32.0/19"],
      ]);
      kill(stopped, "SIGCONT");
      while (!(await reader.read()).done);
      assert.equal(other.rows.length, 8192, other.stderr);
      assert.equal(accountOf(other.metadata).loss.places["receive: ring"], 0);
      const { code } = await stopped.status;
      const account = accountOf(JSON.parse(await Deno.readTextFile(path)));
      const { capture, receive } = account.ledger;
      assert.equal(code, LOSS_ABOVE_TARGET, await stderr);
      assert.ok(capture.dropped! > 1000);
      assert.equal(account.loss.places["receive: ring"], capture.dropped);
      // Every probe of both scans was answered, and every answer passes the filter of the one that slept.
      assert.equal(
        receive.seen! + capture.dropped!,
        await probesAtTarget(network),
      );
      assertOnly(account, ["receive: ring"]);
      assertWarned(await stderr, "receive: ring");
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

networkTest(
  "no loss by a slow pipe: sending pauses until it has caught up",
  async (network) => {
    const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
    try {
      const path = `${directory}/metadata.json`;
      const child = startPacemap(network.scanner, [
        ...["-M", "icmp_echoscan", "-f", "*", "--output-filter", ""],
        ...["-b", "/dev/null", "-m", path, "-c", "1", "-P", "2"],
        ...["-r", "90000", "198.18.0.0/15"],
      ]);
      const log = new GrowingText(child.stderr);
      // Nobody reads the rows before sending pauses, or has ended without.
      await until(child, () => /sending pauses|done \(/.test(log.soFar));
      const stdout = await new Response(child.stdout).text();
      const { code } = await child.status;
      const account = accountOf(JSON.parse(await Deno.readTextFile(path)));
      const stderr = await log.whole;
      assert.equal(code, 0, stderr);
      assert.equal(rowsOf(stdout).length, 262_144);
      assertOnly(account, ["send: refused"]);
      assert.match(stderr, /output: too slow, so sending pauses/);
      assert.match(stderr, /output: caught up, sending goes on/);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

networkTest(
  "loss by a full disk: ends the scan, leaves whole rows, counts the others",
  async (network) => {
    const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
    try {
      const script = `mount -t tmpfs -o size=300k none "$0/disk"
        "$@"; code=$?; cp "$0/disk/found" "$0/found"; exit $code`;
      await Deno.mkdir(`${directory}/disk`);
      const scan = await runPacemap(network.scanner, [
        ...[...PING, "-b", "/dev/null", "-m", `${directory}/metadata.json`],
        ...["-r", "50000", "--no-preflight", "--output-wait", "0"],
        ...["-o", `${directory}/disk/found`],
        "198.18.0.0/15",
      ], ["unshare", "--mount", "sh", "-c", script, directory]);
      const metadata = await Deno.readTextFile(`${directory}/metadata.json`);
      const account = accountOf(JSON.parse(metadata));
      const { rows, lostRows } = account.ledger.output;
      assert.equal(scan.code, ENDED_EARLY, scan.stderr);
      assert.match(account.exit_reason, /cannot write results: No space left/);
      const found = await Deno.readTextFile(`${directory}/found`);
      for (const row of rowsOf(found)) {
        assert.match(row, /^198\.1[89]\.\d+\.\d+$/);
      }
      assert.equal(found.at(-1), "\n");
      assert.equal(rowsOf(found).length, rows! - lostRows!);
      assert.equal(account.loss.places.output, lostRows);
      assertOnly(account, ["output"]);
      assertWarned(scan.stderr, "output");
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

networkTest(
  "interface set down and up during a scan: no target is passed over",
  async (network) => {
    await network.countProbes();
    await pinScanner(network);
    const setLink = (state: string): Promise<string> =>
      network.scanner.run("ip", ["link", "set", SCANNER_INTERFACE, state]);
    const scanning = runScan(network, [
      ...[...PING, "-r", "1000", "-P", "2", "198.18.0.0/21"],
    ]);
    while (await probesAtTarget(network) < 500) await pause(50);
    await setLink("down");
    await pause(1000);
    await setLink("up");
    const scan = await scanning;
    const account = accountOf(scan.metadata);
    const { send } = account.ledger;
    assert.equal(account.exit_reason, "completed", scan.stderr);
    assert.ok(send.refusedByErrno.ENETDOWN! > 0);
    assert.equal(send.abandoned, 0);
    assert.equal(send.accepted, send.made);
    const again = account.outages.reduce(
      (sum, { sent_again }) => sum + sent_again,
      0,
    );
    assert.ok(again > 0, "what was on its way is lost");
    assert.equal(send.accepted! - send.followUps!, 2 * 2048 + again);
    assert.equal(new Set(scan.rows).size, 2048);
    assert.ok(send.accepted! - await probesAtTarget(network) < 50);
    assert.equal(account.rate_control.max_window_excess, 0);
    assertOnly(account, ["send: refused", "send: device", "receive: device"]);
  },
);

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

networkTest(
  "loss on the way: the estimate holds what the router dropped; status rows in both formats",
  async (network) => {
    await network.countProbes();
    await network.limitRouter(5000);
    const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
    try {
      const limited = [...PING, "-r", "10000", "198.18.0.0/17"];
      const json = `${directory}/status.jsonl`;
      const scan = await runScan(network, ["-u", json, ...limited]);
      const { ledger, loss } = accountOf(scan.metadata);
      const dropped = await network.routerDropped();
      assert.equal(scan.code, LOSS_ABOVE_TARGET, scan.stderr);
      assert.equal(
        await probesAtTarget(network) + dropped,
        ledger.send.accepted,
      );
      const truth = dropped / ledger.send.accepted!;
      assert.ok(
        loss.path !== null && loss.path.low - 0.03 <= truth &&
          truth <= loss.path.high + 0.03,
        `${truth} not in ${JSON.stringify(loss.path)}`,
      );
      const warnings = scan.stderr.match(/\[WARN\] scan: path: .*/g) ?? [];
      assert.match(warnings[0] ?? "", /losing about \d+\.\d%/, scan.stderr);
      assert.match(warnings.at(-1)!, /no end of the loss was seen/);
      assert.ok(warnings.length <= 4, scan.stderr);
      const lines = (await Deno.readTextFile(json)).trim().split("\n");
      const rows = lines.map((line) => JSON.parse(line));
      assert.ok(rows.length >= 3);
      assert.ok(rows.some((row) => Math.abs(row["path-loss"] - 50) < 15));
      assertStatus(rows, ledger.send.accepted!);
      const csv = `${directory}/status.csv`;
      const short = [...PING, "-r", "1000", "198.18.0.0/22"];
      const other = await runScan(network, ["-u", csv, ...short]);
      assert.equal(other.code, 0, other.stderr);
      const text = await Deno.readTextFile(csv);
      const names = text.slice(0, text.indexOf("\n")).split(",");
      const cells = rowsOf(text).map((row) => row.split(","));
      assertStatus(
        cells.map((row) =>
          Object.fromEntries(names.map((name, i) => [name, Number(row[i])]))
        ),
        accountOf(other.metadata).ledger.send.accepted!,
      );
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

/** A row a second, every place of the ledger as a column of its own, totals up to the last packet. */
function assertStatus(rows: readonly Counts[], accepted: number): void {
  const places = ["send-refused", "send-queue", "send-device", "output"];
  const others = ["receive-device", "receive-ring", "receive-hand-over"];
  rows.forEach((row, i) => {
    for (const place of [...places, ...others]) {
      assert.equal(row[`lost-${place}`], 0, place);
    }
    if (i > 0) assert.ok(row["sent-total"]! >= rows[i - 1]!["sent-total"]!);
  });
  assert.equal(rows.at(-1)!["sent-total"], accepted);
}

networkTest(
  "--on-loss slow finds what a limit on the way took, at a lower rate",
  (network) =>
    assertHealed(network, ["-r", "20000", "--on-loss", "slow"], 20_000),
);

networkTest(
  "--rate auto finds a rate below the limit on the way",
  (network) => assertHealed(network, ["--rate", "auto"], 1000),
);

async function assertHealed(
  network: Network,
  args: readonly string[],
  startPps: number,
): Promise<void> {
  await network.limitRouter(LIMIT_PPS);
  const scan: ScanOutcome = await runScan(network, [
    ...[...PING, ...args, "198.18.0.0/17"],
  ]);
  const { loss, rate_control: rate } = accountOf(scan.metadata);
  assert.equal(scan.code, 0, scan.stderr);
  assert.ok(scan.rows.length >= 32_768 * 0.995, `${scan.rows.length} found`);
  assert.ok(loss.coverage_estimate! > 0.99);
  assert.ok(rate.changes.length > 0);
  const rates = rate.changes.map(([, pps]) => pps);
  assert.ok(rates.some((pps) => pps < LIMIT_PPS && pps !== startPps));
  assert.ok(rate.mean < 2 * LIMIT_PPS, `${rate.mean} p/s`);
}

networkTest("--on-loss abort ends the scan and says why", async (network) => {
  await network.limitRouter(2000);
  const scan = await runScan(network, [
    ...[...PING, "-r", "10000", "--on-loss", "abort", "198.18.0.0/15"],
  ]);
  const { exit_reason: reason, ledger } = accountOf(scan.metadata);
  assert.equal(scan.code, ENDED_EARLY, scan.stderr);
  assert.match(reason, /^\d+\.\d% of the packets are lost on the way$/);
  assert.ok(ledger.send.accepted! < 100_000);
});
