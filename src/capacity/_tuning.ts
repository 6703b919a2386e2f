/**
 * The constants of rate control that no format or definition gives, each with its origin: "derivation" where an argument
 * fixes the value or bounds it; "by hand" where none does; "simulation" what half and double the value (of the distance
 * from 1 for what is near it) change in six scans of `scripts/tune_rate_control.ts`, beyond what other seeds change: the lab
 * (30,000/s), the same with 1% of the targets alive or with a limit that moves, 10^10 targets with 1% alive, bursts of
 * loss, answers after 1.2 s. Rates are shares of the capacity.
 */

/** Candidate capacities of the path, and the limit that is thought of for each. */
export const GRID = {
  /**
   * Ratio of neighbouring capacities, less 1. Derivation: finer than what has to be told, a third of the shortest
   * step (`STEPS`), 0.017.
   */
  step: 0.01,
  /** Burst that a rate limit is assumed to let pass at first, in seconds of its rate. By hand. */
  burstS: 0.01,
  /** The same at most. Derivation: five doublings of `burstS`. */
  mostBurstS: 0.32,
  /** Share delivered below which no count is distinguishable from none: keeps logarithms finite. Definition. */
  leastShare: 1e-3,
  /** How far the grid reaches below the first rate. By hand. */
  below: 4,
  /** How far the grid reaches above the highest rate. By hand. */
  above: 1.5,
} as const;

/** Stretches of the scan with one capacity, and what one hands on to the next. */
export const SEGMENT = {
  /** Time for which slices are kept, in seconds; longer while follow-ups are open. By hand. */
  leastS: 3,
  /** Time after which they are not needed, even where there are too few data. By hand. */
  mostS: 30,
  /**
   * Answers that are enough data, and the largest weight of those that earlier segments taught. Derivation: they
   * tell the hit rate to 1%, one standard deviation. Simulation, of the first use alone: half and double make no
   * difference beyond chance; of the second alone: lab moving packets 190k to 166k with both.
   */
  enoughAnswers: 10_000,
  /**
   * Follow-ups that are. Derivation: they tell a loss of 0.5%, the default target, to 0.13%. Simulation: half and
   * double make no difference beyond chance.
   */
  enoughFollowUps: 3000,
  /** Slices that are kept in any case. By hand. Simulation: half and double make no difference beyond chance. */
  leastSlices: 5,
  /** Time for which a closed segment learns from late answers, in seconds; longer while follow-ups are open. By hand. */
  closingS: 3.5,
  /**
   * Time after which a slice is forgotten altogether, in seconds, if follow-ups were silent at once: nothing asks for
   * its verdict any more. Derivation: longer than any verdict waits (`JUDGE.patienceS`).
   */
  forgetS: 60,
  /**
   * Ratio of the lowest rate tried to the lowest capacity thought of. By hand. Simulation: half and double make no
   * difference beyond chance.
   */
  deepest: 6,
  /**
   * What a grid point below the lowest rate costs, in nats: a limit far below is less likely than one nearby. By
   * hand. Simulation: 0.0075: lab moving packets 190k to 178k; 0.03: lab 1% found 100% to 99.8%, lab 1% packets 157k
   * to 175k, 1.2 s rate 0.80 to 0.84.
   */
  pointNats: 0.015,
  /**
   * Follow-ups that count as answered before there are any: loss is first blamed on the rate, which a lower rate
   * then proves or disproves. By hand. Simulation: 250: no difference; 1000: bursts found 95.8% to 93.1%.
   */
  priorFollowUps: 500,
  /**
   * Share of these that counts as silent: keeps logarithms finite. Definition. Simulation: 0.00005: lab moving
   * packets 190k to 196k; 0.0002: no difference.
   */
  priorLoss: 1e-4,
  /** The same of follow-ups. By hand. Simulation: half and double make no difference beyond chance. */
  learnedFollowUps: 800,
  /**
   * Prior weight of "no limit up to the highest rate tried", in grid points. By hand. Simulation: 10: no difference;
   * 40: bursts rate 0.83 to 0.78.
   */
  unlimitedPoints: 20,
} as const;

/** What a slice's counts weigh. */
export const SAMPLE = {
  /**
   * Relative deviation of a slice's hit rate beyond chance, for whatever the model leaves out. By hand. Simulation:
   * 0.0025: no difference; 0.01: lab moving packets 190k to 182k.
   */
  excessSpread: 0.005,
  /**
   * Uncertainty of the completeness, as a share of what is missing. Derivation: none is known of it, so all of it.
   * Simulation: 0.5: 10^10 1% found 97.7% to 95.6%; 2: lab rate 0.89 to 0.87, lab 1% packets 157k to 182k, bursts
   * rate 0.83 to 0.74.
   */
  youthSpread: 1,
  /**
   * Least variance of answers as a share of their number, in steps too: less than Poisson's where nearly all targets
   * answer, but not none. By hand. Simulation: 0.015: lab moving packets 190k to 166k; 0.06: no difference.
   */
  leastDispersion: 0.03,
  /** Least share of the answers that has to be there for a slice to be looked at. By hand. */
  leastCompleteness: 0.3,
  /** Share of the packets that is next to all of them. Definition. */
  nearlyAll: 0.999,
  /**
   * Packets that a slice's local losses count as at most: they are exact, but need not outweigh everything else. By
   * hand.
   */
  localSamples: 400,
} as const;

/** When the latest slices belong to another capacity. */
export const CHANGE_POINT = {
  /**
   * What a slice that lost more than its segment explains can say at most, in nats: one short burst of loss is not a
   * new capacity. One that lost less is proof, as nothing makes packets arrive. Derivation: less than `changeNats`,
   * and more than half of it, so that two slices are enough. Simulation: 3: no difference; 12: lab moving rate 0.49
   * to 0.33, lab moving packets 190k to 175k.
   */
  sliceNats: 6,
  /**
   * Evidence for a change, in nats. Derivation: more than `sliceNats`, so that more than one slice has to agree;
   * chance does not reach it in hours. Simulation: 5: lab moving rate 0.49 to 0.33, lab moving packets 190k to 175k,
   * bursts rate 0.83 to 0.71; 20: no difference.
   */
  changeNats: 10,
  /**
   * Starting points that fit nearly as well as the best one, within so many nats, are in doubt. Derivation: 20 to 1,
   * the usual 95%. Simulation: half and double make no difference beyond chance.
   */
  doubtNats: 3,
  /** Latest slices that are looked at. By hand. Simulation: half and double make no difference beyond chance. */
  latestSlices: 40,
  /** Least share of the answers that has to be there. By hand. */
  leastCompleteness: 0.8,
} as const;

/** The verdict of a slice. */
export const JUDGE = {
  /** Age at which a verdict is final, in seconds: until then the capacity becomes known better. By hand. */
  settledS: 2.5,
  /**
   * Time from the silence of the last follow-up until the slice tells of it, in seconds. By hand. Simulation: half
   * and double make no difference beyond chance.
   */
  toldS: 0.5,
  /**
   * Loss at every rate, as a multiple of the target, that has to be ruled out for a verdict that stays. By hand.
   */
  ruledOut: 2,
  /** Probability of a loss above the target that is beyond doubt. By hand. */
  clear: 0.002,
  /** Age at which waiting for a clear verdict ends, in seconds, if follow-ups were silent at once. By hand. */
  patienceS: 12,
  /** Expected answers that a slice needs for a verdict of its own. By hand. */
  ownAnswers: 20,
  /** Share of the answers that must have arrived for that. By hand. */
  ownCompleteness: 0.97,
  /**
   * Deviation from the expected answers that chance does not explain, in standard deviations. Derivation: chance
   * does it to 1 slice of 370.
   */
  ownDeviation: 3,
  /** Relative uncertainty of the hit rate. By hand. */
  ownSpread: 0.001,
  /**
   * Evidence for a limit, in nats, without which a loss is thought of, but not shown. Derivation: 20 to 1, the usual
   * 95%. Simulation: 1.5: no difference; 6: lab 1% found 100% to 99.6%, lab 1% packets 157k to 150k.
   */
  shownNats: 3,
  /**
   * Variance of a posterior so wide that it is no estimate. Derivation: a standard deviation of 0.2, a 95% interval
   * of 80 points. Simulation: half and double make no difference beyond chance.
   */
  noEstimateVariance: 0.04,
} as const;

/** The first phase of `auto`. */
export const SLOW_START = {
  /**
   * The rate is doubled when this evidence, in nats, rules out that only `confirmShare` of it passes. By hand: 4.5
   * to 1. Simulation: 1.25: bursts found 95.8% to 94.2%; 2: no difference.
   */
  confirmNats: 1.5,
  /**
   * Share of the rate that has to be ruled out as capacity. Derivation: a little over the half, which the rate
   * before has confirmed. Simulation: 0.775: lab rate 0.89 to 0.87; 0.1: lab rate 0.89 to 0.91, lab packets 145k to
   * 148k, lab 1% rate 0.74 to 0.84, 10^10 1% rate 0.88 to 0.92, 10^10 1% found 97.7% to 96.0%, bursts found 95.8% to
   * 93.8%, 1.2 s rate 0.80 to 1.22, 1.2 s found 97.9% to 74.0%.
   */
  confirmShare: 0.55,
  /**
   * Time after which it is doubled although less is known, in seconds, where some answers are expected. By hand.
   * Simulation: 0.15: bursts rate 0.83 to 0.77, bursts found 95.8% to 93.8%; 0.6: no difference.
   */
  blindS: 0.3,
  /**
   * Answers expected in a short slice from which the rate is doubled by short slices. Derivation: those of the first
   * rate where most targets answer. Simulation: always short: lab 1% found 100% to 97.6%; never: lab rate 0.91 to 0.89.
   */
  rushAnswers: 30,
  /** The same time where hardly any are expected, in seconds. By hand. */
  longBlindS: 1,
  /** Time in which the evidence for a limit may turn out to have been chance, in seconds. By hand. */
  alarmS: 1.5,
} as const;

/** Attempts at a higher rate after a limit was found. */
export const STEPS = {
  /**
   * Evidence, in nats, against a capacity `resolution` of a step below the present rate lets the next step be taken.
   * Derivation: 20 to 1, the usual 95%. Simulation: 1.5: no difference; 6: lab 1% packets 157k to 150k, lab moving
   * packets 190k to 166k.
   */
  confirmNats: 3,
  /**
   * That part of a step. By hand. Simulation: 0.1667: lab moving rate 0.49 to 0.41, lab moving packets 190k to 166k;
   * 0.6667: lab moving packets 190k to 179k, 10^10 1% rate 0.88 to 0.83.
   */
  resolution: 1 / 3 as number,
  /** Evidence for a limit, in nats, that forbids the next step, without being a reason to slow down. By hand. */
  doubtNats: 1.5,
  /** Shortest first step, as a share of the rate. By hand. */
  shortest: 0.05,
  /** Longest first step. By hand. */
  longestFirst: 0.5,
  /**
   * How much longer each further step is. By hand. Simulation: 1.25: lab moving rate 0.49 to 0.34, lab moving
   * packets 190k to 166k; 2: lab moving rate 0.49 to 0.58.
   */
  growth: 1.5,
  /**
   * The first step goes half the way to where the limit is at most, up to this. By hand. Simulation: half and double
   * make no difference beyond chance.
   */
  bold: 0.2,
  /**
   * Longest step. Derivation: a doubling, as in slow start. Simulation: half and double make no difference beyond
   * chance.
   */
  longest: 1,
  /**
   * Time in which the first step should be confirmed, in seconds: where answers are few, it has to be longer. By
   * hand. Simulation: half and double make no difference beyond chance.
   */
  stepS: 2,
  /**
   * Pause after a limit was found, in seconds. By hand. Simulation: 1.5: lab moving rate 0.49 to 0.68; 6: lab moving
   * rate 0.49 to 0.32, lab moving packets 190k to 166k.
   */
  pauseS: 3,
  /**
   * The same where the limit is known badly. By hand. Simulation: half and double make no difference beyond chance.
   */
  shortPauseS: 1,
  /** Ratio of the ends of the capacity's interval (`tail`) from which on it is. By hand. */
  badlyKnown: 1.1,
  /**
   * Work that has to be left for an attempt to pay, in seconds: it saves some percent of that, and loses as much for
   * a second where the limit has stayed. By hand.
   */
  paysS: 5,
  /**
   * Longest pause per length of step, in seconds: where steps have to be long to tell anything, attempts are dear.
   * By hand.
   */
  longestPauseS: 300,
  /** Probability beyond each end of the capacity's interval. By hand. */
  tail: 0.1,
  /**
   * Share of the loss target that steps may cost. By hand. Simulation: half and double make no difference beyond
   * chance.
   */
  costShare: 0.4,
  /**
   * Time for a step to be confirmed or refuted, in seconds, if answers took no time, and bursts passed no limit. By
   * hand.
   */
  patienceS: 5,
  /**
   * A limit that goes up again within this time, in seconds, was a burst of loss. By hand. Simulation: half and
   * double make no difference beyond chance.
   */
  burstOfLossS: 5,
  /**
   * Fewer answers than this in a time are none: nothing is learned from them, in slow start either. Derivation:
   * chance explains the absence of three in 5% of the cases. Simulation: half and double make no difference beyond
   * chance.
   */
  blindAnswers: 3,
  /**
   * How many times the burst has to be used up for the step to show. By hand. Simulation: half and double make no
   * difference beyond chance.
   */
  bursts: 4,
  /**
   * Slices that the rate of follow-ups is taken from. By hand. Simulation: half and double make no difference beyond
   * chance.
   */
  latestSlices: 20,
} as const;

/** The rate that follows from the model. */
export const RATE = {
  /**
   * Share that is used of the capacity which is exceeded with probability 1 - `caution`. By hand. Simulation: 0.985:
   * lab moving packets 190k to 166k, bursts rate 0.83 to 0.77; 0.94: lab rate 0.89 to 0.87, lab moving packets 190k
   * to 182k.
   */
  margin: 0.97,
  /** That probability's rest. By hand. Simulation: half and double make no difference beyond chance. */
  caution: 0.1,
  /**
   * The margin for going up because the capacity is known better: two estimates must not play ping-pong. By hand.
   * Simulation: 0.98: lab moving rate 0.49 to 0.46, lab moving packets 190k to 162k; 0.92: no difference.
   */
  raiseMargin: 0.96,
  /** The caution for that. By hand. */
  raiseCaution: 0.05,
  /** Least share of the most likely capacity: at a crawl nothing more would be learned. By hand. */
  leastShare: 0.6,
  /**
   * Evidence for a limit, in nats, at the start, when nothing is known. By hand: 400 to 1. Simulation: 3: lab 1%
   * packets 157k to 169k; 12: no difference.
   */
  startLimitNats: 6,
  /** The same later. By hand: 150 to 1. Simulation: 2.5: no difference; 10: bursts rate 0.83 to 0.78. */
  limitNats: 5,
  /**
   * Answers to wait for between two reductions. By hand. Simulation: half and double make no difference beyond
   * chance.
   */
  leastNews: 5,
  /** How long to wait for them, in seconds. By hand. */
  longestWaitS: 2,
  /** Changes that are smaller than this share of the rate are not worth it. By hand. */
  hysteresis: 0.015,
  /**
   * Least time before going up to a known capacity, in seconds; three times longer after each that was taken back.
   * By hand. Simulation: 0.1: no difference; 0.4: bursts rate 0.83 to 0.77.
   */
  settleS: 0.2,
  /** The same at most. By hand. Simulation: half and double make no difference beyond chance. */
  longestSettleS: 20,
  /** Work that has to be left for a doubling to pay, in seconds: it saves half of that. By hand. */
  doublingPaysS: 0.5,
  /** Share of the rate asked for that the sender has to reach for it to be raised. By hand. */
  reached: 0.85,
  /**
   * Share of the loss from which on this machine, which counts its own exactly, is its cause. Definition: most of
   * it.
   */
  ownShare: 0.5,
} as const;
