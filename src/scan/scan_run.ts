import { type Progress, refusalCauses } from "../monitor/mod.ts";
import {
  Command,
  type CommandCode,
  giveCommand,
  RECEIVE,
  SEND,
} from "../shm/mod.ts";
import { closeScan } from "./close_scan.ts";
import { inputEnd, lateStop, outputEnd } from "./file_ends.ts";
import { followRateSignals } from "./follow_rate_signals.ts";
import type { ScanOutcome } from "./hooks.ts";
import {
  collectAndKeep,
  finishCheckpoint,
  type ScanMoment,
} from "./keep_checkpoint.ts";
import { allLosses, combinedLoss } from "./loss_report.ts";
import { type OutputWatch, watchOutputs } from "./output_watch.ts";
import { type PhaseFacts, phaseText } from "./phase_text.ts";
import { RunNotices } from "./run_notices.ts";
import { progressAt } from "./run_progress.ts";
import type { ScanParts } from "./scan_parts.ts";
import {
  NOTHING_SEEN,
  reasonToStop,
  remember,
  type Stop,
  type StopFacts,
  type StopMemory,
} from "./stop_rules.ts";
import { hitBase, targetsProbed } from "./targets_probed.ts";

/**
 * Rest of the main thread while few responses are waiting: how late a row may be written, and the end of sending
 * noticed. A slow scan must cost next to nothing; a fast one is over soon.
 */
const IDLE_MS = 50;
const FAST_IDLE_MS = 10;
/** Rate from which a scan is fast. */
const FAST_PPS = 10_000;
/** From so many responses at a time on there is no rest. */
const MANY_RESPONSES = 500;
/** Time between two looks at network and outputs. */
const LOOK_S = 0.1;
/** Age at which the ledger is read anew to judge this machine's own losses. */
const LEDGER_AGE_MS = 500;

/** The course of one scan from the first probe to the closed files. */
export class ScanRun {
  readonly #parts: ScanParts;
  readonly #outputWatch: OutputWatch;
  #phase: Progress["phase"] = "sending";
  #stage: PhaseFacts["phase"] = "sending";
  /** When sending began and ended. */
  readonly #startS: number;
  #endS = 0;
  /** Time that earlier runs have spent sending, in seconds. */
  readonly #sentBeforeS: number;
  readonly #notices: RunNotices;
  /** Senders wait for the network, or for space on the disk of an output. */
  #areSendersHeld = false;
  /** Senders have not ended, nor are they to. */
  #canSend = true;
  #lookedS = -Infinity;
  #memory: StopMemory = NOTHING_SEEN;

  constructor(parts: ScanParts) {
    this.#parts = parts;
    this.#outputWatch = watchOutputs(parts);
    this.#startS = parts.clock.nowS();
    this.#sentBeforeS = parts.before?.sendSeconds ?? 0;
    this.#notices = new RunNotices(parts);
    parts.hooks.phase.enter(() => this.#statusText());
  }

  /** Runs the scan to its end, whatever ends it. */
  async run(): Promise<ScanOutcome> {
    const { collector, memory, transport } = this.#parts;
    const { receiver, senders } = transport;
    const sendStart = new Date();
    this.#parts.hooks.service?.sending();
    let stop: Stop | null;
    let sendEnd: Date;
    for (;;) {
      stop = await this.#send();
      await this.#endSending(stop !== null || receiver === null);
      sendEnd = new Date();
      if (receiver === null || stop?.kind === "aborted" || collector.isFull) {
        break;
      }
      const end = await this.#coolDown();
      if (end === "send-again") continue;
      stop = end ?? stop;
      break;
    }
    this.#canSend = false;
    this.#stage = "stopping";
    this.#parts.hooks.service?.stopping();
    this.#command(Command.stop);
    await this.#collectUntil(Promise.all(senders.map(({ done }) => done)));
    if (receiver !== null) {
      giveCommand(memory.receiver.control, Command.stop);
      await this.#collectUntil(receiver.done);
    }
    this.#stage = "closing";
    this.#parts.aliases?.finish();
    while (!collector.isIdle) await this.#step();
    stop ??= lateStop(this.#parts);
    stop = await this.#finishOutputs(stop);
    this.#phase = "done";
    return await closeScan(this.#parts, {
      stop,
      sendStart,
      sendEnd,
      sendSeconds: this.#sentBeforeS + this.#endS - this.#startS,
      targetsProbed: targetsProbed(this.#parts),
      progress: this.#progress(),
    });
  }

  /**
   * Writes the last checkpoint, then the footers of the outputs: no checkpoint knows them, so that one that cannot be
   * written, or that the scan is killed at, is written by the next run. Returns why the scan is not complete, or null.
   */
  async #finishOutputs(stop: Stop | null): Promise<Stop | null> {
    const { checkpoints, collector } = this.#parts;
    const finished = finishCheckpoint(this.#parts, this.#moment(), stop);
    // Outputs that take nothing are still given up meanwhile.
    if (finished !== null) await this.#collectUntil(finished);
    collector.finish();
    if (stop !== null) return stop;
    while (!collector.isIdle) await this.#step();
    const late = lateStop(this.#parts);
    if (late !== null) await checkpoints?.fail(late.reason);
    return late;
  }

  /** Sends everything; returns why it ended before, or null. */
  async #send(): Promise<Stop | null> {
    const { aliases, clock, controller, logger, memory, outages } = this.#parts;
    this.#phase = "sending";
    this.#stage = "sending";
    giveCommand(memory.receiver.control, Command.run);
    this.#areSendersHeld = this.#isHeld;
    this.#command(this.#areSendersHeld ? Command.hold : Command.run);
    while (
      !controller.isFinished || outages.isHeld || !outages.mayEnd() ||
      aliases?.needsSenders(clock.nowS())
    ) {
      const stop = this.#reasonToStop();
      if (stop !== null) return stop;
      await this.#step();
      this.#followHolds();
      followRateSignals(this.#parts);
      const change = controller.update(clock.nowS());
      if (change === null) continue;
      const ratePps = Math.round(change.ratePps);
      const text = `Rate {ratePps} p/s: {reason}`;
      logger.info(text, { ratePps, reason: change.reason });
    }
    // All that came is sent, but not all that was meant.
    const reason = inputEnd(this.#parts);
    return reason === null ? null : { kind: "aborted", reason };
  }

  /** Unless that is final, senders wait: an outage may make them send again. */
  async #endSending(isFinal: boolean): Promise<void> {
    const { clock, memory, stream, transport: { senders } } = this.#parts;
    this.#canSend = !isFinal;
    this.#command(isFinal ? Command.stop : Command.cooldown);
    if (isFinal) {
      stream?.stop();
      this.#stage = "stopping";
      await this.#collectUntil(Promise.all(senders.map(({ done }) => done)));
    }
    this.#endS = clock.nowS();
    this.#phase = "cooldown";
    giveCommand(memory.receiver.control, Command.cooldown);
  }

  /** Waits for late answers; returns why it ended before, or null, unless an outage has cost what was sent last. */
  async #coolDown(): Promise<Stop | "send-again" | null> {
    const { clock, config, controller, outages } = this.#parts;
    this.#stage = "cooldown";
    let endS = this.#endS + config.send.cooldownMs / 1000;
    while (clock.nowS() < endS) {
      const lookedS = clock.nowS();
      const stop = this.#reasonToStop();
      if (stop !== null) return stop;
      await this.#step({ mostMs: (endS - clock.nowS()) * 1000 });
      // While no answer can come, none is waited for.
      if (outages.isHeld) endS += clock.nowS() - lookedS;
      else if (this.#maySend() && !controller.isFinished) return "send-again";
      controller.settle(clock.nowS());
    }
    controller.finish(clock.nowS());
    return null;
  }

  /**
   * Writes what has arrived, and rests when that was not much, until something is done or for `mostMs`; keeps the
   * reports going.
   */
  async #step(
    { done = null, mostMs = Infinity }: {
      readonly done?: Promise<unknown> | null;
      readonly mostMs?: number;
    } = {},
  ): Promise<void> {
    const { aliases, clock, collector, controller, reporter } = this.#parts;
    this.#parts.hooks.service?.alive();
    this.#lookAround();
    aliases?.update(clock.nowS());
    reporter.tick(() => this.#progress());
    const phase = this.#phase;
    const taken = collectAndKeep(this.#parts, phase, () => this.#moment());
    if (taken >= MANY_RESPONSES || collector.isBehind) {
      await collector.written();
      return;
    }
    const { ratePps } = controller;
    const isFast = ratePps === 0 || ratePps > FAST_PPS;
    const restMs = isFast
      ? FAST_IDLE_MS
      : Math.min(IDLE_MS, controller.updateS * 1000);
    await clock.rest(Math.min(restMs, mostMs), done);
  }

  /** Looks after network and outputs, which cost more than a slow scan may spend in each step. */
  #lookAround(): void {
    const { clock, outages, reporter } = this.#parts;
    const nowS = clock.nowS();
    const isEarly = nowS - this.#lookedS < LOOK_S;
    // A loss that is told has the outage as its cause, not the rate.
    if (isEarly && !outages.isHeld && !reporter.isDue) return;
    this.#lookedS = nowS;
    this.#lookAfterNetwork();
    this.#notices.look();
    this.#outputWatch.update(nowS);
  }

  async #collectUntil(done: Promise<unknown>): Promise<void> {
    let isDone = false;
    done.then(() => isDone = true);
    while (!isDone) await this.#step({ done });
  }

  #reasonToStop(): Stop | null {
    const { config } = this.#parts;
    const rules = { limits: config.limits, loss: config.loss };
    // A thread that fails may do so because the network has gone: then that is the reason.
    if (this.#threadEnd() !== null) this.#lookAfterNetwork();
    const facts = this.#facts();
    this.#memory = remember(this.#memory, facts, rules);
    return reasonToStop(facts, this.#memory, rules);
  }

  #moment(): ScanMoment {
    const progress = this.#progress();
    return {
      phase: this.#phase,
      seconds: this.#parts.clock.nowS() - this.#startS,
      sendSeconds: progress.sendSeconds - this.#sentBeforeS,
      secondsLeft: this.#parts.reporter.secondsLeft(progress),
    };
  }

  #facts(): StopFacts {
    const { clock, collector, config, controller, hooks, memory } = this.#parts;
    const { outages, reporter } = this.#parts;
    const { signal } = hooks;
    const isWatching = config.loss.onLoss === "abort";
    const ledger = reporter.ledger(isWatching ? LEDGER_AGE_MS : Infinity);
    const { filter, refusedByErrno } = ledger.send;
    return {
      phase: this.#phase,
      elapsedS: clock.nowS() - this.#startS,
      elapsedBeforeS: this.#sentBeforeS,
      signal: signal.aborted ? String(signal.reason) : null,
      outputEnd: outputEnd(this.#parts.files) ?? inputEnd(this.#parts),
      outageEnd: outages.end,
      threadEnd: this.#threadEnd(),
      rows: collector.allRows,
      accepted: this.#sum(SEND.accepted),
      abandoned: this.#sum(SEND.abandoned),
      pending: this.#sum(SEND.pending),
      refusals: refusalCauses(refusedByErrno, filter),
      isHeld: this.#sum(SEND.held) > 0 || this.#isHeld,
      hits: memory.receiver.counters[RECEIVE.successUnique]!,
      hitBase: hitBase({ ...this.#parts, before: undefined }),
      pathLoss: isWatching && !outages.isSuspected
        ? combinedLoss(controller.lossOfRun())
        : null,
      localLosses: isWatching ? outages.withoutOutages(allLosses(ledger)) : 0,
    };
  }

  #lookAfterNetwork(): void {
    const { clock, memory, outages } = this.#parts;
    outages.step({
      nowS: clock.nowS(),
      phase: this.#phase,
      canSend: this.#maySend(),
      sent: this.#sum(SEND.accepted),
      answers: memory.receiver.counters[RECEIVE.valid]!,
    });
  }

  /** Whether what went nowhere can be sent again. */
  #maySend(): boolean {
    const { clock, config: { limits: { maxRuntimeMs } } } = this.#parts;
    const sentS = this.#sentBeforeS + clock.nowS() - this.#startS;
    return this.#canSend &&
      (maxRuntimeMs === null || sentS * 1000 < maxRuntimeMs);
  }

  /** Why a thread has ended that should run. */
  #threadEnd(): string | null {
    const { receiver, senders, silentEnd } = this.#parts.transport;
    const running = this.#phase === "sending" ? [...senders] : [];
    if (receiver !== null) running.push(receiver);
    const ended = running.find(({ end }) => end !== undefined);
    return ended === undefined ? null : ended.end ?? silentEnd;
  }

  /** For somebody who asks: the status, and what is waited for. */
  #statusText(): string {
    const { config, reporter } = this.#parts;
    const progress = this.#progress();
    const { isHeld, refusals, elapsedS } = this.#facts();
    const { cooldownElapsedSeconds, mayGrow, packetsLeft } = progress;
    return `${reporter.status(progress)}\n${
      phaseText({
        phase: this.#stage,
        packetsLeft,
        mayGrow,
        isHeld,
        waitingFor: progress.outage ?? progress.shortage,
        refusals,
        refusedS: elapsedS - this.#memory.progressS,
        cooldownLeftS: config.send.cooldownMs / 1000 - cooldownElapsedSeconds,
      })
    }`;
  }

  /** Nothing may be sent: the network is not there, or the disk of an output is full. */
  get #isHeld(): boolean {
    return this.#parts.outages.isHeld || this.#outputWatch.isHeld;
  }

  /** Senders wait when they may not send; for an output that is slow they wait by themselves. */
  #followHolds(): void {
    const { controller } = this.#parts;
    const isHeld = this.#isHeld;
    controller.isHeld = isHeld;
    if (isHeld === this.#areSendersHeld) return;
    this.#areSendersHeld = isHeld;
    this.#command(isHeld ? Command.hold : Command.run);
  }

  #command(command: CommandCode): void {
    for (const { control } of this.#parts.memory.senders) {
      giveCommand(control, command);
    }
  }

  /** A counter of all senders. */
  #sum(slot: number): number {
    return this.#parts.memory.senders.reduce(
      (sum, { counters }) => sum + counters[slot]!,
      0,
    );
  }

  #progress(): Progress {
    return progressAt(this.#parts, {
      phase: this.#phase,
      shortage: this.#outputWatch.text,
      sentBeforeS: this.#sentBeforeS,
      startS: this.#startS,
      endS: this.#endS,
    });
  }
}
