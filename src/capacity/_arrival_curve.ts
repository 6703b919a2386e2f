import type { SliceReport } from "../loss/mod.ts";

/** Width of the age classes in seconds, and their number: what is older counts as complete. */
const CLASS_S = 0.025;
const CLASSES = 80;
/** Half the length of slices up to which they count by their middle. */
const LONGEST_HALF_S = 0.05;
/** Weight of old observations halves in this time. */
const HALF_LIFE_S = 5;

/** The latest observation of a slice, and its answers at the start of the age class that it is in. */
interface Seen {
  ageS: number;
  answers: number;
  atClassStart: number;
}

/**
 * Which share of a slice's answers has arrived at an age: round-trip times are unknown, so a young slice
 * with few answers may be lossy or just young.
 *
 * Method: the chain ladder of reserving actuaries. For each age class, the growth from this class to the
 * next is pooled over all slices that have passed both; the share still to come is the product of the
 * growths ahead. Slices of all ages contribute what they show, none has to be complete.
 */
export class ArrivalCurve {
  readonly #before: Float64Array = new Float64Array(CLASSES);
  readonly #after: Float64Array = new Float64Array(CLASSES);
  readonly #share: Float64Array = new Float64Array(CLASSES + 1).fill(1);
  readonly #variance: Float64Array = new Float64Array(CLASSES + 1);
  readonly #seen = new Map<number, Seen>();
  #latestS = -Infinity;
  #hasAnswers = false;

  /** Learns from the slices' counts at `nowS`. */
  observe(slices: readonly SliceReport[], nowS: number): void {
    this.#fade(nowS);
    for (const slice of slices) {
      if (slice.pass > 0) continue;
      if (slice.answers > 0) this.#hasAnswers = true;
      this.#follow(slice, arrivalAge(slice, nowS));
    }
    for (let at = CLASSES - 1; at >= 0; at--) {
      const [before, after] = [this.#before[at]!, this.#after[at]!];
      const growth = after > 0 ? before / after : 1;
      this.#share[at] = this.#share[at + 1]! * growth;
      this.#variance[at] = this.#variance[at + 1]! +
        (after > 0 ? 1 / Math.max(before, 1) - 1 / Math.max(after, 1) : 0);
    }
  }

  /** Share of the final answers that a slice of this age has; 0 before any answer was seen. */
  share(ageS: number): number {
    return this.#hasAnswers ? interpolated(this.#share, ageS) : 0;
  }

  /** Relative variance of `share`, from the number of answers that it was learned from. */
  variance(ageS: number): number {
    return interpolated(this.#variance, ageS);
  }

  /** Time in which nearly all answers arrive, in seconds. */
  get delayS(): number {
    let at = 0;
    while (at < CLASSES && this.#share[at]! < 0.95) at++;
    return at * CLASS_S;
  }

  /** Whether any answer has been seen. */
  get hasAnswers(): boolean {
    return this.#hasAnswers;
  }

  /** Credits the growth of a slice to the age classes that it has passed. */
  #follow({ id, answers }: SliceReport, ageS: number): void {
    const seen = this.#seen.get(id);
    if (seen === undefined) {
      if (ageS < CLASSES * CLASS_S) {
        const isAtStart = ageS / CLASS_S - classOf(ageS) < 0.4;
        const atClassStart = isAtStart ? answers : NaN;
        this.#seen.set(id, { ageS, answers, atClassStart });
      }
      return;
    }
    const perS = (answers - seen.answers) / Math.max(ageS - seen.ageS, 1e-6);
    for (let at = classOf(seen.ageS); at < classOf(ageS); at++) {
      const atEnd = seen.answers + perS * ((at + 1) * CLASS_S - seen.ageS);
      if (at < CLASSES && !Number.isNaN(seen.atClassStart)) {
        this.#before[at]! += seen.atClassStart;
        this.#after[at]! += atEnd;
      }
      seen.atClassStart = atEnd;
    }
    seen.ageS = ageS;
    seen.answers = answers;
    if (ageS >= CLASSES * CLASS_S) this.#seen.delete(id);
  }

  #fade(nowS: number): void {
    const passedS = nowS - this.#latestS;
    this.#latestS = Math.max(nowS, this.#latestS);
    if (!(passedS > 0 && passedS < Infinity)) return;
    const factor = 0.5 ** (passedS / HALF_LIFE_S);
    for (let at = 0; at < CLASSES; at++) {
      this.#before[at]! *= factor;
      this.#after[at]! *= factor;
    }
  }
}

/**
 * Age of a slice: measured from its middle, so that slices of different lengths are alike; but from near the
 * end of a long one, for its last packets are what is missing.
 */
export function arrivalAge(
  { startS, endS }: SliceReport,
  nowS: number,
): number {
  return nowS - endS + Math.min((endS - startS) / 2, LONGEST_HALF_S);
}

/** The value at an age, of values at the starts of the age classes. */
function interpolated(values: Float64Array, ageS: number): number {
  const at = Math.min(CLASSES, Math.max(0, ageS / CLASS_S));
  const below = Math.floor(at);
  const part = at - below;
  return part === 0
    ? values[below]!
    : values[below]! * (1 - part) + values[below + 1]! * part;
}

function classOf(ageS: number): number {
  return Math.floor(ageS / CLASS_S + 1e-6);
}
