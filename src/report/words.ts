import type { Finding, FindingLevel } from "../page/story.ts";
import { countText, shareText } from "../page/units.ts";
import { formatCount } from "../monitor/format.ts";
import { type Facts, numberAt, textAt, valueAt } from "./facts.ts";
import { PLACE_WORDS } from "./place_words.ts";

/** A loss below this share of what was sent or received is a note, not a warning. */
const NOTABLE_SHARE = 0.0005;
const BAD_SHARE = 0.01;
/** A smaller unknown share is not worth a word. */
const LEAST_UNKNOWN = 0.0005;

/** Says in plain words what became of a scan: what is missing, what is not known, and what to do about it. */
export function findingsOf(metadata: Facts): Finding[] {
  return [
    verdict(metadata),
    ...placeFindings(metadata),
    ...pathFindings(metadata),
    ...unknownFindings(metadata),
    ...targetFindings(metadata),
    ...outageFindings(metadata),
    ...runFindings(metadata),
  ];
}

function verdict(metadata: Facts): Finding {
  const reason = textAt(metadata, "exit_reason");
  const scanned = numberAt(metadata, "targets_scanned");
  const found = numberAt(metadata, "success_unique");
  const coverage = numberAt(metadata, "loss.coverage_estimate");
  const missed = numberAt(metadata, "loss.missed_estimate");
  const isDone = reason === "completed";
  const covered = coverage === null
    ? "How many of the hosts that would have answered are missing is not known."
    : `An estimated ${
      shareText(coverage)
    } of the hosts that would have answered are in the results${
      missed === null || missed === 0
        ? ""
        : `; about ${formatCount(missed)} are missing`
    }.`;
  return {
    level: reason === null
      ? "note"
      : !isDone
      ? "bad"
      : coverage !== null && coverage < 1 - BAD_SHARE
      ? "warning"
      : coverage === null
      ? "note"
      : "good",
    title: isDone
      ? "The scan is complete"
      : reason === null
      ? "How the scan ended is not known"
      : `The scan ended early: ${reason}`,
    text: `${countText(scanned)} targets got their probe, and ${
      countText(found)
    } hosts answered with success. ${covered}`,
    remedy: isDone || reason === null
      ? ""
      : "Go on with it where a checkpoint is left: pacemap resume",
  };
}

/** One for each place that has lost something, and one for all others together. */
function placeFindings(metadata: Facts): Finding[] {
  const places = Object.entries(PLACE_WORDS);
  const counts = places.map(([place]) =>
    numberAt(valueAt(metadata, "loss.places") as Facts | null, [place]) ?? 0
  );
  const sent = numberAt(metadata, "packets_sent") ?? 0;
  const seen = numberAt(metadata, "ledger.receive.seen") ?? 0;
  const findings = places.flatMap(
    ([place, { remedy, what }], at): Finding[] => {
      const count = counts[at]!;
      if (count === 0) return [];
      const share = count /
        Math.max(1, place.startsWith("send") ? sent : seen + count);
      return [{
        level: place === "send: refused" ? "note" : levelOf(share),
        title: `${place}: ${formatCount(count)}`,
        text: `${what}${causesText(metadata, place)}`,
        remedy,
      }];
    },
  );
  if (findings.length > 0) return findings;
  const isKnown = valueAt(metadata, "loss.places") !== null;
  return [
    isKnown
      ? {
        level: "good",
        title: "Nothing was lost on this machine",
        text:
          "Every frame that was made left it, and every answer that came was read and written: at each place of the ledger the count of losses is 0.",
        remedy: "",
      }
      : {
        level: "note",
        title: "What was lost on this machine is not known",
        text: "The metadata do not tell.",
        remedy: "",
      },
  ];
}

function causesText(metadata: Facts, place: string): string {
  const key = place === "send: given up"
    ? "abandonedByErrno"
    : place === "send: refused"
    ? "refusedByErrno"
    : null;
  if (key === null) return "";
  const causes = Object.entries(
    valueAt(metadata, `ledger.send.${key}`) as Facts | null ?? {},
  );
  return causes.length === 0
    ? ""
    : ` The kernel's reasons: ${
      causes.map(([name, count]) =>
        `${name} ${formatCount(Number(count))} times`
      )
        .join(", ")
    }.`;
}

function pathFindings(metadata: Facts): Finding[] {
  const rate = numberAt(metadata, "loss.path.rate");
  if (rate === null) {
    const reason = textAt(metadata, "loss.path_reason") ?? "nothing tells";
    return [{
      level: "note",
      title: "The loss on the way is not known",
      text: `No estimate could be made: ${reason}.`,
      remedy:
        "Hosts that answered are asked again to measure it: leave --loss-sample on, and give the scan targets that answer",
    }];
  }
  const low = numberAt(metadata, "loss.path.low") ?? 0;
  const high = numberAt(metadata, "loss.path.high") ?? 1;
  const samples = numberAt(metadata, "loss.path.samples");
  const isLossy = low > 0.001;
  return [{
    level: isLossy ? levelOf(low) : "good",
    title: `Lost on the way: ${shareText(rate)}`,
    text: `Of the round trips to hosts that answer, between ${
      shareText(low)
    } and ${
      shareText(high)
    } were lost between this machine and them (95% interval${
      samples === null ? "" : `, from ${formatCount(samples)} samples`
    }).`,
    remedy: isLossy
      ? "Scan slower, or let pacemap find the rate: --rate auto; with --on-loss slow what was lost is sent again"
      : "",
  }];
}

function unknownFindings(metadata: Facts): Finding[] {
  const unknown = numberAt(metadata, "loss.unknown_share") ?? 0;
  const uncovered = rangesCount(valueAt(metadata, "ranges_uncovered"));
  const findings: Finding[] = [];
  if (unknown > LEAST_UNKNOWN && unknown < 1) {
    findings.push({
      level: "note",
      title: `Not known for ${shareText(unknown)} of the targets`,
      text:
        "While these were probed, too few hosts answered to tell how many packets were lost.",
      remedy: "A higher --loss-sample asks more of those that answer",
    });
  }
  if (uncovered > 0) {
    findings.push({
      level: "bad",
      title: `Not covered: ${formatCount(uncovered)} targets`,
      text:
        "The loss stayed above the target while these were probed, in each pass. They are shown in the map, and ranges_uncovered in the metadata lists them.",
      remedy:
        "Scan them again at a lower rate, or allow more passes: --max-passes",
    });
  }
  return findings;
}

function targetFindings(metadata: Facts): Finding[] {
  const findings: Finding[] = [];
  const missing = numberAt(metadata, "ledger.send.noNeighbour") ?? 0;
  const own = numberAt(metadata, "own_addresses") ?? 0;
  if (missing > 0) {
    findings.push({
      level: "note",
      title: `Without a neighbour: ${formatCount(missing)} probes`,
      text:
        "No host on the link has these addresses, so no probe to them could be sent.",
      remedy: "",
    });
  }
  if (own > 0) {
    findings.push({
      level: "note",
      title: `Addresses of this host: ${formatCount(own)}`,
      text: "Nobody on the link answers for them.",
      remedy: "Scan them by themselves, with -i lo",
    });
  }
  return findings;
}

function outageFindings(metadata: Facts): Finding[] {
  const outages = valueAt(metadata, "outages");
  if (!Array.isArray(outages)) return [];
  return outages.map((outage: Facts): Finding => ({
    level: outage.end_time === null ? "bad" : "note",
    title: `The network did not work: ${outage.reason}`,
    text: `From ${outage.start_time} to ${
      outage.end_time ?? "the end of the scan"
    }. ${
      formatCount(Number(outage.sent_again))
    } targets were probed again because of it.`,
    remedy: "",
  }));
}

function runFindings(metadata: Facts): Finding[] {
  const runs = valueAt(metadata, "runs");
  return Array.isArray(runs) && runs.length > 1
    ? [{
      level: "note",
      title: `The scan took ${runs.length} runs`,
      text:
        "All figures are about all of them together; the course, the map and the lists are of the last one.",
      remedy: "",
    }]
    : [];
}

function levelOf(share: number): FindingLevel {
  return share >= BAD_SHARE
    ? "bad"
    : share >= NOTABLE_SHARE
    ? "warning"
    : "note";
}

function rangesCount(ranges: unknown): number {
  return Array.isArray(ranges)
    ? ranges.reduce((sum, [first, end]) => sum + Number(end) - Number(first), 0)
    : 0;
}
