import {
  type Coverage,
  type PositionRange,
  RepairPlan,
  type RepairWork,
} from "../../src/loss/mod.ts";
import {
  RateController,
  type RateControllerOptions,
} from "../../src/capacity/mod.ts";
import {
  SimulatedHosts,
  type SimulatedSlice,
  STEP_S,
} from "./_simulated_hosts.ts";
import { type NetworkOptions, SimulatedNetwork } from "./_simulated_network.ts";

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

const UPDATE_STEPS = 5;
const SLICE_S = 0.1;
/** How long a slice's counts are refreshed. */
const REFRESH_S = 15;
/** Time after which the truth about a slice is told, for comparison with its verdict. */
const VERDICT_S = 5;

/** Runs a scan against a simulated network, in steps of 10 ms: sender, network, hosts, receiver, controller. */
export class SimulatedScan {
  readonly #options: ScanOptions;
  readonly #network: SimulatedNetwork;
  readonly #hosts: SimulatedHosts;
  readonly #controller: RateController;
  readonly #plan: RepairPlan;
  readonly #slices: SimulatedSlice[] = [];
  readonly #trace: TracePoint[] = [];
  readonly #changes: { timeS: number; ratePps: number; reason: string }[] = [];
  #packets = 0;
  #tracedPackets = 0;
  #lost = 0;
  #endS = 0;
  #followUpCredit = 0;
  #credit = 0;
  #open: SimulatedSlice | null = null;
  #cursor = 0;
  #work: RepairWork | null = null;

  constructor(options: ScanOptions) {
    const { network, controller, hitRate, targets } = options;
    this.#options = options;
    this.#network = new SimulatedNetwork(network);
    this.#hosts = new SimulatedHosts(this.#network.chance, {
      hitRate,
      targets,
      rttS: network.rttS,
    });
    this.#controller = new RateController(controller);
    this.#plan = new RepairPlan({
      lossTarget: controller.lossTarget,
      maxPasses: 3,
    });
  }

  /** Runs it to its end. */
  run(): ScanResult {
    const steps = Math.round(this.#options.durationS / STEP_S);
    for (let step = 1; step <= steps; step++) {
      const timeS = step * STEP_S;
      this.#hosts.receive(step);
      this.#send(step, timeS);
      if (step % UPDATE_STEPS === 0 && this.#update(timeS)) break;
    }
    return {
      trace: this.#trace,
      changes: this.#changes,
      endS: this.#endS,
      packets: this.#packets,
      found: this.#hosts.found,
      coverage: this.#plan.coverage(),
      slices: this.#slices.map((slice) => this.#judged(slice)),
    };
  }

  #judged(slice: SimulatedSlice): ScanResult["slices"][number] {
    const { id, startS, ratePps, lost, sent, pass } = slice;
    const nowS = this.#endS + VERDICT_S;
    const { kind, loss } = this.#controller.sliceVerdict(id, nowS);
    return {
      startS,
      ratePps,
      pass,
      loss: lost / sent,
      verdict: kind,
      judged: loss,
    };
  }

  /** Lets the controller decide; returns whether the scan is over. */
  #update(timeS: number): boolean {
    if (this.#open !== null && timeS - this.#open.startS >= SLICE_S - 1e-9) {
      this.#close();
    }
    const recent = this.#slices.filter(({ endS }) => endS > timeS - REFRESH_S);
    const before = this.#controller.ratePps;
    const { ratePps, reason } = this.#controller.update(timeS, recent);
    if (ratePps !== before) this.#close();
    if (reason !== null) this.#changes.push({ timeS, ratePps, reason });
    this.#trace.push({
      timeS,
      ratePps,
      capacityPps: this.#options.network.capacityPps(timeS),
      packets: this.#packets - this.#tracedPackets,
      lost: this.#lost,
      estimate: this.#controller.pathLoss(timeS)?.rate ?? null,
    });
    this.#tracedPackets = this.#packets;
    this.#lost = 0;
    return this.#options.targets !== null && this.#repair(timeS);
  }

  #repair(timeS: number): boolean {
    for (const id of this.#plan.openSlices) {
      this.#plan.judge(id, this.#controller.sliceVerdict(id, timeS));
    }
    if (this.#cursor < this.#options.targets! || this.#work !== null) {
      return false;
    }
    this.#close();
    return timeS > this.#endS && !this.#plan.isWaiting &&
      this.#nextWork() === null;
  }

  #nextWork(): RepairWork | null {
    this.#work ??= this.#plan.next(Math.ceil(this.#controller.ratePps / 10));
    return this.#work;
  }

  #close(): void {
    const slice = this.#open;
    this.#open = null;
    if (slice === null || slice.sent === 0) return;
    this.#slices.push(slice);
    if (this.#options.targets !== null) this.#plan.add(slice.id, slice.ranges);
  }

  #slice(pass: number, timeS: number): SimulatedSlice {
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

  #send(step: number, timeS: number): void {
    const { targets, localLimitPps = Infinity } = this.#options;
    this.#credit += this.#controller.ratePps * STEP_S;
    const most = Math.floor(this.#credit);
    this.#credit -= most;
    const isFirstPass = targets === null || this.#cursor < targets;
    const pass = isFirstPass ? 0 : this.#nextWork()?.pass;
    if (most === 0 || pass === undefined) return;
    const slice = this.#slice(pass, timeS - STEP_S);
    const followUps = this.#takeFollowUps(most);
    const ranges = targets === null ? [] : this.#take(most - followUps, pass);
    const probes = targets === null
      ? most - followUps
      : ranges.reduce((sum, { first, end }) => sum + end - first, 0);
    const count = probes + followUps;
    if (count === 0) return;
    const local = Math.max(0, count - Math.ceil(localLimitPps * STEP_S));
    const path = this.#network.carry(count - local, timeS, STEP_S);
    const share = path.share * (1 - local / count);
    slice.localLosses += local;
    slice.packets += probes;
    slice.followUpsSent += followUps;
    slice.endS = timeS;
    slice.sent += count;
    slice.lost += count * (1 - share);
    slice.ranges.push(...ranges);
    this.#packets += count;
    this.#lost += count * (1 - share);
    this.#endS = timeS;
    const sent = { step, slice, share, queueS: path.queueS, followUps };
    if (targets === null) this.#hosts.answerMany(probes, sent);
    else this.#hosts.answerTargets(ranges, sent);
  }

  #takeFollowUps(most: number): number {
    const { followUpShare = 0.01 } = this.#options;
    const { ratePps } = this.#controller;
    this.#followUpCredit = Math.min(
      this.#followUpCredit + most * followUpShare,
      1 + ratePps * followUpShare,
    );
    const taken = this.#hosts.takeFollowUps(
      Math.min(Math.floor(this.#followUpCredit), most),
    );
    this.#followUpCredit -= taken;
    return taken;
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
}
