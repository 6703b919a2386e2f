/** What was sent in a stretch of time, and what is known of it. */
export interface Evidence {
  /** Packets to targets. */
  readonly packets: number;
  /** Of these, those whose answers could be counted. */
  readonly counted: number;
  /** The answers of `counted`. */
  readonly answers: number;
  /** Follow-ups whose outcome is known. */
  readonly tried: number;
  /** Those of `tried` that nobody answered. */
  readonly silent: number;
}

export const NO_EVIDENCE: Evidence = {
  packets: 0,
  counted: 0,
  answers: 0,
  tried: 0,
  silent: 0,
};

/** Adds up what is known of several stretches. */
export function sumEvidence(all: readonly Evidence[]): Evidence {
  let [packets, counted, answers, tried, silent] = [0, 0, 0, 0, 0];
  for (const one of all) {
    packets += one.packets;
    counted += one.counted;
    answers += one.answers;
    tried += one.tried;
    silent += one.silent;
  }
  return { packets, counted, answers, tried, silent };
}

/**
 * How well one hit rate and one loss explain a stretch: the log-likelihood at the values that fit best, without
 * what does not depend on how the scan is cut.
 */
export function ownNats(
  { answers, counted, silent, tried }: Evidence,
): number {
  return timesLog(answers, answers / Math.max(counted, 1)) +
    timesLog(silent, silent / Math.max(tried, 1)) +
    timesLog(tried - silent, 1 - silent / Math.max(tried, 1));
}

/**
 * The most likely share of the round trips that succeed, of a stretch in which `expected` answers come when all
 * of them do: follow-ups are binomial, answers Poisson. It solves e q² - (e + a + f) q + a = 0 with a all answers
 * and f the silent follow-ups.
 */
export function likelyDelivery(
  { answers, silent, tried }: Evidence,
  expected: number,
): number {
  const answered = answers + tried - silent;
  if (answered === 0) return 0;
  if (expected <= 0) return tried > 0 ? 1 - silent / tried : 1;
  const sum = expected + answered + silent;
  const root = Math.sqrt(Math.max(0, sum * sum - 4 * expected * answered));
  return Math.min(1, (sum - root) / (2 * expected));
}

/** How well `expected` answers explain a stretch, with the loss that fits best. */
export function jointNats(evidence: Evidence, expected: number): number {
  const { answers, silent, tried } = evidence;
  const delivery = likelyDelivery(evidence, expected);
  return timesLog(answers, expected) +
    timesLog(answers + tried - silent, delivery) +
    timesLog(silent, 1 - delivery) - expected * delivery;
}

function timesLog(count: number, share: number): number {
  return count > 0 ? count * Math.log(share) : 0;
}
