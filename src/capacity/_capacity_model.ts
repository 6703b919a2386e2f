import { CapacityGrid } from "./_capacity_grid.ts";
import { findChange } from "./_change_point.ts";
import { capacityQuantile, expectedLoss } from "./_posterior.ts";
import { learned, NO_PRIOR } from "./_prior.ts";
import { CapacitySegment } from "./_capacity_segment.ts";
import { answerWeight, type Sample } from "./_sample.ts";
import { type ResponseDelay, type Slice, sliceAge } from "../loss/mod.ts";
import { JUDGE, SEGMENT } from "./_tuning.ts";

/** A slice in the model: its sample, and the segments that it may belong to. */
export interface Tracked {
  readonly sample: Sample;
  segment: CapacitySegment;
  /** Set when a change of capacity may have come before this slice rather than after it. */
  alternative: CapacitySegment | null;
}

/** What is known of the path: segments, one after the other, each with one capacity. */
export class CapacityModel {
  readonly grid: CapacityGrid;
  /** How long answers take. */
  readonly delay: ResponseDelay;
  readonly #tracked = new Map<number, Tracked>();
  readonly #closing: {
    readonly segment: CapacitySegment;
    readonly closedS: number;
  }[] = [];
  #current: CapacitySegment;

  constructor(lowestPps: number, highestPps: number, delay: ResponseDelay) {
    this.delay = delay;
    this.grid = new CapacityGrid(lowestPps, highestPps);
    this.#current = new CapacitySegment(this.grid, NO_PRIOR);
  }

  /** The segment of the latest slices. */
  get current(): CapacitySegment {
    return this.#current;
  }

  /** What is known of a slice, or undefined when it was never reported or is forgotten. */
  tracked(id: number): Tracked | undefined {
    return this.#tracked.get(id);
  }

  /** Takes in the slices' counts; returns whether the capacity has changed, and where to. */
  update(nowS: number, slices: readonly Slice[]): "up" | "down" | null {
    for (const slice of slices) this.#take(slice);
    for (const { sample } of this.#tracked.values()) {
      this.#age(sample, nowS);
    }
    this.#forget(nowS);
    for (const { segment } of this.#closing) segment.evaluate();
    this.#current.evaluate();
    const change = findChange(this.#current);
    if (change === null || change.first === 0) return null;
    const before = this.#current;
    const since = before.samples[change.first]!.report.startS;
    this.#split(({ report }) => report.startS >= since, nowS);
    const doubtful = before.samples.slice(change.firstDoubtful, change.first);
    for (const { report } of doubtful) {
      this.#tracked.get(report.id)!.alternative = this.#current;
    }
    const rise = this.#current.best - before.best;
    return rise > 0 ? "up" : rise < 0 ? "down" : null;
  }

  /**
   * Begins a segment with those of the present slices that lost nothing: what was learned about upper limits does
   * not count any more, what was learned about hosts and lower rates does.
   */
  restart(nowS: number): void {
    const { best } = this.#current;
    const isClean = ({ delivery }: Sample): boolean =>
      delivery.fullIndex <= best;
    this.#split(isClean, nowS);
  }

  /** Capacity that the true one is below with probability `share`. */
  quantilePps(share: number): number {
    return this.grid.at(capacityQuantile(this.#current, share));
  }

  /** Share of the packets that is lost at `pps`, as far as is known. */
  lossAt(pps: number): number {
    return expectedLoss(
      this.#current,
      this.grid.indexOf(pps),
      (index) => this.grid.at(index) / pps,
    );
  }

  /** Evidence against a capacity of `pps`, compared with no limit up to the highest rate tried; in nats. */
  natsAgainst(pps: number): number {
    const { low, top, logLikelihood } = this.#current;
    const index = Math.max(low, this.grid.indexOf(pps));
    if (index >= top) return 0;
    return logLikelihood[top]! - logLikelihood[index]!;
  }

  #take(report: Slice): void {
    if (this.#tracked.has(report.id)) return;
    const { packets, followUpsSent, startS, endS } = report;
    const sample = {
      report,
      delivery: this.grid.deliver(packets + followUpsSent, startS, endS),
      answers: 0,
      completeness: 0,
      variance: 0,
      isSettled: false,
      trust: 1,
    };
    this.#current.samples.push(sample);
    this.#tracked.set(report.id, {
      sample,
      segment: this.#current,
      alternative: null,
    });
  }

  /** Time in which the outcome of a slice's follow-ups is known. */
  get #settledS(): number {
    return this.delay.timeoutS + JUDGE.toldS;
  }

  #age(sample: Sample, nowS: number): void {
    const { report } = sample;
    const ageS = sliceAge(report, nowS);
    if (ageS >= SEGMENT.mostS) return;
    const { answers, endS, lateAnswers, startS } = report;
    const { followUpsAnswered, followUpsSent, followUpsSilent } = report;
    sample.answers = answers - lateAnswers;
    sample.completeness = this.delay.meanShare(nowS - endS, nowS - startS);
    sample.variance = this.delay.variance(ageS);
    sample.isSettled = nowS - endS >= this.delay.timeoutS &&
      followUpsAnswered + followUpsSilent >= followUpsSent;
  }

  /** Begins a segment that takes over some of the present slices. */
  #split(isTaken: (sample: Sample) => boolean, nowS: number): void {
    const before = this.#current;
    const taken = before.samples.filter(isTaken);
    const left = before.samples.filter((sample) => !isTaken(sample));
    const segment = new CapacitySegment(this.grid, learned(before, left));
    before.samples.splice(0, Infinity, ...left);
    for (const sample of taken) {
      sample.trust = 1;
      segment.samples.push(sample);
      this.#tracked.get(sample.report.id)!.segment = segment;
    }
    this.#closing.push({ segment: before, closedS: nowS });
    this.#current = segment;
    segment.evaluate();
  }

  #forget(nowS: number): void {
    const { samples } = this.#current;
    let answers = 0;
    let followUps = 0;
    let first = samples.length;
    while (first > 0) {
      const sample = samples[first - 1]!;
      const { report } = sample;
      const ageS = nowS - report.endS;
      const isEnough = answers > SEGMENT.enoughAnswers ||
        followUps > SEGMENT.enoughFollowUps || ageS > SEGMENT.mostS;
      if (
        ageS > Math.max(SEGMENT.leastS, this.#settledS) && isEnough &&
        samples.length - first >= SEGMENT.leastSlices
      ) break;
      answers += answerWeight(sample, this.#current.hitRate) * sample.answers;
      followUps += report.followUpsAnswered + report.followUpsSilent;
      first--;
    }
    const gone = samples.splice(0, first);
    if (gone.length > 0) this.#current.prior = learned(this.#current, gone);
    while (
      this.#closing.length > 0 &&
      this.#closing[0]!.closedS <
        nowS - Math.max(SEGMENT.closingS, this.#settledS)
    ) this.#closing.shift();
    for (const [id, { sample }] of this.#tracked) {
      if (sample.report.endS > nowS - SEGMENT.forgetS - this.#settledS) break;
      this.#tracked.delete(id);
    }
  }
}
