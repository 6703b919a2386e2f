import type { CheckpointLife } from "../checkpoint/mod.ts";
import { countPositions } from "../loss/mod.ts";
import {
  type Ledger,
  type SummaryFacts,
  totalsByFamily,
} from "../monitor/mod.ts";
import type { ScanView } from "../page/view.ts";
import type { LossReport } from "./loss_report.ts";

/** What the summary in JSON is made from: what its text is made from. */
export interface ScanSummaryParts {
  readonly ledger: Ledger;
  readonly facts: SummaryFacts;
  readonly loss: LossReport;
  /** All runs of the scan. */
  readonly runs: readonly CheckpointLife[];
  /** What is wrong with outputs and inputs. */
  readonly faults: readonly string[];
  /** The file from which the scan can go on; null: none is left. */
  readonly checkpoint: string | null;
}

/** The summary of a scan for programs: all that its text tells, keys as in the metadata. */
export type ScanSummary = Readonly<Record<string, unknown>>;

/** Makes the summary of a scan for programs; `schemas/summary.schema.json` describes it. */
export function scanSummary(parts: ScanSummaryParts): ScanSummary {
  const { checkpoint, facts, faults, ledger, loss, runs } = parts;
  const { receive, send } = ledger;
  const { hasAppSuccess, sendSeconds } = facts;
  return {
    targets: {
      planned: facts.targetsPlanned,
      probed: facts.targetsProbed,
      own_addresses: facts.ownAddresses,
      without_neighbour: send.noNeighbour,
      not_probed: facts.notProbed ?? [],
    },
    families: familiesOf(parts),
    packets_sent: send.accepted,
    send_seconds: Number(sendSeconds.toFixed(3)),
    mean_rate: sendSeconds > 0
      ? Number((send.accepted / sendSeconds).toFixed(3))
      : 0,
    success_unique: receive.successUnique,
    app_success_unique: hasAppSuccess ? receive.appSuccessUnique : null,
    hitrate: facts.targetsProbed > 0
      ? 100 * receive.successUnique / facts.targetsProbed
      : 0,
    failure_unique: receive.failureUnique,
    repeat_total: receive.repeats,
    differing: receive.differing,
    aliased_prefixes: facts.aliases,
    ledger: ledgerBalances(ledger),
    lost: ledger.places,
    path: {
      loss: loss.path,
      reason: loss.pathReason,
      follow_ups: loss.followUps,
      unknown_share: loss.unknownShare,
      missed_estimate: loss.missedEstimate,
      coverage_estimate: loss.coverageEstimate,
      passes: loss.passes,
      positions_uncovered: countPositions(loss.uncovered),
      is_above_target: loss.isAboveTarget,
    },
    runs: Math.max(1, runs.length),
    faults,
    checkpoint,
  };
}

/** The three sums of the ledger, by the names of the text. */
export function ledgerBalances(
  { output, receive, send }: Ledger,
): ScanView["ledger"] {
  return {
    frames: {
      made: send.made,
      accepted: send.accepted,
      given_up: send.abandoned,
      not_sent: send.pending,
    },
    packets: {
      captured: receive.seen,
      valid: receive.valid,
      failed_validation: receive.invalid,
      no_answer_to_a_probe: receive.unrecognised,
      from_no_target: receive.outside,
      damaged: receive.damaged + receive.fragments + receive.otherLink,
    },
    answers: {
      valid: receive.valid,
      written: receive.handedOver - output.filtered - output.lostRows,
      to_follow_ups: receive.followUps,
      of_tested_prefixes: receive.aliases,
      not_asked_for: receive.filtered + output.filtered,
      lost: receive.lostHandOver + output.lostRows,
    },
  };
}

/** Of both families where there are targets of both; else null, as in the text. */
function familiesOf(
  { facts: { byFamily }, ledger }: ScanSummaryParts,
): Record<string, object> | null {
  if (byFamily === null) return null;
  const totals = totalsByFamily(ledger, "both");
  const of = (family: "ipv4" | "ipv6"): object => ({
    targets: byFamily[family].planned,
    targets_scanned: byFamily[family].probed,
    packets_sent: totals[family].sent,
    success_unique: totals[family].successUnique,
  });
  return { ipv4: of("ipv4"), ipv6: of("ipv6") };
}
