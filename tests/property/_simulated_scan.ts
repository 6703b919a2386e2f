import { MAX_FOLLOW_UPS } from "../../src/loss/mod.ts";
import type { PositionRange } from "../../src/loss/mod.ts";
import { makeScanMemory } from "../../src/scan/scan_memory.ts";
import type { PaceSettings } from "../../src/scan/pace_settings.ts";
import { ScanController } from "../../src/scan/scan_controller.ts";
import type { PathReport } from "../../src/scan/path_report.ts";
import { SimulatedChance } from "./_simulated_chance.ts";
import { type HostOptions, SimulatedHosts } from "./_simulated_hosts.ts";
import { type PathOptions, SimulatedPath } from "./_simulated_path.ts";
import { type Repeats, SimulatedReceiver } from "./_simulated_receiver.ts";
import { SimulatedSenders } from "./_simulated_senders.ts";
import { SimulatedTruth, type Truth } from "./_simulated_truth.ts";

/** A scan to simulate. */
export interface ScanOptions {
  readonly seed: number;
  readonly path: PathOptions;
  readonly hosts: HostOptions;
  readonly pace: PaceSettings;
  readonly targets: number;
  /** Time after which sending ends, in seconds. */
  readonly durationS: number;
  /** @default "warn" */
  readonly onLoss?: "warn" | "slow";
  /** @default 1 */
  readonly senders?: number;
  /** @default 1 */
  readonly probesPerTarget?: number;
  /** Share of the packets that may be follow-ups. @default 0.01 */
  readonly followUpShare?: number;
  /** What the machine itself keeps up with, packets per second. @default Infinity */
  readonly localLimitPps?: number;
  /** What the senders reach where nothing limits the rate, packets per second. @default 1e6 */
  readonly fastestPps?: number;
  /** Times in seconds from which and up to which the main thread does nothing. */
  readonly stalls?: readonly (readonly [number, number])[];
  /** @default "exact", or "recent" where the targets are too many */
  readonly repeats?: Repeats;
}

/** One point of the course of a scan. */
export interface TracePoint {
  readonly timeS: number;
  readonly ratePps: number;
  readonly capacityPps: number;
  /** Packets since the point before, and how many of their round trips failed on average. */
  readonly packets: number;
  readonly lost: number;
  /** Loss of the last seconds as the controller knows it, or null. */
  readonly estimate: number | null;
}

/** What came of it. */
export interface ScanResult extends Truth {
  readonly trace: readonly TracePoint[];
  /** When the last packet left, in seconds. */
  readonly endS: number;
  readonly packets: number;
  readonly report: PathReport;
  /** Why loss was not measured to the end, or an empty string. */
  readonly fault: string;
}

export const LOSS_TARGET = 0.005;
/** Length of a step, in seconds: 10 ms and a little, so that no number of steps falls short of its time by rounding. */
const STEP_S = 0.010_000_001;
/** Time that answers are waited for after the last packet, in seconds. */
const COOLDOWN_S = 8;
const FASTEST_PPS = 1_000_000;
/** Steps from one point of the trace to the next, and to the next look at the loss. */
const TRACE_STEPS = 5;
const ESTIMATE_STEPS = 20;
/** Steps that an answer may take. */
const LONGEST_STEPS = 2048;

/**
 * Runs a scan in steps of 10 ms: the controller that ships between simulated senders, path, hosts and receiver,
 * which share memory with it as the threads of a scan do.
 */
export class SimulatedScan {
  readonly #options: ScanOptions;
  readonly #chance: SimulatedChance;
  readonly #path: SimulatedPath;
  readonly #hosts: SimulatedHosts;
  readonly #senders: SimulatedSenders;
  readonly #receiver: SimulatedReceiver;
  readonly #controller: ScanController;
  readonly #truth: SimulatedTruth;
  readonly #probesPerTarget: number;
  /** What arrives in each of the next steps: positions and probe numbers in turn. */
  readonly #arrivals: number[][];
  readonly #trace: TracePoint[] = [];
  #step = 0;
  #packets = 0;
  #localLosses = 0;
  #endS = 0;
  #traced = { packets: 0, lost: 0 };
  #estimate: number | null = null;

  constructor(options: ScanOptions) {
    const { hosts, pace, path, seed, targets } = options;
    const { fastestPps = FASTEST_PPS, probesPerTarget = 1, senders = 1 } =
      options;
    this.#options = options;
    this.#probesPerTarget = probesPerTarget;
    this.#chance = new SimulatedChance(seed);
    this.#path = new SimulatedPath(path, this.#chance);
    this.#hosts = new SimulatedHosts(hosts, this.#chance);
    const memory = makeScanMemory({ layer: "ip", nextHops: [] }, {
      senders,
      ratePps: pace.startRatePps,
    });
    this.#senders = new SimulatedSenders(memory, this.#chance, fastestPps);
    this.#truth = new SimulatedTruth(targets, probesPerTarget);
    this.#receiver = new SimulatedReceiver({
      memory: memory.receiver,
      repeats: options.repeats ?? (this.#truth.isNoted ? "exact" : "recent"),
      probesPerTarget,
      isRepeat: (position) => this.#truth.answered(position),
    });
    this.#arrivals = Array.from({ length: LONGEST_STEPS }, () => []);
    this.#controller = new ScanController({
      loss: {
        sampleShare: options.followUpShare ?? 0.01,
        target: LOSS_TARGET,
        onLoss: options.onLoss ?? "warn",
        maxPasses: 3,
      },
      pace,
      followUpsOff: "",
      ranges: [{ first: 0, end: targets }],
      probesPerTarget,
      longestDelayS: COOLDOWN_S,
      bucket: memory.bucket,
      senders: memory.senders,
      answers: memory.receiver.answers,
      receiverCounters: memory.receiver.counters,
      localLosses: () => Math.floor(this.#localLosses),
    }, 0);
  }

  /** Runs it to its end. */
  run(): ScanResult {
    const controller = this.#controller;
    while (!controller.isFinished && this.#nowS < this.#options.durationS) {
      this.#advance();
      this.#send();
      if (!this.#isStalled()) controller.update(this.#nowS);
      this.#addTrace();
    }
    const cooldownEndS = this.#nowS + COOLDOWN_S;
    while (this.#nowS < cooldownEndS) {
      this.#advance();
      controller.settle(this.#nowS);
    }
    return {
      ...this.#truth.result(),
      trace: this.#trace,
      endS: this.#endS,
      packets: this.#packets,
      report: controller.report(),
      fault: controller.fault,
    };
  }

  get #nowS(): number {
    return this.#step * STEP_S;
  }

  #isStalled(): boolean {
    const { stalls = [] } = this.#options;
    return stalls.some(([fromS, toS]) =>
      this.#nowS > fromS && this.#nowS <= toS
    );
  }

  /** Goes to the next step, and receives what arrives in it. */
  #advance(): void {
    this.#step++;
    const arrivals = this.#arrivals[this.#step % LONGEST_STEPS]!;
    this.#receiver.look(arrivals);
    arrivals.length = 0;
  }

  #send(): void {
    const { localLimitPps = Infinity } = this.#options;
    const { works, count } = this.#senders.send(STEP_S);
    const local = Math.max(0, count - localLimitPps * STEP_S);
    const path = this.#path.carry(count - local, this.#nowS, STEP_S);
    if (count === 0) return;
    const share = path.share * (1 - local / count);
    this.#localLosses += local;
    this.#packets += count;
    this.#traced.packets += count;
    this.#traced.lost += count *
      (1 - share * this.#path.answerShare(this.#nowS));
    this.#endS = this.#nowS;
    for (const work of works) {
      this.#probe(work, work.probeNumber, { share, queueS: path.queueS });
    }
  }

  #probe(
    { first, end }: PositionRange,
    probeNumber: number,
    { queueS, share }: { readonly share: number; readonly queueS: number },
  ): void {
    const isFollowUp = probeNumber >= this.#probesPerTarget;
    for (
      let at = this.#hosts.nextAlive(first, end);
      at < end;
      at = this.#hosts.nextAlive(at + 1, end)
    ) {
      if (isFollowUp) this.#truth.followedUp(at);
      const isFirst = !isFollowUp && this.#truth.probed(at, probeNumber);
      if (share < 1 && this.#chance.next() >= share) continue;
      const delayS = this.#hosts.delayS(at, probeNumber) +
        queueS;
      const answerShare = this.#path.answerShare(this.#nowS + delayS);
      if (answerShare < 1 && this.#chance.next() >= answerShare) continue;
      if (isFirst) this.#truth.returned(probeNumber);
      this.#answer(at, probeNumber, delayS);
    }
  }

  #answer(position: number, probeNumber: number, delayS: number): void {
    const steps = Math.max(1, Math.ceil(delayS / STEP_S));
    if (steps >= LONGEST_STEPS) return;
    const lies = this.#hosts.liesOf(position);
    const arrivals = this.#arrivals[(this.#step + steps) % LONGEST_STEPS]!;
    arrivals.push(position, probeNumber);
    if (lies === null) return;
    const isFollowUp = probeNumber >= this.#probesPerTarget;
    const count = isFollowUp ? lies.followUpAnswers : lies.firstAnswers;
    for (let more = 1; more < count; more++) {
      // Repeats are spread over the following 5 seconds.
      const later = steps + Math.floor(500 * more / count);
      this.#arrivals[(this.#step + later) % LONGEST_STEPS]!.push(
        position,
        probeNumber,
      );
    }
    if (isFollowUp) return;
    for (let more = 0; more < lies.forgedFollowUps; more++) {
      const number = this.#probesPerTarget + more % MAX_FOLLOW_UPS;
      arrivals.push(position, number);
    }
  }

  #addTrace(): void {
    if (this.#step % ESTIMATE_STEPS === 0) {
      this.#estimate = this.#controller.recentLoss()?.rate ?? null;
    }
    if (this.#step % TRACE_STEPS > 0) return;
    const { pace: { maxRatePps } } = this.#options;
    this.#trace.push({
      timeS: this.#nowS,
      ratePps: this.#controller.ratePps || maxRatePps,
      capacityPps: this.#path.capacityPps(this.#nowS),
      ...this.#traced,
      estimate: this.#estimate,
    });
    this.#traced = { packets: 0, lost: 0 };
  }
}
