import {
  type Coverage,
  estimateLoss,
  type LossEstimate,
  RepairPlan,
} from "../loss/mod.ts";
import { RateController } from "../capacity/mod.ts";
import { orderRate, type SharedBucketMemory } from "../send/mod.ts";
import { type Counters, RECEIVE, SEND } from "../shm/mod.ts";
import type { LossConfig } from "./config.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { LossMeter } from "./loss_meter.ts";
import { type SendMoment, SliceLog } from "./slice_log.ts";
import type { SenderMemory } from "./workers.ts";

/** Time between two looks at the loss: while the rate depends on it, and while it is only watched. */
const UPDATE_S = 0.05;
const WATCH_S = 0.2;
/** Time that a range to be sent again takes at most. */
const REPAIR_S = 0.5;
/** The upper bound of a rate that nothing bounds, in packets per second. */
export const UNBOUNDED_PPS = 20_000_000;

/** The lower bound of a rate that the user changes while the scan runs. */
const LEAST_PPS = 0.001;

/** What a governor works with. */
export interface GovernorParts {
  readonly loss: LossConfig;
  readonly isAutoRate: boolean;
  /** Packets per second to start at; 0 for no limit. */
  readonly startRatePps: number;
  readonly minRatePps: number;
  readonly maxRatePps: number;
  readonly firstPosition: number;
  readonly endPosition: number;
  readonly probesPerTarget: number;
  readonly meter: LossMeter;
  readonly bucket: SharedBucketMemory;
  readonly senders: readonly SenderMemory[];
  readonly receiverCounters: Counters;
  /** Packets that the machine itself has lost so far. */
  localLosses(): number;
}

/** A change of the rate. */
export interface RateChange {
  /** Seconds since sending began. */
  readonly atS: number;
  readonly ratePps: number;
  readonly reason: string;
}

/** What was lost on the way in a whole scan. */
export interface PathReport {
  /** Silent share of all follow-ups; null: too few, for this `reason`. */
  readonly loss: LossEstimate | null;
  readonly reason: string;
  /** Whether what was lost was sent again. */
  readonly isHealing: boolean;
  /** What was covered within the loss target, in view of all passes. */
  readonly coverage: Coverage;
  readonly passes: number;
  /** Packets per second while there was something to send. */
  readonly meanPps: number;
  readonly changes: readonly RateChange[];
}

/**
 * Decides what is sent and how fast: gives the sender its work, follows the loss, and where the user
 * wants that adapts the rate and sends again what was lost.
 */
export class Governor {
  readonly #parts: GovernorParts;
  readonly #isHealing: boolean;
  readonly #controller: RateController;
  readonly #repair: RepairPlan;
  readonly #dispatcher: Dispatcher;
  readonly #changes: RateChange[] = [];
  readonly #startS: number;
  readonly #log: SliceLog;
  #passes = 1;
  #ratePps: number;
  #updatedS = -Infinity;
  /** Time in which there was something to send. */
  #busyS = 0;
  #doneSeen = 0;
  #silent = 0;
  #settled = 0;
  #isFinished = false;
  /** The last slice that the controller knows of. */
  #reportedId = -1;
  /** Moments after which it is not known yet whether the receiver has caught up: time and its count. */
  readonly #unheard: { readonly nowS: number; readonly caughtUp: number }[] =
    [];
  /** All answers that had arrived by then are counted. */
  #heardS = -Infinity;

  constructor(parts: GovernorParts, nowS: number) {
    this.#parts = parts;
    this.#startS = nowS;
    this.#isHealing = parts.isAutoRate || parts.loss.onLoss === "slow";
    this.#ratePps = parts.startRatePps;
    this.#controller = new RateController({
      minRatePps: Math.min(parts.minRatePps, parts.maxRatePps),
      maxRatePps: parts.maxRatePps,
      startRatePps: parts.startRatePps === 0
        ? parts.maxRatePps
        : parts.startRatePps,
      lossTarget: parts.loss.target,
      isAuto: parts.isAutoRate,
    });
    this.#repair = new RepairPlan({
      lossTarget: parts.loss.target,
      maxPasses: this.#isHealing ? parts.loss.maxPasses : 1,
    });
    this.#log = new SliceLog(parts.meter.answers, parts.senders.length, nowS);
    this.#dispatcher = new Dispatcher(parts.senders);
    const { firstPosition: first, endPosition: end, probesPerTarget } = parts;
    for (let probeNumber = 0; probeNumber < probesPerTarget; probeNumber++) {
      const pass = probeNumber === 0 ? 0 : 1;
      this.#dispatcher.add({ first, end, pass, probeNumber });
    }
    this.#feed();
  }

  /** The rate that is asked for now, 0 for no limit. */
  get ratePps(): number {
    return this.#ratePps;
  }

  /** Nothing is left to send. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Positions that were sent, of all passes. */
  get done(): number {
    return this.#dispatcher.done;
  }

  /** Positions that were sent or are to be, of all passes. */
  get planned(): number {
    return this.#dispatcher.planned;
  }

  /** Loss on the way in the last seconds; null: not enough data. */
  recentPathLoss(nowS: number): LossEstimate | null {
    return this.#controller.pathLoss(nowS);
  }

  /** Loss on the way in the whole scan so far; null: not enough data. */
  get pathLoss(): LossEstimate | null {
    return estimateLoss(this.#silent, this.#settled);
  }

  /** Looks at the loss and acts; returns why the rate has changed, or null. Cheap when called too often. */
  update(nowS: number): string | null {
    const { isIdle } = this.#dispatcher;
    if (
      nowS - this.#updatedS < (this.#isHealing ? UPDATE_S : WATCH_S) && !isIdle
    ) return null;
    if (!isIdle || this.done > this.#doneSeen) {
      this.#busyS += nowS - Math.max(this.#updatedS, this.#startS);
    }
    this.#doneSeen = this.done;
    this.#updatedS = nowS;
    this.#measure(nowS, !isIdle);
    const moment = {
      nowS,
      done: this.#dispatcher.doneBySender,
      ratePps: this.#wanted(),
      localLosses: this.#parts.localLosses(),
    };
    this.#advance(moment, isIdle);
    const heardS = this.#heardS;
    const reason = this.#control(heardS);
    if (reason !== null) {
      this.#advance(moment, true);
      orderRate(this.#parts.bucket, this.#ratePps);
    }
    for (const id of this.#repair.openSlices) {
      if (id > this.#reportedId) continue;
      this.#repair.judge(id, this.#controller.sliceVerdict(id, heardS));
    }
    if (isIdle) this.#repairOrFinish();
    this.#feed();
    return reason;
  }

  /** Multiplies a fixed rate; returns the new one, or null when there is no limit or the rate adapts. */
  scaleRate(factor: number): number | null {
    if (this.#isHealing || this.#ratePps === 0) return null;
    const { bucket } = this.#parts;
    this.#ratePps = Math.min(
      Math.max(this.#ratePps * factor, LEAST_PPS),
      UNBOUNDED_PPS,
    );
    orderRate(bucket, this.#ratePps);
    return this.#ratePps;
  }

  /** What became of the scan. */
  report(): PathReport {
    return {
      loss: this.pathLoss,
      reason: this.#parts.meter.offReason ||
        `only ${this.#settled} follow-up probes were settled`,
      isHealing: this.#isHealing,
      coverage: this.#repair.coverage(),
      passes: this.#passes,
      meanPps: this.#busyS > 0 ? this.#accepted() / this.#busyS : 0,
      changes: this.#changes,
    };
  }

  /** Takes in follow-ups that are still open once sending is over. */
  settle(nowS: number): void {
    this.#measure(nowS, false);
    const heardS = this.#heardS;
    if (heardS === -Infinity) return;
    // For what it knows of the loss: there is nothing left to decide.
    this.#controller.update(heardS, this.#log.reports(heardS));
  }

  #measure(nowS: number, isSending: boolean): void {
    this.#listen(nowS);
    const events = this.#parts.meter.update(
      nowS,
      this.#heardS,
      this.#accepted(),
      isSending,
    );
    this.#log.follow(events);
    for (const { isAnswered } of events.settled) {
      this.#settled++;
      if (!isAnswered) this.#silent++;
    }
  }

  #advance(moment: SendMoment, isForced: boolean): void {
    for (const { id, ranges } of this.#log.advance(moment, isForced)) {
      this.#repair.add(id, ranges);
    }
  }

  /**
   * Finds out up to when answers are counted. A receiver that is late would look like loss: what matters is
   * the time up to which it has worked off all that was captured, which it has twice since then.
   */
  #listen(nowS: number): void {
    const caughtUp = this.#parts.receiverCounters[RECEIVE.caughtUp]!;
    while (
      this.#unheard.length > 0 && caughtUp >= this.#unheard[0]!.caughtUp + 2
    ) this.#heardS = this.#unheard.shift()!.nowS;
    this.#unheard.push({ nowS, caughtUp });
  }

  #control(nowS: number): string | null {
    if (nowS === -Infinity) return null;
    const reports = this.#log.reports(nowS);
    this.#reportedId = reports.at(-1)?.id ?? this.#reportedId;
    const decision = this.#controller.update(nowS, reports);
    if (!this.#isHealing || decision.reason === null) return null;
    this.#ratePps = decision.ratePps >= UNBOUNDED_PPS ? 0 : decision.ratePps;
    this.#changes.push({
      atS: nowS - this.#startS,
      ratePps: this.#ratePps,
      reason: decision.reason,
    });
    return decision.reason;
  }

  #wanted(): number {
    return this.#ratePps === 0 ? this.#parts.maxRatePps : this.#ratePps;
  }

  #repairOrFinish(): void {
    if (this.#isHealing) {
      const most = Math.max(1, Math.floor(this.#wanted() * REPAIR_S));
      for (;;) {
        const work = this.#repair.next(most);
        if (work === null) break;
        this.#passes = Math.max(this.#passes, work.pass + 1);
        this.#dispatcher.add({ ...work, probeNumber: 0 });
      }
      if (!this.#dispatcher.isIdle || this.#repair.isWaiting) return;
    }
    this.#isFinished = true;
  }

  #feed(): void {
    this.#dispatcher.feed(
      this.#ratePps,
      (sender, work) => this.#log.give(sender, work),
    );
  }

  #accepted(): number {
    return this.#parts.senders.reduce(
      (sum, { counters }) => sum + counters[SEND.accepted]!,
      0,
    );
  }
}
