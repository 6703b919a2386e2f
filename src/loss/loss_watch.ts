import {
  type Evidence,
  likelyDelivery,
  NO_EVIDENCE,
  sumEvidence,
} from "./_evidence.ts";
import {
  type LossEstimate,
  MIN_LOSS_SAMPLES,
  wilsonInterval,
} from "./loss_estimate.ts";
import { stationaryParts } from "./_stationary.ts";
import type { ResponseDelay } from "./response_delay.ts";
import type { Slice } from "./slice.ts";

/** Loss of the round trip over a time, as far as it is known. */
export interface PathLoss {
  /** Of the packets of which something is known; null: of too few. */
  readonly estimate: LossEstimate | null;
  /** Share of all packets sent of whose loss nothing is known, 0 to 1. */
  readonly unknownShare: number;
}

/** Length of the stretches that are told apart at first, and how many of them there are at most. */
const BUCKET_S = 1;
const MOST_BUCKETS = 128;
/** As long as there are fewer, each begins with a new rate: loss most often comes and goes with it. */
const FEW_BUCKETS = 64;
/** Follow-ups and expected answers that tell something of a stretch. */
const LEAST_SAMPLES = 10;
/** Time that the loss of the last seconds looks back. */
const RECENT_S = 4;
/** Rounds in which the hit rate and the losses are fitted to each other; they converge by halves at least. */
const FIT_ROUNDS = 12;
/** A loss from which silence is taken for no sign that it has ended. */
const LOSSY = 0.05;
/** So many answers that do not come are evidence: chance explains their absence in 5% of the cases. */
const EXPECTED_EVIDENCE = 3;
/** Spread of the hit rate beyond chance, for whatever is left out: as of so many expected answers. */
const MOST_EXPECTED = 10_000;

interface Bucket {
  readonly startS: number;
  readonly endS: number;
  /** The rate that was asked for last. */
  readonly ratePps: number;
  /** Of slices whose counts do not change any more. */
  readonly settled: Evidence;
  readonly slices: readonly Slice[];
}

/** A stretch in which nothing changed, and what is thought of it. */
interface Part {
  readonly stretch: readonly Evidence[];
  readonly evidence: Evidence;
  loss: number;
  /** How many follow-ups would tell as much. */
  samples: number;
  /** Packets behind the last ones of which something is known. */
  trailing: number;
}

/**
 * The loss of the round trip over a whole scan, from follow-ups and from the share of targets that answers: a
 * hit rate that falls shows loss also when no host is left to be asked. Each stretch of the scan weighs by its
 * packets; of what leaves no evidence it says that it is unknown. Memory and time do not depend on the scan's length.
 */
export class LossWatch {
  readonly #delay: ResponseDelay;
  /** How long an answer is waited for at most. */
  readonly #longestS: number;
  #buckets: Bucket[] = [];
  #bucketS = BUCKET_S;
  /** Slices that are too young to tell. */
  #young: Slice[] = [];

  constructor(delay: ResponseDelay, longestS: number) {
    this.#delay = delay;
    this.#longestS = longestS;
  }

  /** Learns of a slice, in the order of sending. Its counts are read again and again. */
  add(slice: Slice): void {
    this.#young.push(slice);
  }

  /** Takes in the slices that are old enough by `heardS`, up to which all answers are counted. */
  update(heardS: number): void {
    const { timeoutS } = this.#delay;
    let taken = 0;
    for (const slice of this.#young) {
      if (heardS - slice.endS < timeoutS) break;
      this.#take(slice);
      taken++;
    }
    this.#young.splice(0, taken);
    const oldestS = heardS - 2 * this.#longestS;
    for (let at = this.#buckets.length - 1; at >= 0; at--) {
      const bucket = this.#buckets[at]!;
      if (bucket.endS < oldestS) {
        if (bucket.slices.length === 0) break;
        this.#buckets[at] = settled(bucket);
      }
    }
  }

  /** Whether any slice was sent. */
  get hasBegun(): boolean {
    return this.#buckets.length > 0 || this.#young.length > 0;
  }

  /** Loss of the last seconds. */
  recent(): LossEstimate | null {
    const latest = this.#buckets.at(-1);
    if (latest === undefined) return null;
    const all = this.#buckets.map(evidenceOf);
    const parts = this.#parts(all);
    const sinceS = latest.endS - RECENT_S;
    const first = this.#buckets.findIndex(({ endS }) => endS > sinceS);
    const recent = sumEvidence(all.slice(first));
    const expected = hitRate(parts) * recent.counted;
    const samples = recent.tried + informing(parts, expected);
    if (samples < MIN_LOSS_SAMPLES) return null;
    const loss = 1 - likelyDelivery(recent, expected);
    return wilsonInterval(loss * samples, samples);
  }

  /** Loss of the whole scan so far. */
  whole(): PathLoss {
    const young = this.#young.reduce((sum, { packets }) => sum + packets, 0);
    const parts = this.#parts(this.#buckets.map(evidenceOf));
    let [known, unknown, lost, spread] = [0, 0, 0, 0];
    for (const { evidence, loss, samples, trailing } of parts) {
      const packets = evidence.packets - trailing;
      if (samples < LEAST_SAMPLES) unknown += evidence.packets;
      else {
        unknown += trailing;
        known += packets;
        lost += packets * loss;
        spread += packets * packets / samples;
      }
    }
    const samples = known * known / spread;
    const estimate = known > 0 && samples >= MIN_LOSS_SAMPLES
      ? wilsonInterval(lost / known * samples, samples)
      : null;
    const total = known + unknown;
    // What is young is like the latest that is known, unless there is none.
    return {
      estimate,
      unknownShare: total + young === 0
        ? 0
        : total === 0
        ? 1
        : estimate === null
        ? 1
        : unknown / total,
    };
  }

  #take(slice: Slice): void {
    const last = this.#buckets.at(-1);
    const { endS, ratePps, startS } = slice;
    if (
      last !== undefined && endS - last.startS <= this.#bucketS &&
      (last.ratePps === ratePps || this.#buckets.length >= FEW_BUCKETS)
    ) {
      this.#buckets[this.#buckets.length - 1] = {
        ...last,
        endS,
        ratePps,
        slices: [...last.slices, slice],
      };
      return;
    }
    const settled = NO_EVIDENCE;
    this.#buckets.push({ startS, endS, ratePps, settled, slices: [slice] });
    if (this.#buckets.length > MOST_BUCKETS) this.#halve();
  }

  #halve(): void {
    this.#bucketS *= 2;
    const joined: Bucket[] = [];
    for (let at = 0; at < this.#buckets.length; at += 2) {
      const first = this.#buckets[at]!;
      const second = this.#buckets[at + 1];
      joined.push(
        second === undefined ? first : {
          startS: first.startS,
          endS: second.endS,
          ratePps: second.ratePps,
          settled: sumEvidence([first.settled, second.settled]),
          slices: [...first.slices, ...second.slices],
        },
      );
    }
    this.#buckets = joined;
  }

  #parts(all: readonly Evidence[]): Part[] {
    const starts = stationaryParts(all);
    const parts: Part[] = starts.map((first, index) => {
      const stretch = all.slice(first, starts[index + 1] ?? all.length);
      const evidence = sumEvidence(stretch);
      const { answers, silent, tried } = evidence;
      // Each begins with what it shows by itself.
      const loss = tried > 0 ? silent / tried : answers > 0 ? 0 : 1;
      return { stretch, evidence, loss, samples: 0, trailing: 0 };
    });
    fit(parts);
    return parts;
  }
}

/** Fits the common hit rate and the losses of all parts to each other. */
function fit(parts: Part[]): void {
  for (let round = 0; round < FIT_ROUNDS; round++) {
    const rate = hitRate(parts);
    for (const part of parts) {
      const expected = rate * part.evidence.counted;
      part.loss = 1 - likelyDelivery(part.evidence, expected);
    }
  }
  const rate = hitRate(parts);
  for (const part of parts) {
    const { counted, tried } = part.evidence;
    const others = parts.filter((one) => one !== part);
    part.samples = tried + informing(others, rate * counted);
    if (part.loss > LOSSY) part.trailing = trailingPackets(part, rate);
  }
}

/** Share of the targets that answer when nothing is lost. */
function hitRate(parts: readonly Part[]): number {
  let answers = 0;
  let delivered = 0;
  for (const { evidence, loss } of parts) {
    answers += evidence.answers;
    delivered += evidence.counted * (1 - loss);
  }
  return answers > 0 && delivered > 0 ? answers / delivered : 0;
}

/** What `expected` answers tell, where the hit rate is known from the answers of these parts. */
function informing(parts: readonly Part[], expected: number): number {
  const known = parts.reduce((sum, { evidence }) => sum + evidence.answers, 0);
  if (known === 0 || expected === 0) return 0;
  return 1 / (1 / expected + 1 / known + 1 / MOST_EXPECTED);
}

/** Packets behind the last ones that left evidence, if answers come at this rate. */
function trailingPackets({ stretch }: Part, rate: number): number {
  let packets = 0;
  let expected = 0;
  for (let at = stretch.length - 1; at >= 0; at--) {
    expected += rate * stretch[at]!.counted;
    if (stretch[at]!.tried > 0 || expected >= EXPECTED_EVIDENCE) break;
    packets += stretch[at]!.packets;
  }
  return packets;
}

function evidenceOf({ settled, slices }: Bucket): Evidence {
  return slices.length === 0
    ? settled
    : sumEvidence([settled, ...slices.map(ofSlice)]);
}

function settled(bucket: Bucket): Bucket {
  return { ...bucket, settled: evidenceOf(bucket), slices: [] };
}

function ofSlice(slice: Slice): Evidence {
  const { answers, followUpsAnswered, followUpsSilent, isDisturbed, packets } =
    slice;
  const isCounted = !isDisturbed && slice.pass === 0;
  return {
    packets,
    counted: isCounted ? packets : 0,
    answers: isCounted ? answers : 0,
    tried: followUpsAnswered + followUpsSilent,
    silent: followUpsSilent,
  };
}
