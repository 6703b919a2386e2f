import type { Slice } from "./slice.ts";

/** Expected answers by which a time is judged: where one of them comes at most, chance explains it in 4% of the cases. */
const LEAST_EXPECTED = 5;
/** Answers by which the share of targets that answers is known well enough. */
const LEAST_ANSWERS = 30;
/** Share of the expected answers from which something came through. */
const ALIVE_SHARE = 0.5;

/**
 * Since when next to nothing of what was sent has been answered: seen from the latest slice backwards, the beginning
 * of the last stretch of time in which answers came as before. The change lies somewhere in that stretch, so all of it
 * counts. Null when no slice tells.
 *
 * Slices that are so young that their answers are still on their way count as not answered; only slices that probe
 * targets for the first time tell anything.
 *
 * @param slices oldest first
 * @param heardS answers that came up to then are counted
 * @param delayS time in which nearly all answers come
 */
export function deadSinceS(
  slices: readonly Slice[],
  heardS: number,
  delayS: number,
): number | null {
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
    if (expected < LEAST_EXPECTED) continue;
    if (answers >= ALIVE_SHARE * expected) return slice.startS;
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
