import {
  type Evidence,
  jointNats,
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
  /** Follow-ups whose outcome is known. */
  readonly followUps: number;
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
/** Golden section, and how often it is applied: to a hit rate that is known to 1 in 10^4 of its logarithm's range. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const FIT_ROUNDS = 20;
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
  /** What earlier runs of the scan have found out. */
  readonly #earlier: readonly Evidence[];

  /**
   * Has heard nothing yet.
   *
   * @param longestS how long an answer is waited for at most
   * @param earlier what earlier runs of the scan have found out
   */
  constructor(
    delay: ResponseDelay,
    longestS: number,
    earlier: readonly Evidence[] = [],
  ) {
    this.#delay = delay;
    this.#longestS = longestS;
    this.#earlier = earlier;
  }

  /**
   * What is known of the scan, earlier runs included, in the order of sending: at most so many stretches, for a later
   * run to go on from.
   */
  evidence(most: number): readonly Evidence[] {
    return fewer([...this.#earlier, ...this.#buckets.map(evidenceOf)], most);
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

  /** Loss of the last seconds; of more of them, as long as nothing changed, where these tell too little. */
  recent(): LossEstimate | null {
    const latest = this.#buckets.at(-1);
    if (latest === undefined) return null;
    const all = this.#buckets.map(evidenceOf);
    const parts = this.#parts(all);
    const rate = likeliestRate(parts);
    const samplesOf = ({ counted, tried }: Evidence): number =>
      tried + informing(parts, rate * counted);
    const unchanged = all.length - parts.at(-1)!.stretch.length;
    let recent = NO_EVIDENCE;
    for (let at = all.length - 1; at >= 0; at--) {
      recent = sumEvidence([recent, all[at]!]);
      const isLong = latest.endS - this.#buckets[at]!.startS >= RECENT_S;
      const isEnough = samplesOf(recent) >= MIN_LOSS_SAMPLES;
      if (isLong && (isEnough || at <= unchanged)) break;
    }
    const loss = 1 - likelyDelivery(recent, rate * recent.counted);
    return estimateOf(loss, samplesOf(recent));
  }

  /** Loss of the whole scan so far, earlier runs included. */
  whole(): PathLoss {
    return this.#lossOf([...this.#earlier, ...this.#buckets.map(evidenceOf)]);
  }

  /** Loss of this run of the scan so far. */
  ofRun(): PathLoss {
    return this.#lossOf(this.#buckets.map(evidenceOf));
  }

  #lossOf(all: readonly Evidence[]): PathLoss {
    const young = this.#young.reduce((sum, { packets }) => sum + packets, 0);
    const parts = this.#parts(all);
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
    const estimate = known > 0 ? estimateOf(lost / known, samples) : null;
    const total = known + unknown;
    // What is young is like the latest that is known, unless there is none.
    const isUnknown = estimate === null && total + young > 0;
    return {
      estimate,
      followUps: parts.reduce((sum, { evidence }) => sum + evidence.tried, 0),
      unknownShare: isUnknown ? 1 : unknown / Math.max(total, 1),
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
      return { stretch, evidence, loss: 0, samples: 0, trailing: 0 };
    });
    fit(parts);
    return parts;
  }
}

/** The same evidence in at most `most` stretches, of neighbours added up. */
function fewer(all: readonly Evidence[], most: number): readonly Evidence[] {
  let few = all;
  while (few.length > Math.max(1, most)) {
    few = few.flatMap((one, at) =>
      at % 2 === 1
        ? []
        : at + 1 === few.length
        ? [one]
        : [sumEvidence([one, few[at + 1]!])]
    );
  }
  return few;
}

function estimateOf(loss: number, samples: number): LossEstimate | null {
  return samples < MIN_LOSS_SAMPLES
    ? null
    : wilsonInterval(loss * samples, samples);
}

/** Finds the hit rate and the losses of all parts that explain them best together, and what each part is worth. */
function fit(parts: readonly Part[]): void {
  const rate = likeliestRate(parts);
  for (const part of parts) {
    const { counted, tried } = part.evidence;
    const others = parts.filter((one) => one !== part);
    part.loss = 1 - likelyDelivery(part.evidence, rate * counted);
    part.samples = tried + informing(others, rate * counted);
    if (part.loss > LOSSY) part.trailing = trailingPackets(part, rate);
  }
}

/**
 * The most likely hit rate, for each of which the losses that fit best are known: by golden sections of its logarithm
 * (Kiefer, 1953). Where no follow-up tells, the part in which most targets answer is taken to have lost nothing.
 */
function likeliestRate(parts: readonly Part[]): number {
  const shares = parts.map(({ evidence: { answers, counted } }) =>
    answers / Math.max(1, counted)
  );
  const least = Math.min(1, Math.max(...shares));
  if (least === 0) return 0;
  let [low, high] = [Math.log(least), 0];
  for (let round = 0; round < FIT_ROUNDS; round++) {
    const [a, b] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
    if (natsAt(parts, Math.exp(a)) >= natsAt(parts, Math.exp(b))) high = b;
    else low = a;
  }
  const best = Math.exp((low + high) / 2);
  return natsAt(parts, best) > natsAt(parts, least) ? best : least;
}

function natsAt(parts: readonly Part[], rate: number): number {
  return parts.reduce(
    (sum, { evidence }) => sum + jointNats(evidence, rate * evidence.counted),
    0,
  );
}

/**
 * How many follow-ups `expected` answers are worth, where the hit rate is known from these parts: no more than those
 * which told the loss of these parts, as answers only tell by how much it differs.
 */
function informing(parts: readonly Part[], expected: number): number {
  const { answers, tried } = sumEvidence(parts.map(({ evidence }) => evidence));
  if (answers === 0 || expected === 0) return 0;
  return Math.min(tried, 1 / (1 / expected + 1 / answers + 1 / MOST_EXPECTED));
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
