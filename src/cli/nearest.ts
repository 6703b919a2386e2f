/** Names further away than this are not taken for a slip of the finger. */
const MAX_DISTANCE = 2;

/**
 * The candidate that the user most likely meant: one that `name` is the beginning of, or one at most two typing
 * errors away (fewer for short names). Null when there is none.
 */
export function nearestName(
  name: string,
  candidates: Iterable<string>,
): string | null {
  let nearest: string | null = null;
  let best = Math.min(MAX_DISTANCE, Math.floor(name.length / 2)) + 1;
  for (const candidate of candidates) {
    if (name.length >= 3 && candidate.startsWith(name)) return candidate;
    const distance = typingErrors(name, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment). */
function typingErrors(from: string, to: string): number {
  let twoBack: number[] = [];
  let oneBack = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1];
      let cost = Math.min(
        oneBack[j]! + 1,
        row[j - 1]! + 1,
        oneBack[j - 1]! + (isSame ? 0 : 1),
      );
      if (
        i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      ) {
        cost = Math.min(cost, twoBack[j - 2]! + 1);
      }
      row.push(cost);
    }
    twoBack = oneBack;
    oneBack = row;
  }
  return oneBack[to.length]!;
}
