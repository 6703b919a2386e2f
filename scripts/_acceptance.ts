/** What the scripts share that put the measurement of loss to the test. */
import type { Network } from "../src/demo/mod.ts";
import type { LiarReport, Lies } from "../tests/e2e/lies.ts";
import { startLiars } from "../tests/e2e/liars.ts";
import { runScan } from "../tests/e2e/network_fixture.ts";
import { figuresOf, type ScanFigures } from "../tests/e2e/scan_figures.ts";

/** What `--dedup-method` takes. */
export const DEDUP_METHODS = ["none", "window", "full"] as const;
/** What `--on-loss` takes. */
export const ON_LOSS = ["warn", "slow", "abort"] as const;
/** Seconds after which a scan that hardly sends any more is ended. */
const MAX_RUNTIME_S = 60;

/** What a scan showed, and what its hosts were asked meanwhile. */
export interface Seen extends ScanFigures {
  readonly report: LiarReport;
}

/** Names of the columns that `cellsOf` fills. */
export const SEEN_COLUMNS: readonly string[] = [
  ...["hosts found", "lost here", "loss", "coverage", "packets sent", "passes"],
  ...["most follow-ups to one host", "mean p/s", "exit code", "exit reason"],
];

/** Scans while hosts lie, or none does. */
export async function scanAmongLiars(
  network: Network,
  lies: Lies,
  args: readonly string[],
): Promise<Seen> {
  await using liars = await startLiars(network, lies);
  const scan = await runScan(network, [
    ...["-f", "saddr", "--max-runtime", String(MAX_RUNTIME_S), ...args],
  ]);
  const report = await liars.end();
  return { ...figuresOf(scan), report };
}

/** The cells of `SEEN_COLUMNS`. */
export function cellsOf(seen: Seen): string[] {
  return [
    String(seen.found),
    String(seen.lostHere),
    percent(seen.loss),
    percent(seen.coverage),
    String(seen.packetsSent),
    String(seen.passes),
    String(seen.report.mostFollowUps),
    seen.meanPps.toFixed(0),
    String(seen.code),
    seen.exitReason,
  ];
}

function percent(share: number | null): string {
  return share === null ? "not known" : `${(100 * share).toFixed(2)}%`;
}
