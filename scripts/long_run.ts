// deno-lint-ignore-file no-console
/**
 * A long scan at 30,000 packets/s while a limit on the way comes and goes: `long_run.ts [SECONDS]`, 600
 * unless given. Fails unless memory stays flat, the ledger balances to the packet, and the warnings are few.
 */
import {
  type Network,
  SCANNER_ADDRESS,
  TARGET_RANGE,
} from "../src/demo/mod.ts";
import { type Check, equal, ledgerChecks, printChecks } from "./_checks.ts";
import {
  machineText,
  openLab,
  packetsAtRouter,
  scan,
  type ScanMetadata,
  sleep,
} from "./_lab.ts";

const SECONDS = 600;
const RATE_PPS = 30_000;
/** The limit, and how long it holds and is away. */
const LIMIT_PPS = 15_000;
const PHASE_MS = 10_000;
/** Enough probes to each host that the scan does not end by itself. */
const PROBES = 2000;
const SAMPLE_MS = 1000;
/** Memory of the first third, in which buffers fill and code is compiled, does not count. */
const WARM_SHARE = 1 / 3;
const MAX_GROWTH = 0.05;
const MAX_WARNINGS = 30;

const seconds = Number(Deno.args[0] ?? SECONDS);
await using network = await openLab();
await network.countProbes();
console.log(`${machineText()}; ${seconds} s at ${RATE_PPS} packets/s\n`);
const residentKiB: number[] = [];
let dropped = 0;
const before = await packetsAtRouter(network);
const { code, metadata, stderr } = await scan(network, [
  ...["-M", "icmp_echoscan", "-r", String(RATE_PPS), "-t", String(seconds)],
  ...["-P", String(PROBES), "-c", "3", TARGET_RANGE],
], async (child) => {
  let isOver = false;
  child.status.then(() => isOver = true);
  const toggling = toggleLimit(network, () => isOver);
  while (!isOver) {
    residentKiB.push(await residentSize(network, child.pid).catch(() => 0));
    await sleep(SAMPLE_MS);
  }
  dropped = await toggling;
});
const { probes } = await network.probeCount();
const carried = await packetsAtRouter(network) - before;
const checks = [
  ...balanceChecks(metadata, probes, carried),
  memoryCheck(residentKiB.filter((size) => size > 0)),
  warningCheck(stderr),
];
const isMet = printChecks(checks);
console.log(
  `\nexit code ${code}, ${metadata.packets_sent} packets, mean ${
    metadata.rate_control.mean.toFixed(0)
  } p/s, max_window_excess ${metadata.rate_control.max_window_excess}, path loss ${
    metadata.loss.path === null
      ? "unknown"
      : (100 * metadata.loss.path.rate).toFixed(2) + "%"
  }, at the router ${(100 * dropped / metadata.packets_sent).toFixed(2)}%`,
);
if (!isMet) throw new Error("The long run failed");

/**
 * Lets the limit come and go until the scan is over; returns the packets that it has dropped. Its counter
 * stays when the rule goes, so that none is missed.
 */
async function toggleLimit(
  { router }: Network,
  isOver: () => boolean,
): Promise<number> {
  const nft = (commands: string): Promise<string> =>
    router.run("nft", ["-f", "-"], commands);
  const rule =
    `ip saddr ${SCANNER_ADDRESS} limit rate over ${LIMIT_PPS}/second burst ${
      LIMIT_PPS / 100
    } packets counter name "dropped" drop`;
  await nft(`table ip long_run {
    counter dropped { }
    chain forwarding { type filter hook forward priority 0; policy accept; }
  }`);
  for (let isLimited = true; !isOver(); isLimited = !isLimited) {
    await sleep(PHASE_MS);
    await nft(
      isLimited
        ? `add rule ip long_run forwarding ${rule}`
        : "flush chain ip long_run forwarding",
    );
  }
  const counter = ["list", "counter", "ip", "long_run", "dropped"];
  return Number(/packets (\d+)/.exec(await router.run("nft", counter))![1]);
}

/** Of any process; only a program outside of Deno may look. */
async function residentSize(
  { router }: Network,
  processId: number,
): Promise<number> {
  const text = await router.run("cat", [`/proc/${processId}/status`]);
  return Number(/VmRSS:\s+(\d+) kB/.exec(text)?.[1]);
}

function balanceChecks(
  metadata: ScanMetadata,
  probes: number,
  carried: number,
): readonly Check[] {
  const { capture, receive, send } = metadata.ledger;
  return [
    ...ledgerChecks(metadata),
    equal(
      "accepted = arrived at the target + dropped by the router",
      send.accepted!,
      probes + dropped,
    ),
    {
      name: "the router's interface got what was accepted, and little else",
      seen: `${carried} ≥ ${send.accepted}`,
      isMet: carried >= send.accepted! && carried < send.accepted! + 1000,
    },
    equal(
      "answered by the target = captured + lost in the ring",
      probes,
      receive.seen! + capture.dropped!,
    ),
  ];
}

/** Compares the middle third with the last: a line through all would follow the start. */
function memoryCheck(sizes: readonly number[]): Check {
  const third = Math.floor(sizes.length * WARM_SHARE);
  const middle = mean(sizes.slice(third, 2 * third));
  const last = mean(sizes.slice(-third));
  const growth = last / middle - 1;
  return {
    name: `memory flat: last third over the middle one, at most ${
      100 * MAX_GROWTH
    }%`,
    seen: `${Math.round(middle / 1024)} → ${Math.round(last / 1024)} MiB, ${
      (100 * growth).toFixed(2)
    }%`,
    isMet: growth <= MAX_GROWTH,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function warningCheck(stderr: string): Check {
  const count = stderr.split("\n").filter((line) => line.includes("[WARN]"))
    .length;
  return {
    name: `warnings fewer than ${MAX_WARNINGS} lines`,
    seen: String(count),
    isMet: count < MAX_WARNINGS,
  };
}
