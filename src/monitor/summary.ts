import { type AliasCounts, aliasRows } from "./alias_rows.ts";
import { summaryRow as row } from "./_summary_row.ts";
import { interfaceNameOf } from "../link/mod.ts";
import { totalsByFamily } from "./by_family.ts";
import { formatCount, formatPercent, formatRate } from "./format.ts";
import { type Ledger, LOSS_PLACES, type LossPlace } from "./ledger.ts";
import { firstRemedy, refusalCounts } from "./refusals.ts";

/** Targets of one family. */
export interface FamilyTargets {
  readonly planned: number;
  readonly probed: number;
}

/** What the last words about a scan need besides its ledger. */
export interface SummaryFacts {
  readonly targetsPlanned: number;
  /** Of both families where there are targets of both; null: there is one. */
  readonly byFamily: Readonly<Record<"ipv4" | "ipv6", FamilyTargets>> | null;
  readonly targetsProbed: number;
  /** Whether the kind of probe can tell application successes. */
  readonly hasAppSuccess: boolean;
  /** Time spent sending, in seconds. */
  readonly sendSeconds: number;
  /** What is known of the loss on the way, as lines of text. */
  readonly pathLines: readonly string[];
  /** Why the scan ended before its time, or null. */
  readonly endedEarly: string | null;
  /** Addresses of this host among the targets, for which nobody answers. */
  readonly ownAddresses: number;
  /** Null: nobody asked for aliased prefixes. */
  readonly aliases: AliasCounts | null;
  /**
   * What came in while the scan ran and was not probed.
   *
   * @default {[]}
   */
  readonly notProbed?: readonly {
    readonly name: string;
    readonly count: number;
    readonly note: string;
  }[];
}

/** The summary and the ledger of a finished scan, as lines of text. */
export function summaryLines(ledger: Ledger, facts: SummaryFacts): string[] {
  const { send, receive } = ledger;
  const rate = facts.sendSeconds > 0 ? send.accepted / facts.sendSeconds : 0;
  return [
    facts.endedEarly === null
      ? "Scan complete"
      : `Scan ended early: ${facts.endedEarly}`,
    row(
      "targets probed",
      facts.targetsProbed,
      `of ${formatCount(facts.targetsPlanned)}`,
    ),
    ...(facts.notProbed ?? []).map(({ name, count, note }) =>
      row(name, count, note)
    ),
    ...familyLines(ledger, facts),
    ...(facts.ownAddresses > 0
      ? [row(
        "addresses of this host itself",
        facts.ownAddresses,
        "nobody answers for them; scan them by themselves, with -i lo",
      )]
      : []),
    row(
      "packets sent",
      send.accepted,
      `in ${facts.sendSeconds.toFixed(2)} s, ${formatRate(rate)} on average`,
    ),
    row(
      "hosts that answered with success",
      receive.successUnique,
      formatPercent(receive.successUnique, facts.targetsProbed),
    ),
    ...(facts.hasAppSuccess
      ? [row(
        "of these, application successes",
        receive.appSuccessUnique,
        formatPercent(receive.appSuccessUnique, facts.targetsProbed),
      )]
      : []),
    row("other valid answers", receive.failureUnique, ""),
    row("repeats", receive.repeats, ""),
    ...(receive.differing > 0
      ? [row(
        "answers that differ",
        receive.differing,
        "from an earlier one to the same probe: somebody on the way may inject them",
      )]
      : []),
    ...aliasRows(facts.aliases, send.aliases),
    ...ledgerLines(ledger),
    ...facts.pathLines,
  ];
}

/** What went in and came out at each step, and what was lost where, as lines of text. */
export function ledgerLines(ledger: Ledger): string[] {
  const { send, receive } = ledger;
  const lines = [
    "Ledger",
    row(
      "frames made",
      send.made,
      `= ${formatCount(send.accepted)} accepted + ${
        formatCount(send.abandoned)
      } given up + ${formatCount(send.pending)} not sent`,
    ),
    ...(send.noNeighbour > 0
      ? [row(
        "probes without a neighbour",
        send.noNeighbour,
        "not made: nobody on the link has the address, or this host itself",
      )]
      : []),
    row(
      "packets captured",
      receive.seen,
      `= ${formatCount(receive.valid)} valid + ${
        formatCount(receive.invalid)
      } failed validation + ${
        formatCount(receive.unrecognised)
      } no answer to a probe + ${
        formatCount(receive.outside)
      } from no target + ${
        formatCount(receive.damaged + receive.fragments + receive.otherLink)
      } damaged`,
    ),
    row(
      "valid answers",
      receive.valid,
      `= ${
        formatCount(
          receive.handedOver - ledger.output.filtered -
            ledger.output.lostRows - ledger.output.interrupted,
        )
      } written + ${formatCount(receive.followUps)} to follow-ups + ${
        receive.aliases > 0
          ? `${formatCount(receive.aliases)} of tested prefixes + `
          : ""
      }${
        formatCount(receive.filtered + ledger.output.filtered)
      } not asked for + ${
        ledger.output.interrupted > 0
          ? `${formatCount(ledger.output.interrupted)} when a run was killed + `
          : ""
      }${formatCount(receive.lostHandOver + ledger.output.lostRows)} lost`,
    ),
    "Lost",
  ];
  for (const place of LOSS_PLACES) {
    const note = noteOf(place, ledger);
    lines.push(row(place, ledger.places[place], note));
  }
  return lines;
}

/** What became of each of both families. */
function familyLines(
  ledger: Ledger,
  { byFamily }: SummaryFacts,
): string[] {
  if (byFamily === null) return [];
  const totals = totalsByFamily(ledger, "both");
  return ([["IPv4", "ipv4"], ["IPv6", "ipv6"]] as const).map(
    ([name, family]) => {
      const { planned, probed } = byFamily[family];
      const { sent, successUnique } = totals[family];
      return row(
        `of these, ${name}`,
        probed,
        `of ${formatCount(planned)}; ${formatCount(sent)} packets, ${
          formatCount(successUnique)
        } hosts answered with success`,
      );
    },
  );
}

function noteOf(
  place: LossPlace,
  { receive, send }: Ledger,
): string {
  const { abandonedByErrno, filter, refusedByErrno } = send;
  switch (place) {
    case "send: refused":
      return refusedByErrno.size === 0
        ? ""
        : `${refusalCounts(refusedByErrno, filter)}; sent again`;
    case "send: given up":
      return abandonedByErrno.size === 0
        ? ""
        : `${refusalCounts(abandonedByErrno, filter)}. ${
          firstRemedy(abandonedByErrno, filter)
        }`;
    case "receive: elsewhere":
      return receive.elsewhere === 0
        ? ""
        : `valid answers at ${
          interfaceNameOf(receive.elsewhereInterface)
        }, which is not captured`;
    default:
      return "";
  }
}
