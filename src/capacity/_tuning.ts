export const GRID = {
  /** Ratio between neighbouring capacities of the grid. */
  step: 0.01,
  /** Burst that a rate limit is assumed to let pass, in seconds of its rate: at first, and at most. */
  burstS: 0.01,
  mostBurstS: 0.32,
  /** Share below which no packet count is distinguishable from none. */
  leastShare: 1e-3,
  /** How far the grid reaches below the first rate, and above the highest. */
  below: 4,
  above: 1.5,
} as const;

export const SEGMENT = {
  /** Ratio between the capacities of successive segments that is a rise, or a fall. */
  rise: 1.05,
  fall: 0.97,
  /** Slices are kept in a segment for this time, then until there are enough data, at most for the longest time. */
  leastS: 3,
  mostS: 30,
  enoughAnswers: 10_000,
  enoughFollowUps: 3000,
  leastSlices: 5,
  /** A closed segment learns from late answers for this time. */
  closingS: 3.5,
  /** Slices are forgotten altogether after this time. */
  forgetS: 60,
  /** Ratio of the lowest rate tried to the lowest capacity thought of, and what a grid point less costs. */
  deepest: 6,
  pointNats: 0.015,
  /** Follow-ups that count as answered before there are any: loss is first blamed on the rate, which a lower rate then proves or disproves. / */
  priorFollowUps: 500,
  priorLoss: 1e-4,
  /** Largest weight of what earlier segments taught. */
  learnedAnswers: 10_000,
  learnedFollowUps: 800,
  /** Prior weight of "no limit up to the highest rate tried", in grid points. */
  unlimitedPoints: 20,
} as const;

export const SAMPLE = {
  /** Relative deviation of a slice's hit rate beyond chance, for whatever the model leaves out. */
  excessSpread: 0.005,
  /** Uncertainty of the completeness, as a share of what is missing. */
  youthSpread: 1,
  /** Counts vary less than Poisson's when nearly all probes are answered, but are not believed to be exact. */
  leastDispersion: 0.03,
  /** Least share of the answers that has to be there for a slice to be looked at. */
  leastCompleteness: 0.3,
  /** Share of the packets that is next to all of them. */
  nearlyAll: 0.999,
  /** Local losses are exact, but they need not outweigh everything else. */
  localSamples: 400,
} as const;

export const CHANGE_POINT = {
  /** What a single slice that lost more than its segment explains can say at most, in nats: one short burst of loss is not a new capacity. One that lost less is proof, as nothing makes packets arrive. / */
  sliceNats: 6,
  /** Evidence for a change: of slices that lost, more than one has to agree; chance does not reach it in hours. */
  changeNats: 10,
  /** Starting points that fit nearly as well as the best one. */
  doubtNats: 3,
  /** Latest slices that are looked at. */
  latestSlices: 40,
  leastCompleteness: 0.8,
} as const;

export const JUDGE = {
  /** Age at which a verdict is final: some seconds, in which the capacity becomes known better, and at least as long as a slice's last follow-up needs for its outcome to be told. / */
  settledS: 2.5,
  toldS: 0.5,
  /** Age at which a verdict can be acted on, if answers took no time. */
  ripeS: 0.3,
  /** Loss at every rate, as a multiple of the target, that has to be ruled out for a verdict that stays. */
  ruledOut: 2,
  /** Probability of a loss above the target that is beyond doubt. */
  clear: 0.002,
  /** Age at which waiting for a clear verdict ends. */
  patienceS: 12,
  /** Answers that a slice needs for a verdict of its own, and the share that must have arrived. */
  ownAnswers: 20,
  ownCompleteness: 0.97,
  /** Deviation from the expected answers that chance does not explain, in standard deviations. */
  ownDeviation: 3,
  /** Relative uncertainty of the hit rate. */
  ownSpread: 0.001,
  /** Evidence for a limit, in nats, without which a loss is thought of, but not shown. */
  shownNats: 3,
  /** Variance of a prior so wide that it is no estimate. */
  noEstimateVariance: 0.04,
} as const;

export const SLOW_START = {
  /** The rate is doubled when this evidence, in nats, rules out that only this share of it passes. */
  confirmNats: 1.5,
  confirmShare: 0.55,
  /** Time after which it is doubled although less is known: with some answers, and with hardly any. */
  blindS: 0.3,
  blindAnswers: 2,
  longBlindS: 1,
  /** Time in which the evidence for a limit may turn out to have been chance. */
  alarmS: 1.5,
} as const;

export const STEPS = {
  /** Evidence, in nats, against a capacity this part of a step below the present rate lets the next step be taken. */
  confirmNats: 3,
  resolution: 1 / 3 as number,
  /** Variance of the answers where nearly all targets answer, as a share of their number. */
  leastDispersion: 0.05,
  /** Evidence for a limit that forbids the next step, without being a reason to slow down. */
  doubtNats: 1.5,
  /** Length of the first step, as a share of the rate; each further one is longer, up to doubling. */
  shortest: 0.05,
  longestFirst: 0.5,
  growth: 1.5,
  /** Half the way to where the limit is at most, up to this. */
  bold: 0.2,
  longest: 1,
  /** Time in which the first step should be confirmed: where answers are few, it has to be longer. */
  stepS: 2,
  /** Pause after a limit was found, and shorter where it is known badly: worse than this ratio (80% interval). */
  pauseS: 3,
  shortPauseS: 1,
  badlyKnown: 1.1,
  /** Work that has to be left, in seconds, for an attempt to pay: it saves some percent of that, and loses as much for a second where the limit has stayed. Where the limit is known badly, it saves more. / */
  paysS: 5,
  badlyKnownPaysS: 0.5,
  /** Longest pause per length of step: where steps have to be long to tell anything, attempts are dear. */
  longestPauseS: 300,
  /** Ends of that interval. */
  tail: 0.1,
  /** Share of the loss target that steps may cost. */
  costShare: 0.4,
  /** Time for a step to be confirmed or refuted, if answers took no time, and bursts passed no limit. */
  patienceS: 5,
  /** A limit that goes up again within this time was a burst of loss. */
  burstOfLossS: 5,
  /** Where not even so many answers come in that time, nothing is learned by going back either. */
  blindAnswers: 3,
  /** How many times the burst has to be used up for the step to show. */
  bursts: 4,
  /** Slices that the rate of follow-ups is taken from. */
  latestSlices: 20,
} as const;

export const RATE = {
  /** Share of the capacity that is used, of the value which the capacity exceeds with 90% probability. */
  margin: 0.97,
  caution: 0.1,
  /** The same for going up because the capacity is known better: two estimates must not play ping-pong. */
  raiseMargin: 0.96,
  raiseCaution: 0.05,
  longestRaise: 1.25,
  /** Least share of the most likely capacity: at a crawl nothing more would be learned. */
  leastShare: 0.6,
  /** Evidence for a limit, in nats: at the start, when nothing is known, and later. */
  startLimitNats: 6,
  limitNats: 5,
  /** Answers to wait for between two reductions, and for how long. */
  leastNews: 5,
  longestWaitS: 2,
  /** Changes that are smaller than this are not worth it. */
  hysteresis: 0.015,
  /** Least time before going up to a known capacity; three times longer after each that was taken back. */
  settleS: 0.2,
  longestSettleS: 20,
  /** Work that has to be left, in seconds, for a doubling to pay: it saves half of that. */
  doublingPaysS: 0.5,
  /** Share of the rate asked for that the sender has to reach for it to be raised. */
  reached: 0.85,
  /** Share of the loss from which on this machine, which counts its own exactly, is its cause. */
  ownShare: 0.5,
} as const;
