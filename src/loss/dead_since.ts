import type { Slice } from "./slice.ts";

/** Expected answers by which a time is judged: where one of them comes at most, chance explains it in 4% of the cases. */
const LEAST_EXPECTED = 5;
/** Answers by which the share of targets that answers is known well enough. */
const LEAST_ANSWERS = 30;
/** Gateways that are told apart: of more, one that is dead shows too little. */
const MOST_GATEWAYS = 4;
/** Expected answers, for each square of the gateways, by which half of one gateway's are two standard deviations. */
const EXPECTED_PER_SQUARE = 16;

/**
 * Since when next to nothing of what was sent has been answered, through one gateway at least: seen from the latest slice backwards, the beginning
 * of the last stretch of time in which answers came as before. The change lies somewhere in that stretch, so all of it
 * counts. Null when no slice tells.
 *
 * Slices that are so young that their answers are still on their way count as not answered; only slices that probe
 * targets for the first time tell anything.
 *
 * @param slices oldest first
 * @param heardS answers that came up to then are counted
 * @param delayS time in which nearly all answers come
 * @param gateways how many there are; each is taken for as good as the others
 */
export function deadSinceS(
  slices: readonly Slice[],
  heardS: number,
  delayS: number,
  gateways = 1,
): number | null {
  const told = Math.min(Math.max(1, gateways), MOST_GATEWAYS);
  // Half of what one gateway should have brought may be missing.
  const aliveShare = 1 - 1 / (2 * told);
  const leastExpected = told === 1
    ? LEAST_EXPECTED
    : EXPECTED_PER_SQUARE * told ** 2;
  const telling = slices.filter(({ isDisturbed, pass }) =>
    pass === 0 && !isDisturbed
  );
  const rate = hitRate(telling.filter(({ endS }) => endS + delayS <= heardS));
  if (rate === 0) return null;
  let [answers, expected] = [0, 0];
  for (let at = telling.length - 1; at >= 0; at--) {
    const slice = telling[at]!;
    answers += slice.answers;
    expected += slice.packets * rate;
    if (expected < leastExpected) continue;
    if (answers >= aliveShare * expected) return slice.startS;
    [answers, expected] = [0, 0];
  }
  return telling[0]!.startS;
}

/** The share of targets that answers, as long as the most of them did: the dead part must not lower what is expected. */
function hitRate(slices: readonly Slice[]): number {
  let [answers, best, packets] = [0, 0, 0];
  for (const slice of slices) {
    answers += slice.answers;
    packets += slice.packets;
    const isLast = slice === slices.at(-1);
    if (answers >= LEAST_ANSWERS || (isLast && best === 0)) {
      best = Math.max(best, answers / packets);
    }
  }
  return best;
}
