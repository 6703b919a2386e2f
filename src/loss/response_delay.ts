/**
 * Age classes: even ones of 25 ms up to 2 s, then each 5% longer, so that the steps of a slow path and those of a
 * late host are both resolved to some percent.
 */
const EVEN_S = 0.025;
const EVEN_CLASSES = 80;
const GROWTH = 1.05;
/** What is learned is forgotten by half in this time: delays change with the load of the path. */
const HALF_LIFE_S = 5;
/** Share of the answers that is nearly all of them. */
const NEARLY_ALL = 0.95;
/** A follow-up is silent after twice the time in which this share of the answers arrives, and a little more. */
const TIMEOUT_SHARE = 0.995;
const TIMEOUT_FACTOR = 2;
const TIMEOUT_EXTRA_S = 0.3;
/** The same before any answer has come. */
const FIRST_TIMEOUT_S = 1;
/** Ages that a mean is taken of: a slice of 0.1 s spans four even classes. */
const MEAN_POINTS = 8;
/** Half the length of slices up to which they count by their middle. */
const LONGEST_HALF_S = 0.05;

/** Answers of one slice by their delay, while it passes through the age classes. */
export interface DelayCounts {
  /** Answers by age class. */
  readonly counts: Uint32Array;
  /** Age classes that all its packets have passed, and the answers of these. */
  passed: number;
  /** Answers in those. */
  answers: number;
}

/** What was learned of how long answers take, by age class. */
export interface DelayMemory {
  /** Answers of slices before they passed through a class. */
  readonly before: readonly number[];
  /** Answers of slices behind it. */
  readonly after: readonly number[];
  /** Age classes that some slice with answers has passed. */
  readonly known: number;
}

/**
 * How long answers take: which share of a slice's answers has arrived at an age. A young slice with few answers may
 * be lossy or just young.
 *
 * Method: the chain ladder of reserving actuaries (which is Lynden-Bell's estimator for truncated data). For each
 * age class, the growth from this class to the next is pooled over all slices that have passed both; the share still
 * to come is the product of the growths ahead. Slices of all ages contribute what they show, none has to be complete.
 */
export class ResponseDelay {
  readonly #longestS: number;
  /** Ages at which classes begin; the last is where the last class ends. */
  readonly #edges: Float64Array;
  readonly #before: Float64Array;
  readonly #after: Float64Array;
  readonly #share: Float64Array;
  readonly #variance: Float64Array;
  /** Ages at which nearly all answers have come, and all that a follow-up waits for. */
  #delayS = 0;
  #timeoutAgeS = 0;
  #latestS = -Infinity;
  #hasAnswers = false;
  /** Age classes that some slice with answers has passed. */
  #known = 0;

  /** Has heard nothing yet; `longestS` is how long an answer is waited for at most. */
  constructor(longestS: number) {
    this.#longestS = longestS;
    this.#edges = edgesUpTo(longestS);
    const classes = this.#edges.length - 1;
    this.#before = new Float64Array(classes);
    this.#after = new Float64Array(classes);
    this.#share = new Float64Array(classes + 1).fill(1);
    this.#variance = new Float64Array(classes + 1);
  }

  /** What was learned, for a later run of the scan. */
  memory(): DelayMemory {
    return {
      before: Array.from(this.#before, rounded),
      after: Array.from(this.#after, rounded),
      known: this.#known,
    };
  }

  /** Begins with what an earlier run has learned, which counts less the more this one learns. */
  restore({ after, before, known }: DelayMemory): void {
    const classes = this.#before.length;
    this.#before.set(before.slice(0, classes));
    this.#after.set(after.slice(0, classes));
    this.#known = Math.min(known, classes);
    this.#hasAnswers = this.#after.some((count) => count > 0);
    this.#workOut();
  }

  /** Counts of a slice that has no answers yet. */
  newCounts(): DelayCounts {
    return {
      counts: new Uint32Array(this.#edges.length - 1),
      passed: 0,
      answers: 0,
    };
  }

  /** Learns of an answer that took `delayS`. */
  add(to: DelayCounts, delayS: number): void {
    const at = Math.max(to.passed, this.#classOf(delayS));
    if (at < to.counts.length) to.counts[at]! += 1;
  }

  /** Learns from the age classes that a slice has passed by now; `ageS` is that of its youngest packet. */
  pass(slice: DelayCounts, ageS: number): void {
    const { counts } = slice;
    while (
      slice.passed < counts.length && ageS >= this.#edges[slice.passed + 1]!
    ) {
      const at = slice.passed++;
      this.#before[at]! += slice.answers;
      slice.answers += counts[at]!;
      this.#after[at]! += slice.answers;
      if (slice.answers === 0) continue;
      this.#hasAnswers = true;
      this.#known = Math.max(this.#known, at + 1);
    }
  }

  /** Works out the shares anew; what was learned before counts less the older it is. */
  update(nowS: number): void {
    this.#workOut();
    this.#fade(nowS);
  }

  /** Whether the answers of a slice have been seen, and all of them that took no longer than the first. */
  get hasAnswers(): boolean {
    return this.#hasAnswers;
  }

  /** Whether answers have been seen that took next to as long as is waited for, or could have been. */
  get isKnown(): boolean {
    return this.#edges[this.#known]! * GROWTH ** 2 >= this.#longestS;
  }

  /**
   * Answers of a slice that came later than any whose share is known: to count them would make the slice better than
   * all that were sent after it.
   */
  unknown({ counts }: DelayCounts): number {
    let answers = 0;
    for (let at = this.#known; at < counts.length; at++) answers += counts[at]!;
    return answers;
  }

  /** Share of the final answers that packets of this age have; 0 before that is known. */
  share(ageS: number): number {
    return this.#hasAnswers ? this.#interpolated(this.#share, ageS) : 0;
  }

  /** The mean share of packets whose ages are spread evenly between these. */
  meanShare(leastS: number, mostS: number): number {
    const stepS = (mostS - leastS) / MEAN_POINTS;
    let sum = 0;
    for (let point = 0.5; point < MEAN_POINTS; point++) {
      sum += this.share(leastS + point * stepS);
    }
    return sum / MEAN_POINTS;
  }

  /** Relative variance of `share`, from the number of answers that it was learned from. */
  variance(ageS: number): number {
    return this.#interpolated(this.#variance, ageS);
  }

  /** Time in which nearly all answers arrive, in seconds. */
  get delayS(): number {
    return this.#delayS;
  }

  /** Time after which a follow-up without an answer is silent, in seconds. */
  get timeoutS(): number {
    return this.#hasAnswers
      ? this.boundedS(this.#timeoutAgeS)
      : Math.min(FIRST_TIMEOUT_S, this.#longestS);
  }

  /** The same for a host whose answers take `delayS`. */
  boundedS(delayS: number): number {
    const waitS = TIMEOUT_FACTOR * delayS + TIMEOUT_EXTRA_S;
    return Math.min(waitS, this.#longestS);
  }

  #workOut(): void {
    for (let at = this.#before.length - 1; at >= 0; at--) {
      const [before, after] = [this.#before[at]!, this.#after[at]!];
      const growth = after > 0 ? before / after : 1;
      this.#share[at] = this.#share[at + 1]! * growth;
      this.#variance[at] = this.#variance[at + 1]! +
        (after > 0 ? 1 / Math.max(before, 1) - 1 / Math.max(after, 1) : 0);
    }
    this.#delayS = this.#ageOf(NEARLY_ALL);
    this.#timeoutAgeS = this.#ageOf(TIMEOUT_SHARE);
  }

  #ageOf(share: number): number {
    let at = 0;
    while (at < this.#before.length && this.#share[at]! < share) at++;
    return this.#edges[at]!;
  }

  #classOf(ageS: number): number {
    const even = Math.floor(ageS / EVEN_S + 1e-6);
    if (even < EVEN_CLASSES) return Math.max(0, even);
    const longer = Math.log(ageS / (EVEN_S * EVEN_CLASSES)) / Math.log(GROWTH);
    return EVEN_CLASSES + Math.floor(longer + 1e-6);
  }

  /** The value at an age, of values at the beginnings of the age classes. */
  #interpolated(values: Float64Array, ageS: number): number {
    const edges = this.#edges;
    const last = edges.length - 1;
    if (ageS <= 0) return values[0]!;
    const at = this.#classOf(ageS);
    if (at >= last) return values[last]!;
    const part = (ageS - edges[at]!) / (edges[at + 1]! - edges[at]!);
    return values[at]! + (values[at + 1]! - values[at]!) * part;
  }

  #fade(nowS: number): void {
    const passedS = nowS - this.#latestS;
    this.#latestS = Math.max(nowS, this.#latestS);
    if (!(passedS > 0 && passedS < Infinity)) return;
    const factor = 0.5 ** (passedS / HALF_LIFE_S);
    for (let at = 0; at < this.#before.length; at++) {
      this.#before[at]! *= factor;
      this.#after[at]! *= factor;
    }
  }
}

/** To a tenth: counts are fractions once they fade. */
function rounded(count: number): number {
  return Math.round(10 * count) / 10;
}

/**
 * Age of a slice: measured from its middle, so that slices of different lengths are alike; but from near the
 * end of a long one, for its last packets are what is missing.
 */
export function sliceAge(
  { startS, endS }: { readonly startS: number; readonly endS: number },
  nowS: number,
): number {
  return nowS - endS + Math.min((endS - startS) / 2, LONGEST_HALF_S);
}

function edgesUpTo(longestS: number): Float64Array {
  const edges = Array.from(
    { length: EVEN_CLASSES + 1 },
    (_, index) => index * EVEN_S,
  );
  while (edges.at(-1)! < longestS) edges.push(edges.at(-1)! * GROWTH);
  return Float64Array.from(edges);
}
