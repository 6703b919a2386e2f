import {
  formatCount,
  type Ledger,
  LOSS_PLACES,
  lossEstimateText,
  type LossPlace,
} from "../monitor/mod.ts";
import {
  combineLoss,
  countPositions,
  type LossEstimate,
  type PathLoss,
  type PositionRange,
} from "../loss/mod.ts";
import type { LossConfig } from "./config.ts";
import type { PathReport, RateChange } from "./path_report.ts";

/** What the report is made from. */
export interface LossFacts {
  readonly config: LossConfig;
  readonly path: PathReport;
  readonly ledger: Ledger;
  readonly askedPps: number | "auto";
  readonly maxWindowExcess: number;
}

/** What was lost in a scan, and what that means for its result. */
export interface LossReport {
  /** Loss of the round trip in the whole scan; null with a reason. */
  readonly path: LossEstimate | null;
  readonly pathReason: string | null;
  /** Follow-up probes whose outcome is known. */
  readonly followUps: number;
  /** Share of the targets probed of whose loss nothing is known, 0 to 1. */
  readonly unknownShare: number;
  readonly places: Readonly<Record<LossPlace, number>>;
  /** Hosts that would have answered, but are not in the results; null: not known. */
  readonly missedEstimate: number | null;
  /** Share of the hosts that would have answered, and are in the results; null: not known. */
  readonly coverageEstimate: number | null;
  readonly askedPps: number | "auto";
  /** Packets per second while there was something to send. */
  readonly meanPps: number;
  /** Packets by which the busiest 100 ms exceeded rate × 0.1 s + burst; 0 when none did. */
  readonly maxWindowExcess: number;
  readonly changes: readonly RateChange[];
  readonly passes: number;
  /** Positions whose loss stayed above the target. */
  readonly uncovered: readonly PositionRange[];
  /** Whether more was lost than the target allows, for certain. */
  readonly isAboveTarget: boolean;
  /** The same for people. */
  readonly lines: readonly string[];
}

/** Ranges that are written out for people at most. */
const MAX_RANGES = 5;
/** A smaller unknown share is not worth a line. */
const LEAST_UNKNOWN = 0.0005;

/** What is lost there depends on no rate, or is sent again. */
const FREE_OF_RATE: ReadonlySet<LossPlace> = new Set([
  "send: refused",
  "send: given up",
  "receive: elsewhere",
  "output",
]);

/** Sums up what was lost. */
export function lossReport(facts: LossFacts): LossReport {
  const { config, ledger, path } = facts;
  const loss = combinedLoss(path.losses);
  const delivered = deliveredShare(path, ledger);
  const stored = 1 - lostAnswers(ledger);
  const coverageEstimate = delivered === null ? null : delivered * stored;
  const found = ledger.receive.successUnique + ledger.receive.failureUnique;
  const isPathAbove = path.coverage === null
    ? loss !== null && loss.low > config.target
    : path.coverage.uncovered.length > 0;
  const ownLoss = 1 -
    stored * (path.coverage === null ? keptShare(ledger) : knownShare(ledger));
  const report = {
    path: loss,
    pathReason: loss === null ? path.reason : null,
    followUps: path.losses.reduce((sum, one) => sum + one.followUps, 0),
    unknownShare: path.unknownShare,
    places: ledger.places,
    missedEstimate: delivered === null || delivered === 0
      ? null
      : Math.round(found / delivered * (1 - delivered * stored)),
    coverageEstimate,
    askedPps: facts.askedPps,
    meanPps: path.meanPps,
    maxWindowExcess: facts.maxWindowExcess,
    changes: path.changes,
    passes: path.passes,
    uncovered: path.coverage?.uncovered ?? [],
    isAboveTarget: isPathAbove || ownLoss > config.target,
  };
  return { ...report, lines: linesOf(report, config, path.coverage !== null) };
}

/** One estimate for all probes to a target; null: nothing is known of any. */
export function combinedLoss(losses: readonly PathLoss[]): LossEstimate | null {
  return combineLoss(losses.map(({ estimate }) => estimate));
}

/** Packets that this machine has lost, sent or received, as it may at too high a rate. */
export function localLosses(ledger: Ledger): number {
  return LOSS_PLACES.reduce(
    (sum, place) => FREE_OF_RATE.has(place) ? sum : sum + ledger.places[place],
    0,
  );
}

/** All packets that this machine has lost, sent or received; those that were refused are sent again. */
export function allLosses(ledger: Ledger): number {
  const { places } = ledger;
  return localLosses(ledger) + places["send: given up"] +
    places["receive: elsewhere"];
}

/**
 * Share of the answering hosts whose answer reached this program, of those targets of which something is known; null:
 * of none. What is known of this machine's own losses bounds it, for the case that no host could be asked again.
 */
function deliveredShare(
  { coverage, losses }: PathReport,
  ledger: Ledger,
): number | null {
  const { abandoned, accepted } = ledger.send;
  if (accepted + abandoned === 0) return null;
  const given = knownShare(ledger);
  if (given === 0 && allLosses(ledger) > 0) return 0;
  if (coverage !== null) {
    return coverage.unknown === 1 ? null : given * (1 - coverage.loss);
  }
  const known = losses.filter(({ estimate }) => estimate !== null);
  if (known.length === 0) return null;
  // Each further probe to a target is a further chance.
  const product = (read: (loss: LossEstimate) => number): number =>
    known.reduce((all, { estimate }) => all * read(estimate!), 1);
  const ownLost = (1 - roundTripShare(ledger)) ** known.length;
  // What the interface drops may be anyone's packets: follow-ups tell how many of the scan's there can be.
  const lost = Math.min(ownLost, product(({ high }) => high));
  return given * (1 - Math.max(lost, product(({ rate }) => rate)));
}

/**
 * Share of the targets whose frames were not given up and whose answers come to the interface that is captured: no
 * follow-up tells of the others.
 */
function knownShare({ receive, send }: Ledger): number {
  const offered = send.accepted + send.abandoned;
  // Where there was nothing to send, nothing was lost.
  const given = offered === 0 ? 1 : send.accepted / offered;
  const { elsewhere, valid } = receive;
  return given * (1 - elsewhere / Math.max(1, elsewhere + valid));
}

/** Share of the frames that neither was given up nor certainly lost in this machine. */
function keptShare(ledger: Ledger): number {
  const { places, receive, send } = ledger;
  const queued = places["send: queue"] / Math.max(1, send.accepted);
  const ring = places["receive: ring"];
  return knownShare(ledger) * (1 - Math.min(1, queued)) *
    (1 - ring / Math.max(1, ring + receive.seen));
}

/** Share of the round trips that this machine did not lose itself. */
function roundTripShare({ places, receive, send }: Ledger): number {
  const outward = places["send: queue"] + places["send: device"];
  const homeward = places["receive: ring"] + places["receive: device"];
  return (1 - Math.min(1, outward / Math.max(1, send.accepted))) *
    (1 - homeward / Math.max(1, homeward + receive.seen));
}

/** Share of the answers that came and could not be stored. */
function lostAnswers({ output, receive }: Ledger): number {
  const lost = receive.lostHandOver + output.lostRows;
  return lost / Math.max(1, receive.handedOver + receive.lostHandOver);
}

function linesOf(
  report: Omit<LossReport, "lines">,
  config: LossConfig,
  isHealed: boolean,
): string[] {
  const { coverageEstimate, missedEstimate, path, pathReason } = report;
  const lines = [
    "Path",
    `  loss of the round trip: ${lossEstimateText(path)}` +
    (path === null
      ? ` (${pathReason})`
      : `, from ${formatCount(report.followUps)} follow-up probes`),
  ];
  if (coverageEstimate !== null) {
    const missed = missedEstimate === null
      ? ""
      : `, about ${formatCount(missedEstimate)} answering hosts missed`;
    const percent = (100 * coverageEstimate).toFixed(2);
    lines.push(`  estimated coverage: ${percent}%${missed}`);
  }
  if (report.unknownShare > LEAST_UNKNOWN) {
    const percent = (100 * report.unknownShare).toFixed(1);
    lines.push(`  loss not known for ${percent}% of the targets probed`);
  }
  return isHealed ? [...lines, ...healingLines(report, config)] : lines;
}

function healingLines(
  { passes, uncovered }: Omit<LossReport, "lines">,
  { target }: LossConfig,
): string[] {
  const count = formatCount(countPositions(uncovered));
  const lines = [
    `  passes: ${passes}; targets not covered within ${
      100 * target
    }% loss: ${count}`,
    ...uncovered.slice(0, MAX_RANGES).map(({ first, end }) =>
      `    positions ${first} to ${end - 1}`
    ),
  ];
  const more = uncovered.length - MAX_RANGES;
  if (more > 0) lines.push(`    and ${more} more ranges, see the metadata`);
  return lines;
}
