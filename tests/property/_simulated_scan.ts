import {
  type Coverage,
  type PositionRange,
  RateController,
  type RateControllerOptions,
  RepairPlan,
  type RepairWork,
  type SliceReport,
} from "../../src/pace/mod.ts";
import {
  type NetworkOptions,
  type SimulatedChance,
  SimulatedNetwork,
} from "./_simulated_network.ts";

/** A scan to simulate. */
export interface ScanOptions {
  readonly network: NetworkOptions;
  readonly controller: RateControllerOptions;
  /** Share of the targets that answer. */
  readonly hitRate: number;
  /** Number of targets, for a scan with an end and repairs; null: only the rate is looked at. */
  readonly targets: number | null;
  /** Longest simulated time in seconds. */
  readonly durationS: number;
  /** Share of the packets that may be follow-ups. @default 0.01 */
  readonly followUpShare?: number;
  /** Losses of the machine itself: the rate that it can keep up with. @default Infinity */
  readonly localLimitPps?: number;
}

/** One point of the course of a scan. */
export interface TracePoint {
  readonly timeS: number;
  readonly ratePps: number;
  readonly capacityPps: number;
  /** Packets since the point before, and how many of their round trips failed. */
  readonly packets: number;
  readonly lost: number;
  /** Estimated by follow-ups, or null. */
  readonly estimate: number | null;
}

/** What came of it. */
export interface ScanResult {
  readonly trace: readonly TracePoint[];
  readonly changes: readonly {
    readonly timeS: number;
    readonly ratePps: number;
    readonly reason: string;
  }[];
  /** When the last packet left. */
  readonly endS: number;
  /** Share of the live targets that were found; 1 without targets. */
  readonly found: number;
  readonly packets: number;
  readonly coverage: Coverage;
  /** True loss and verdict of each slice. */
  readonly slices: readonly {
    readonly startS: number;
    readonly ratePps: number;
    readonly loss: number;
    readonly verdict: string;
    readonly judged: number;
    readonly pass: number;
  }[];
}

const STEP_S = 0.01;
const UPDATE_STEPS = 5;
const SLICE_S = 0.1;
const FOLLOW_UP_SPACING_S = 1;
const FOLLOW_UP_TIMEOUT_S = 1;
/** How long a slice's counts are refreshed. */
const REFRESH_S = 15;
/** Classes that the round-trip times are spread over. */
const RTT_CLASSES = 8;

type Slice = { -readonly [Key in keyof SliceReport]: SliceReport[Key] } & {
  readonly ranges: PositionRange[];
  sent: number;
  lost: number;
};

interface Arrival {
  readonly slice: Slice;
  readonly answers: number;
  readonly followUpsAnswered: number;
  readonly followUpsSilent: number;
}

/** Runs a scan against a simulated network, in steps of 10 ms: sender, network, hosts, receiver, controller. */
export class SimulatedScan {
  readonly #options: ScanOptions;
  readonly #network: SimulatedNetwork;
  readonly #chance: SimulatedChance;
  readonly #controller: RateController;
  readonly #plan: RepairPlan;
  readonly #slices: Slice[] = [];
  readonly #arrivals = new Map<number, Arrival[]>();
  /** Hosts that become due for a follow-up, by step. */
  readonly #due = new Map<number, number>();
  readonly #isAlive: Uint8Array | null;
  readonly #isFound: Uint8Array | null;
  #responders = 0;
  #followUpCredit = 0;
  #credit = 0;
  #open: Slice | null = null;
  #cursor = 0;
  #work: RepairWork | null = null;

  constructor(options: ScanOptions) {
    this.#options = options;
    this.#network = new SimulatedNetwork(options.network);
    this.#chance = this.#network.chance;
    this.#controller = new RateController(options.controller);
    this.#plan = new RepairPlan({
      lossTarget: options.controller.lossTarget,
      maxPasses: 3,
    });
    const { targets, hitRate } = options;
    this.#isAlive = targets === null
      ? null
      : new Uint8Array(targets).map(() =>
        this.#chance.next() < hitRate ? 1 : 0
      );
    this.#isFound = targets === null ? null : new Uint8Array(targets);
  }

  /** Runs it to its end. */
  run(): ScanResult {
    const trace: TracePoint[] = [];
    const changes: { timeS: number; ratePps: number; reason: string }[] = [];
    let packets = 0;
    let lost = 0;
    let tracedPackets = 0;
    let tracedLost = 0;
    let endS = 0;
    const steps = Math.round(this.#options.durationS / STEP_S);
    for (let step = 1; step <= steps; step++) {
      const timeS = step * STEP_S;
      this.#receive(step);
      const sent = this.#send(step, timeS);
      if (sent.count > 0) endS = timeS;
      packets += sent.count;
      lost += sent.lost;
      if (step % UPDATE_STEPS !== 0) continue;
      const decision = this.#update(timeS);
      if (decision.reason !== null) {
        changes.push({ timeS, ...decision, reason: decision.reason });
      }
      trace.push({
        timeS,
        ratePps: decision.ratePps,
        capacityPps: this.#options.network.capacityPps(timeS),
        packets: packets - tracedPackets,
        lost: lost - tracedLost,
        estimate: this.#controller.pathLoss(timeS)?.rate ?? null,
      });
      tracedPackets = packets;
      tracedLost = lost;
      if (this.#isDone(timeS, endS)) break;
    }
    const nowS = endS + 5;
    return {
      trace,
      changes,
      endS,
      packets,
      found: this.#found(),
      coverage: this.#plan.coverage(),
      slices: this.#slices.map((slice) => {
        const { kind, loss } = this.#controller.sliceVerdict(slice.id, nowS);
        return {
          startS: slice.startS,
          ratePps: slice.ratePps,
          loss: slice.lost / Math.max(1, slice.sent),
          verdict: kind,
          judged: loss,
          pass: slice.pass,
        };
      }),
    };
  }

  #update(timeS: number): { ratePps: number; reason: string | null } {
    if (this.#open !== null && timeS - this.#open.startS >= SLICE_S - 1e-9) {
      this.#close();
    }
    const recent = this.#slices.filter(({ endS }) => endS > timeS - REFRESH_S);
    const before = this.#controller.ratePps;
    const decision = this.#controller.update(timeS, recent);
    if (decision.ratePps !== before && this.#open !== null) this.#close();
    if (this.#options.targets !== null) {
      for (const id of this.#plan.openSlices) {
        this.#plan.judge(id, this.#controller.sliceVerdict(id, timeS));
      }
    }
    return decision;
  }

  #isDone(timeS: number, endS: number): boolean {
    const { targets } = this.#options;
    if (targets === null || this.#cursor < targets) return false;
    if (this.#work !== null) return false;
    if (this.#open !== null) this.#close();
    return timeS > endS && !this.#plan.isWaiting && this.#nextWork() === null;
  }

  #nextWork(): RepairWork | null {
    if (this.#work === null) {
      this.#work = this.#plan.next(Math.ceil(this.#controller.ratePps / 10));
    }
    return this.#work;
  }

  #close(): void {
    const slice = this.#open!;
    this.#open = null;
    if (slice.sent === 0) return;
    this.#slices.push(slice);
    if (this.#options.targets !== null) this.#plan.add(slice.id, slice.ranges);
  }

  #slice(pass: number, timeS: number): Slice {
    if (this.#open !== null && this.#open.pass !== pass) this.#close();
    this.#open ??= {
      id: this.#slices.length,
      startS: timeS,
      endS: timeS,
      packets: 0,
      ratePps: this.#controller.ratePps,
      answers: 0,
      followUpsSent: 0,
      followUpsAnswered: 0,
      followUpsSilent: 0,
      localLosses: 0,
      pass,
      ranges: [],
      sent: 0,
      lost: 0,
    };
    return this.#open;
  }

  #send(step: number, timeS: number): { count: number; lost: number } {
    const { followUpShare = 0.01, targets, network, localLimitPps = Infinity } =
      this.#options;
    const startS = timeS - STEP_S;
    this.#credit += this.#controller.ratePps * STEP_S;
    const most = Math.floor(this.#credit);
    this.#credit -= most;
    const isFirstPass = targets === null || this.#cursor < targets;
    const pass = isFirstPass ? 0 : this.#nextWork()?.pass;
    if (most === 0 || pass === undefined) return { count: 0, lost: 0 };
    const slice = this.#slice(pass, startS);
    this.#followUpCredit = Math.min(
      this.#followUpCredit + most * followUpShare,
      1 + this.#controller.ratePps * followUpShare,
    );
    const followUps = Math.min(
      Math.floor(this.#followUpCredit),
      this.#responders,
      most,
    );
    this.#followUpCredit -= followUps;
    this.#responders -= followUps;
    const ranges = targets === null ? null : this.#take(most - followUps, pass);
    const normal = ranges === null
      ? most - followUps
      : ranges.reduce((sum, { first, end }) => sum + end - first, 0);
    const count = normal + followUps;
    const local = Math.max(0, count - Math.ceil(localLimitPps * STEP_S));
    slice.localLosses += local;
    const { share: pathShare, queueS } = this.#network.carry(
      count - local,
      timeS,
      STEP_S,
    );
    const share = pathShare * (1 - local / Math.max(1, count));
    slice.packets += normal;
    slice.endS = timeS;
    slice.followUpsSent += followUps;
    slice.sent += count;
    const answers = ranges === null
      ? this.#chance.binomial(normal, share * this.#options.hitRate)
      : this.#probe(ranges, share, slice);
    const answered = this.#chance.binomial(followUps, share);
    this.#answer(step, slice, answers, answered, queueS, network.rttS);
    const silentStep = step + Math.round(FOLLOW_UP_TIMEOUT_S / STEP_S);
    this.#arrive(silentStep, {
      slice,
      answers: 0,
      followUpsAnswered: 0,
      followUpsSilent: followUps - answered,
    });
    slice.lost += count * (1 - share);
    return { count, lost: count * (1 - share) };
  }

  /** Takes positions from the current work. */
  #take(count: number, pass: number): PositionRange[] {
    if (pass === 0) {
      const first = this.#cursor;
      this.#cursor = Math.min(this.#options.targets!, first + count);
      return [{ first, end: this.#cursor }];
    }
    const ranges: PositionRange[] = [];
    let left = count;
    while (left > 0) {
      const work = this.#nextWork();
      if (work === null || work.pass !== pass) break;
      const end = Math.min(work.end, work.first + left);
      ranges.push({ first: work.first, end });
      left -= end - work.first;
      this.#work = end < work.end ? { ...work, first: end } : null;
    }
    return ranges;
  }

  /** Probes single targets; returns how many answer for the first time. */
  #probe(
    ranges: readonly PositionRange[],
    share: number,
    slice: Slice,
  ): number {
    let answers = 0;
    for (const range of ranges) {
      slice.ranges.push(range);
      for (let at = range.first; at < range.end; at++) {
        if (this.#isAlive![at] === 0 || this.#isFound![at] === 1) continue;
        if (share < 1 && this.#chance.next() >= share) continue;
        this.#isFound![at] = 1;
        answers++;
      }
    }
    return answers;
  }

  #answer(
    step: number,
    slice: Slice,
    answers: number,
    followUps: number,
    queueS: number,
    [shortestS, longestS]: readonly [number, number],
  ): void {
    let answersLeft = answers;
    let followUpsLeft = followUps;
    const classes = longestS > shortestS ? RTT_CLASSES : 1;
    for (let at = 0; at < classes; at++) {
      const rttS = shortestS +
        (longestS - shortestS) * (at + 0.5) / classes + queueS;
      const part = 1 / (classes - at);
      const now = this.#chance.binomial(answersLeft, part);
      const nowFollowUps = this.#chance.binomial(followUpsLeft, part);
      answersLeft -= now;
      followUpsLeft -= nowFollowUps;
      this.#arrive(step + Math.max(1, Math.ceil(rttS / STEP_S)), {
        slice,
        answers: now,
        followUpsAnswered: nowFollowUps,
        followUpsSilent: 0,
      });
    }
  }

  #arrive(step: number, arrival: Arrival): void {
    const list = this.#arrivals.get(step);
    if (list === undefined) this.#arrivals.set(step, [arrival]);
    else list.push(arrival);
  }

  #receive(step: number): void {
    const spacing = Math.round(FOLLOW_UP_SPACING_S / STEP_S);
    for (const arrival of this.#arrivals.get(step) ?? []) {
      const { slice, answers, followUpsAnswered, followUpsSilent } = arrival;
      slice.answers += answers;
      slice.followUpsAnswered += followUpsAnswered;
      slice.followUpsSilent += followUpsSilent;
      // Each host gets two follow-ups at most: half of those that answered one may get another.
      const due = answers + Math.floor(followUpsAnswered / 2);
      this.#due.set(step + spacing, (this.#due.get(step + spacing) ?? 0) + due);
    }
    this.#arrivals.delete(step);
    this.#responders += this.#due.get(step) ?? 0;
    this.#due.delete(step);
  }

  #found(): number {
    if (this.#isAlive === null) return 1;
    let alive = 0;
    let found = 0;
    for (let at = 0; at < this.#isAlive.length; at++) {
      alive += this.#isAlive[at]!;
      found += this.#isFound![at]!;
    }
    return found / alive;
  }
}
