import { errnoName } from "../link/mod.ts";
import {
  HitRateGuard,
  type Ledger,
  LOSS_PLACES,
  type Progress,
} from "../monitor/mod.ts";
import {
  Command,
  type CommandCode,
  giveCommand,
  RECEIVE,
  SEND,
} from "../shm/mod.ts";
import { closeScan } from "./close_scan.ts";
import { READER_GONE, type ScanOutcome } from "./hooks.ts";
import type { ScanParts } from "./scan_parts.ts";

/**
 * Pause of the main thread while few responses are waiting: how late a row may be written, and the end of sending
 * noticed. A slow scan must cost next to nothing; a fast one is over soon.
 */
const IDLE_MS = 50;
const FAST_IDLE_MS = 10;
/** Rate from which a scan is fast. */
const FAST_PPS = 10_000;
/** From so many responses at a time on there is no pause. */
const MANY_RESPONSES = 500;
/** How long the kernel may refuse every frame before the scan gives up. */
const STALL_MS = 30_000;
/** Fill of the queue to the output at which sending pauses, and below which it goes on. */
const PAUSE_FILL = 0.5;
const RESUME_FILL = 0.25;
/** Factor of the rate for each SIGUSR1; its inverse for each SIGUSR2. */
const RATE_STEP = 1.05;

/** The course of one scan from the first probe to the closed files. */
export class ScanRun {
  readonly #parts: ScanParts;
  #phase: Progress["phase"] = "sending";
  /** `performance.now()` when sending began and ended. */
  readonly #startMs: number = performance.now();
  #endMs = 0;
  #isPaused = false;
  #lastAccepted = 0;
  #lastProgressMs: number = performance.now();
  #receiverEnd: string | null | undefined = undefined;
  readonly #hitRateGuard: HitRateGuard;
  /** The limit that ended the scan, or null. */
  #limit: string | null = null;

  constructor(parts: ScanParts) {
    this.#parts = parts;
    this.#hitRateGuard = new HitRateGuard(
      parts.config.limits.minHitRatePercent,
    );
    parts.workers.receiver.done.then((reason) => this.#receiverEnd = reason);
  }

  /** Runs the scan to its end, whatever ends it. */
  async run(): Promise<ScanOutcome> {
    const { collector, memory, workers } = this.#parts;
    const sendStart = new Date();
    giveCommand(memory.receiverControl, Command.run);
    this.#command(Command.run);
    let endedEarly = await this.#send();
    this.#command(Command.stop);
    await this.#collectUntil(
      Promise.all(workers.senders.map(({ done }) => done)),
    );
    this.#endMs = performance.now();
    const sendEnd = new Date();
    this.#phase = "cooldown";
    giveCommand(memory.receiverControl, Command.cooldown);
    if (endedEarly === null && !collector.isFull) {
      endedEarly = await this.#coolDown();
    }
    giveCommand(memory.receiverControl, Command.stop);
    await this.#collectUntil(workers.receiver.done);
    while (!collector.isIdle) await this.#step();
    this.#phase = "done";
    return await closeScan(this.#parts, {
      endedEarly,
      limit: this.#limit,
      sendStart,
      sendEnd,
      sendSeconds: (this.#endMs - this.#startMs) / 1000,
      targetsProbed: this.#targetsProbed(),
      progress: this.#progress(),
    });
  }

  /** Sends everything; returns why it ended early, or null. */
  async #send(): Promise<string | null> {
    const { governor, logger } = this.#parts;
    while (!governor.isFinished) {
      const reason = this.#reasonToEnd() ?? this.#stall() ??
        this.#lossAbort() ?? this.#guardAbort();
      if (reason !== null) return reason;
      if (this.#isLimitReached()) return null;
      await this.#step();
      this.#applyBackPressure();
      this.#changeRate();
      const change = governor.update(performance.now() / 1000);
      if (change === null) continue;
      const ratePps = Math.round(governor.ratePps);
      logger.info("Rate {ratePps} p/s: {change}", { ratePps, change });
    }
    return null;
  }

  async #coolDown(): Promise<string | null> {
    const { config, governor } = this.#parts;
    const endMs = this.#endMs + config.send.cooldownMs;
    while (performance.now() < endMs) {
      const reason = this.#reasonToEnd();
      if (reason !== null) return reason;
      if (this.#isLimitReached()) return null;
      await this.#step({ mostMs: endMs - performance.now() });
      governor.settle(performance.now() / 1000);
    }
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
    const { collector, governor, reporter } = this.#parts;
    reporter.tick(() => this.#progress());
    if (collector.collect() < MANY_RESPONSES) {
      const { ratePps } = governor;
      const isFast = ratePps === 0 || ratePps > FAST_PPS;
      const pauseMs = Math.min(isFast ? FAST_IDLE_MS : IDLE_MS, mostMs);
      const pause = new Promise((resolve) => setTimeout(resolve, pauseMs));
      await (done === null ? pause : Promise.race([pause, done]));
    } else await collector.written();
  }

  async #collectUntil(done: Promise<unknown>): Promise<void> {
    let isDone = false;
    done.then(() => isDone = true);
    while (!isDone) await this.#step({ done });
  }

  #reasonToEnd(): string | null {
    const { files, hooks: { signal } } = this.#parts;
    if (signal.aborted) return String(signal.reason);
    for (const file of files) {
      if (file.status === "reader-gone") return READER_GONE;
      if (file.status === "failed") {
        return `cannot write results: ${messageOf(file.failure)}`;
      }
    }
    if (this.#receiverEnd !== undefined) {
      return `receiver ended: ${this.#receiverEnd}`;
    }
    return null;
  }

  /** Whether the scan has done what the user wants of it; no error, unlike what aborts it. */
  #isLimitReached(): boolean {
    const { collector, config } = this.#parts;
    const { maxResults, maxRuntimeMs } = config.limits;
    if (collector.isFull) {
      this.#limit = `${maxResults} results`;
    } else if (
      this.#phase === "sending" && maxRuntimeMs !== null &&
      performance.now() - this.#startMs >= maxRuntimeMs
    ) {
      this.#limit = `${maxRuntimeMs / 1000} s of sending`;
    } else {
      return false;
    }
    return true;
  }

  /** With `--min-hitrate` and `--max-sendto-failures`: why to end. */
  #guardAbort(): string | null {
    const { config, memory } = this.#parts;
    const { maxSendFailures, minHitRatePercent } = config.limits;
    const failures = this.#sum(SEND.abandoned);
    if (maxSendFailures !== null && failures > maxSendFailures) {
      return `${failures} packets could not be sent, more than ${maxSendFailures}`;
    }
    const hits = memory.receiverCounters[RECEIVE.successUnique]!;
    const hitRate = 100 * hits / Math.max(1, this.#hitBase());
    const ageS = (performance.now() - this.#startMs) / 1000;
    return this.#hitRateGuard.isTooLow(ageS, hitRate)
      ? `the hit rate is ${hitRate.toFixed(2)}%, below ${minHitRatePercent}%`
      : null;
  }

  /** Follows SIGUSR1 and SIGUSR2. */
  #changeRate(): void {
    const { governor, hooks, logger } = this.#parts;
    const steps = hooks.takeRateSteps();
    if (steps === 0) return;
    const ratePps = governor.scaleRate(RATE_STEP ** steps);
    if (ratePps === null) {
      logger.warn("The rate stays: it has no limit, or finds itself");
    } else {
      logger.info("Rate {ratePps} p/s: as asked by a signal", {
        ratePps: Number(ratePps.toFixed(3)),
      });
    }
  }

  /** With `--on-loss abort`: why to end, once loss above the target is certain. */
  #lossAbort(): string | null {
    const { config, governor, reporter } = this.#parts;
    if (config.loss.onLoss !== "abort") return null;
    const path = governor.pathLoss;
    if (path !== null && path.low > config.loss.target) {
      return `${
        (100 * path.rate).toFixed(1)
      }% of the packets are lost on the way`;
    }
    const lost = localLosses(reporter.ledger());
    const accepted = this.#sum(SEND.accepted);
    return lost > Math.max(100, accepted * config.loss.target)
      ? `${lost} packets were lost in this machine`
      : null;
  }

  /** Pauses sending while the output cannot keep up, so that what is still on its way finds room. */
  #applyBackPressure(): void {
    const { collector, logger } = this.#parts;
    const fill = collector.fill;
    if (!this.#isPaused && fill > PAUSE_FILL) {
      this.#isPaused = true;
      this.#command(Command.hold);
      logger.warn(
        "output: too slow, so sending pauses until it has caught up",
      );
    } else if (this.#isPaused && fill < RESUME_FILL) {
      this.#isPaused = false;
      this.#command(Command.run);
      logger.info("output: caught up, sending goes on");
    }
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

  #stall(): string | null {
    const accepted = this.#sum(SEND.accepted);
    const now = performance.now();
    if (
      accepted !== this.#lastAccepted || this.#sum(SEND.pending) === 0 ||
      this.#isPaused
    ) {
      this.#lastAccepted = accepted;
      this.#lastProgressMs = now;
    }
    if (now - this.#lastProgressMs < STALL_MS) return null;
    const refused = this.#parts.reporter.ledger().send.refusedByErrno;
    const errors = [...refused.keys()].map(errnoName).join(", ");
    return `the kernel took no frame for ${STALL_MS / 1000} s (${errors})`;
  }

  #progress(): Progress {
    const { collector, config, governor, hasAppSuccess } = this.#parts;
    const { maxResults, maxRuntimeMs } = config.limits;
    const nowMs = performance.now();
    return {
      phase: this.#phase,
      packetsLeft: governor.planned - governor.done,
      hitBase: this.#hitBase(),
      hasAppSuccess,
      wantedRatePps: governor.ratePps,
      pathLoss: governor.recentPathLoss(nowMs / 1000),
      sendSeconds:
        ((this.#phase === "sending" ? nowMs : this.#endMs) - this.#startMs) /
        1000,
      maxSendSeconds: maxRuntimeMs === null ? null : maxRuntimeMs / 1000,
      rowShare: maxResults === null ? null : collector.rows / maxResults,
      cooldownSeconds: config.send.cooldownMs / 1000,
      cooldownElapsedSeconds: this.#phase === "cooldown"
        ? (nowMs - this.#endMs) / 1000
        : 0,
    };
  }

  #targetsProbed(): number {
    const { config, governor } = this.#parts;
    const { endPosition, firstPosition } = config.targets;
    return Math.min(governor.done, endPosition - firstPosition);
  }

  /** What the hit rate is a share of: where repeats are not told apart, each probe may bring a success. */
  #hitBase(): number {
    const { config, governor } = this.#parts;
    return config.dedup.method === "none"
      ? governor.done
      : this.#targetsProbed();
  }
}

/** Packets that this machine has lost, sent or received; those that were refused are sent again. */
export function localLosses(ledger: Ledger): number {
  return LOSS_PLACES.reduce(
    (sum, place) =>
      place === "send: refused" || place === "output"
        ? sum
        : sum + ledger.places[place],
    0,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
