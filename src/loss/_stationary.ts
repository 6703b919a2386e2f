import { type Evidence, ownNats, sumEvidence } from "./_evidence.ts";

/**
 * Evidence for a change, in nats: the likelihood ratio of 3,000 to 1. With some hundred places where a change may be,
 * chance reaches it in one of some ten scans; then both parts are nearly alike, and little changes.
 */
const CHANGE_NATS = 8;

/**
 * Cuts a sequence into stretches in which nothing changes: by the place that explains it best, then both parts in the
 * same way, as long as a cut explains enough (binary segmentation, Scott and Knott, 1974). The order of targets is
 * random, so the share of them that answers changes when the path does, and for no other reason.
 *
 * @returns where stretches begin, in order, the first one included
 */
export function stationaryParts(all: readonly Evidence[]): number[] {
  const starts: number[] = [];
  const waiting: (readonly [number, number])[] = [[0, all.length]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [first, end] = next;
    const at = bestCut(all.slice(first, end));
    if (at === null) starts.push(first);
    else waiting.push([first + at, end], [first, first + at]);
  }
  return starts.sort((a, b) => a - b);
}

function bestCut(part: readonly Evidence[]): number | null {
  const whole = ownNats(sumEvidence(part));
  let before: Evidence = sumEvidence([]);
  let best = CHANGE_NATS;
  let at: number | null = null;
  const total = sumEvidence(part);
  for (let index = 1; index < part.length; index++) {
    before = sumEvidence([before, part[index - 1]!]);
    const gain = ownNats(before) + ownNats(difference(total, before)) - whole;
    if (gain <= best) continue;
    best = gain;
    at = index;
  }
  return at;
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
