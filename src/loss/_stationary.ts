import {
  type Evidence,
  NO_EVIDENCE,
  ownNats,
  sumEvidence,
} from "./_evidence.ts";

/**
 * Evidence for a change, in nats: the likelihood ratio of 3,000 to 1. With some hundred places where a change may be,
 * chance reaches it in one of some ten scans; then both parts are nearly alike, and little changes. Around a stretch
 * between two others there are ten times as many places.
 */
const CHANGE_NATS = 8;
const BURST_NATS = 10;
/** Longest stretch that is looked for as a whole between two others: longer ones show by one of their ends. */
const LONGEST_BURST = 16;

/**
 * Cuts a sequence into stretches in which nothing changes: at the place, or around the short stretch, that explains it
 * best, then all parts in the same way, as long as a cut explains enough (binary segmentation, Scott and Knott, 1974,
 * and its circular form, Olshen and others, 2004). The order of targets is random, so the share of them that answers
 * changes when the path does, and for no other reason.
 *
 * @returns where stretches begin, in order, the first one included
 */
export function stationaryParts(all: readonly Evidence[]): number[] {
  const sums = [NO_EVIDENCE];
  for (const one of all) sums.push(sumEvidence([sums.at(-1)!, one]));
  const starts: number[] = [];
  const waiting: Range[] = [[0, all.length]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [first, end] = next;
    const burst = bestBurst(sums, next);
    if (burst === null) {
      starts.push(first);
      continue;
    }
    const edges = [...new Set([first, ...burst, end])];
    for (let at = 1; at < edges.length; at++) {
      waiting.push([edges[at - 1]!, edges[at]!]);
    }
  }
  return starts.sort((a, b) => a - b);
}

type Range = readonly [number, number];

/** The stretch that differs most from the rest of a part; it may reach up to one of its ends. */
function bestBurst(sums: readonly Evidence[], part: Range): Range | null {
  const [first, end] = part;
  const total = difference(sums[end]!, sums[first]!);
  const none = ownNats(total);
  let most = 0;
  let best: Range | null = null;
  const look = (from: number, to: number, needed: number): void => {
    const inside = difference(sums[to]!, sums[from]!);
    const rest = difference(total, inside);
    const excess = ownNats(inside) + ownNats(rest) - none - needed;
    if (excess <= most) return;
    most = excess;
    best = [from, to];
  };
  for (let at = first + 1; at < end; at++) {
    look(first, at, CHANGE_NATS);
    for (let to = at + 1; to < Math.min(end, at + LONGEST_BURST); to++) {
      look(at, to, BURST_NATS);
    }
  }
  return best;
}

function difference(a: Evidence, b: Evidence): Evidence {
  return {
    packets: a.packets - b.packets,
    counted: a.counted - b.counted,
    answers: a.answers - b.answers,
    tried: a.tried - b.tried,
    silent: a.silent - b.silent,
  };
}
