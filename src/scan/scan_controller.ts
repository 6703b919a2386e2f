import {
  type LossEstimate,
  type PathLoss,
  RepairPlan,
  type RepairWork,
  type SendMoment,
} from "../loss/mod.ts";
import { MOST_STRETCHES, type UnsettledWork } from "../checkpoint/mod.ts";
import { orderRate } from "../send/shared_bucket.ts";
import { SEND } from "../shm/mod.ts";
import { AdaptiveRate } from "./adaptive_rate.ts";
import { Dispatcher } from "./dispatcher.ts";
import { LossMeter } from "./loss_meter.ts";
import { LossView } from "./loss_view.ts";
import { UNBOUNDED_PPS } from "./pace_settings.ts";
import {
  type PathReport,
  pathReport,
  type RateChange,
  unknownOf,
} from "./path_report.ts";
import {
  type ControllerMemory,
  pathMemory,
  repairBefore,
} from "./path_before.ts";
import type { ScanControllerParts } from "./scan_controller_parts.ts";
import { takeBack, type TakeBackTime } from "./take_back.ts";
import { type Lease, LocalWork, type ScanWork } from "./work_source.ts";

/**
 * Time between two looks at the loss, and length of the slices that are told apart: while the rate is doubled and many
 * hosts answer, while the rate depends on the loss, and while it is only watched.
 */
const RUSHING = { updateS: 0.02, sliceS: 0.04 };
const HEALING = { updateS: 0.05, sliceS: 0.1 };
const WATCHING = { updateS: 0.2, sliceS: 0.2 };
/** Time that a range to be sent again takes at most. */
const REPAIR_S = 0.5;
/** The lower bound of a rate that the user changes while the scan runs. */
const LEAST_PPS = 0.001;

/**
 * Decides what is sent and how fast: gives the senders their work, follows the loss, and where the user wants that
 * adapts the rate and sends again what was lost. A fault in the measurement switches it off and ends no scan.
 */
export class ScanController {
  readonly #parts: ScanControllerParts;
  readonly #isHealing: boolean;
  /** Null where the rate does not depend on the loss: then the model is not worth its time. */
  readonly #rates: AdaptiveRate | null;
  readonly #repair: RepairPlan;
  readonly #work: ScanWork;
  readonly #dispatcher: Dispatcher;
  readonly #meter: LossMeter;
  readonly #changes: RateChange[] = [];
  readonly #startS: number;
  /** Why loss is not measured any more; empty: it is. */
  #fault = "";
  #passes = 1;
  #ratePps: number;
  #updatedS = -Infinity;
  readonly #view: LossView;
  /** Time in which there was something to send. */
  #busyS = 0;
  #doneSeen = 0;
  #isFinished = false;
  /** Nothing may be sent: senders get no further work. */
  isHeld = false;
  /** Positions that may have been given out in all, as far as a checkpoint tells of it. */
  horizon: number;

  constructor(parts: ScanControllerParts, nowS: number) {
    const { before = null, loss, pace, probesPerTarget, senders } = parts;
    this.#parts = parts;
    this.#startS = nowS;
    this.horizon = parts.horizon ?? Infinity;
    this.#isHealing = pace.isAuto || loss.onLoss === "slow";
    this.#ratePps = pace.startRatePps;
    this.#meter = new LossMeter({
      answers: parts.answers,
      receiverCounters: parts.receiverCounters,
      senders,
      probesPerTarget,
      followUpShare: parts.followUpsOff === "" ? loss.sampleShare : 0,
      longestDelayS: parts.longestDelayS,
      before: before?.measured ?? null,
      asking: parts.asking ?? null,
    }, nowS);
    this.#view = new LossView(
      (read) => this.#measured(() => read(this.#meter)),
    );
    this.#rates = this.#isHealing
      ? new AdaptiveRate(this.#meter, {
        pace,
        lossTarget: loss.target,
        startS: nowS,
      })
      : null;
    this.#repair = new RepairPlan({
      lossTarget: loss.target,
      maxPasses: loss.maxPasses,
      before: before === null ? null : repairBefore(before, parts.rest),
    });
    this.#work = parts.work ?? LocalWork.of(parts);
    this.#dispatcher = new Dispatcher(this.#work, senders);
    this.#feed();
  }

  /** The rate that is asked for now, 0 for no limit. */
  get ratePps(): number {
    return this.#ratePps;
  }

  /** How often `update` should be called at least, in seconds. */
  get updateS(): number {
    return this.#timing.updateS;
  }

  /** How many positions each sender has done, in this run. */
  get doneBySender(): readonly number[] {
    return this.#dispatcher.doneBySender;
  }

  /** Positions that were given out, of all passes. */
  get given(): number {
    return this.#dispatcher.given;
  }

  /** What the loss known so far asks to be sent again, beyond what was given out. */
  wantedRepairs(): readonly RepairWork[] {
    return this.#isHealing && this.#fault === "" ? this.#repair.wanted() : [];
  }

  /** Nothing is left to send. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Positions that were sent, of all passes. */
  get done(): number {
    return this.#dispatcher.done;
  }

  /** Positions that are still to be sent, of all passes, as far as is known. */
  get remaining(): number {
    return this.#dispatcher.remaining;
  }

  /** Positions that senders have and have not sent yet. */
  get outstanding(): number {
    return this.#dispatcher.remaining - this.#work.waiting;
  }

  /** Whether targets may come that are not known yet. */
  get isOpen(): boolean {
    return this.#work.isOpen;
  }

  /** Why the loss is not measured any more, or an empty string. */
  get fault(): string {
    return this.#fault;
  }

  /** Loss on the way in the last seconds; null: not enough data. */
  recentLoss(): LossEstimate | null {
    return this.#measured(() => this.#meter.recent()) ?? null;
  }

  /** Loss on the way in this run so far, of each probe to a target. */
  lossOfRun(): readonly PathLoss[] {
    return this.#view.at(this.#updatedS).ofRun;
  }

  /** Share of the targets probed so far of whose loss nothing is known, 0 to 1. */
  unknownShare(): number {
    return this.#isHealing
      ? this.#repair.coverage().unknown
      : unknownOf(this.#view.at(this.#updatedS).whole);
  }

  /** Looks at the loss and acts; returns the change of the rate, or null. Cheap when called often, as it should be. */
  update(nowS: number): RateChange | null {
    const { isIdle } = this.#dispatcher;
    const isDue = isIdle || nowS - this.#updatedS >= this.#timing.updateS;
    // Where young slices are judged by how many answers have come, both are looked at in the same moments.
    if (isDue || !this.#isHealing) {
      this.#measured(() => this.#collect(nowS));
    }
    if (!isDue) {
      // What has just become known is wanted soon.
      if (this.#work.isOpen) this.#feed();
      return null;
    }
    if (!isIdle || this.done > this.#doneSeen) {
      this.#busyS += nowS - Math.max(this.#updatedS, this.#startS);
    }
    this.#doneSeen = this.done;
    this.#updatedS = nowS;
    const change = this.#measured(() => this.#measure(nowS, isIdle)) ?? null;
    if (isIdle) this.#repairOrFinish();
    if (!this.isHeld) this.#feed();
    return change;
  }

  /** Time in which nearly all answers come, in seconds. */
  get delayS(): number {
    return this.#meter.delay.delayS;
  }

  /** While answers may be missing for a reason that has nothing to do with the rate, they do not change it. */
  freezeRate(isFrozen: boolean): void {
    if (this.#rates !== null) this.#rates.isFrozen = isFrozen;
  }

  /**
   * Learns that what was sent since `sinceS` went nowhere, whatever the path lets through: it tells nothing, and is
   * sent again behind all others. Returns the number of probes.
   *
   * @param time as `takeBack` wants it, but for the losses
   */
  sendAgain(time: Omit<TakeBackTime, "localLosses">, nowS: number): number {
    const count = this.#measured(() => {
      const moment = this.#moment(nowS);
      this.#advance(moment, 0);
      const repair = this.#isHealing ? this.#repair : null;
      const work = { again: (lease: Lease) => this.#again(lease) };
      const parts = { meter: this.#meter, repair, work };
      return takeBack(parts, { ...time, ...moment });
    }) ?? 0;
    if (count > 0) this.#isFinished = false;
    return count;
  }

  /** Takes in answers that come once sending is over. */
  settle(nowS: number): void {
    this.#measured(() => this.#collect(nowS));
    if (nowS - this.#updatedS < this.#timing.updateS) return;
    this.#updatedS = nowS;
    this.#measured(() => {
      this.#advance(this.#moment(nowS), 0);
      this.#meter.update(nowS, false);
      this.#rates?.settle();
      this.#rates?.judge(this.#repair);
    });
  }

  /** Learns that the time for late answers is over. */
  finish(nowS: number): void {
    this.#measured(() => this.#meter.finish(nowS));
  }

  /** Multiplies a fixed rate; returns the new one, or null when there is no limit or the rate adapts. */
  scaleRate(factor: number): number | null {
    if (this.#isHealing || this.#ratePps === 0) return null;
    this.#ratePps = Math.min(
      Math.max(this.#ratePps * factor, LEAST_PPS),
      UNBOUNDED_PPS,
    );
    orderRate(this.#parts.bucket, this.#ratePps);
    return this.#ratePps;
  }

  /** What became of the scan, earlier runs included. */
  report(): PathReport {
    const { before = null, followUpsOff } = this.#parts;
    return pathReport({
      losses: this.#view.now().whole,
      coverage: this.#isHealing ? this.#repair.coverage() : null,
      owed: this.#work.owed,
      firstProbesLeft: this.#work.firstProbesLeft,
      firstProbesUnderWay: this.#dispatcher.firstProbesUnderWay,
      done: this.done + (before?.done ?? 0),
      reason: this.#fault || followUpsOff ||
        "too few hosts answered in time to be asked again",
      before: before?.measured ?? null,
      passes: this.#passes,
      busySeconds: this.#busyS,
      changes: this.#changes,
      packets: this.#accepted() + (before?.packets ?? 0),
      secondsBefore: before?.seconds ?? 0,
    });
  }

  /** What a later run of the scan goes on from, which sends `work`. */
  memory({ planned }: UnsettledWork): ControllerMemory {
    const isRepairing = this.#isHealing && this.#fault === "";
    return pathMemory(this.#parts.before ?? null, {
      meter: this.#measured(() => this.#meter.memory()) ?? null,
      repair: isRepairing
        ? this.#repair.memory(MOST_STRETCHES, planned[0] ?? [])
        : null,
      isRateKnown: this.#parts.pace.isAuto
        ? this.#rates?.isRateKnown ?? null
        : null,
      passes: this.#passes,
      busySeconds: this.#busyS,
      changes: this.#changes,
    });
  }

  get #timing(): typeof HEALING {
    if (!this.#isHealing) return WATCHING;
    return this.#rates?.isRushing(RUSHING.sliceS) ? RUSHING : HEALING;
  }

  /** What `work` returns, unless the measurement is off or has a fault, which switches it off. */
  #measured<T>(work: () => T): T | undefined {
    if (this.#fault !== "") return undefined;
    try {
      return work();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#fault = `a fault in its measurement: ${text}`;
      return undefined;
    }
  }

  #collect(nowS: number): void {
    this.#meter.collect(nowS, () => this.#dispatcher.doneBySender);
  }

  #measure(nowS: number, isIdle: boolean): RateChange | null {
    const moment = this.#moment(nowS);
    this.#advance(moment, isIdle ? 0 : this.#timing.sliceS);
    const { isOpen } = this.#work;
    this.#meter.update(nowS, isOpen || !isIdle);
    const change = this.#rates?.update(isOpen ? Infinity : this.remaining) ??
      null;
    if (change !== null) {
      // What has been sent up to now was sent at the rate before; the same moment, as a slice takes time.
      this.#advance(moment, 0);
      this.#changes.push(change);
      this.#ratePps = change.ratePps;
      orderRate(this.#parts.bucket, change.ratePps);
    }
    if (this.#rates?.isFrozen === false) this.#rates.judge(this.#repair);
    return change;
  }

  #moment(nowS: number): SendMoment {
    return {
      nowS,
      done: this.#dispatcher.doneBySender,
      ratePps: this.#ratePps === 0
        ? this.#parts.pace.maxRatePps
        : this.#ratePps,
      localLosses: this.#parts.localLosses(),
    };
  }

  #advance(moment: SendMoment, leastS: number): void {
    const closed = this.#meter.advance(moment, leastS);
    if (!this.#isHealing) return;
    for (const { heard, id, ranges } of closed) {
      this.#repair.add(id, ranges, heard);
    }
  }

  #repairOrFinish(): void {
    if (this.#isHealing && this.#fault === "") {
      const wanted = this.#ratePps === 0
        ? this.#parts.pace.maxRatePps
        : this.#ratePps;
      const most = Math.max(1, Math.floor(wanted * REPAIR_S));
      for (;;) {
        const work = this.#repair.next(most);
        if (work === null) break;
        this.#passes = Math.max(this.#passes, work.pass + 1);
        this.#meter.repeat(work.pass);
        this.#work.repair(work);
        this.#parts.account?.again({ ...work, probeNumber: 0 });
      }
      if (!this.#dispatcher.isIdle || this.#repair.isWaiting) return;
    }
    this.#isFinished = !this.#work.isOpen;
  }

  #feed(): void {
    this.#dispatcher.feed(
      this.#ratePps,
      (sender, work) => {
        this.#meter.give(sender, work);
        this.#parts.account?.give(sender, work);
      },
      this.horizon,
    );
  }

  #again(lease: Lease): void {
    this.#work.again(lease);
    this.#parts.account?.again(lease);
  }

  #accepted(): number {
    const { senders } = this.#parts;
    return senders.reduce((sum, one) => sum + one.counters[SEND.accepted]!, 0);
  }
}
