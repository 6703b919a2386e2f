import type { Logger } from "@logtape/logtape";
import { errnoName } from "../link/mod.ts";
import {
  type KernelCounters,
  type Ledger,
  type Progress,
  readLedger,
  type Snapshot,
  statusLine,
  type StatusWriter,
  summaryLines,
} from "../monitor/mod.ts";
import type { MetadataFile, ResultFile } from "../output/mod.ts";
import type { NetworkPlan } from "../preflight/mod.ts";
import {
  Command,
  type Control,
  type Counters,
  giveCommand,
  SEND,
} from "../shared/mod.ts";
import { WorkQueue, type WorkQueueMemory } from "../shared/mod.ts";
import type { Collector } from "./collector.ts";
import type { ScanConfig } from "./config.ts";
import { scanMetadata } from "./metadata.ts";
import type { ScanOutcome } from "./scan.ts";
import type { WorkerHandle } from "./worker_handle.ts";

/** Pause of the main thread while no response is waiting: how late a row may be written. */
const IDLE_MS = 50;
/** Time between two status lines, and between two looks at the kernel's counters. */
const TICK_MS = 1000;
/** How long the kernel may refuse every frame before the scan gives up. */
const STALL_MS = 30_000;
/** Fill of the queue to the output at which sending pauses, and below which it goes on. */
const PAUSE_FILL = 0.5;
const RESUME_FILL = 0.25;
/** Why a scan ends when nobody reads its output any more (`| head -1`). */
const READER_GONE = "the reader of the output has gone";

/** What a running scan works with. */
export interface ScanParts {
  readonly config: ScanConfig;
  readonly network: NetworkPlan;
  readonly ratePps: number;
  readonly memory: {
    readonly receiverControl: Control;
    readonly receiverCounters: Counters;
    readonly senderControl: Control;
    readonly senderCounters: Counters;
    readonly work: WorkQueueMemory;
  };
  readonly receiver: WorkerHandle;
  readonly sender: WorkerHandle;
  readonly collector: Collector;
  readonly file: ResultFile;
  readonly metadataFile: MetadataFile | null;
  readonly kernel: KernelCounters;
  readonly statusWriter: StatusWriter;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** The course of one scan from the first probe to the closed files. */
export class ScanRun {
  readonly #parts: ScanParts;
  readonly #packetsPlanned: number;
  #phase: Progress["phase"] = "sending";
  /** `performance.now()` when sending began and ended. */
  #startMs = 0;
  #endMs = 0;
  #lastTickMs = 0;
  #before: Snapshot | null = null;
  #isPaused = false;
  #lastAccepted = 0;
  #lastProgressMs = 0;
  #receiverEnd: string | null | undefined = undefined;

  constructor(parts: ScanParts) {
    this.#parts = parts;
    const { config } = parts;
    this.#packetsPlanned =
      (config.targets.endPosition - config.targets.firstPosition) *
      config.probe.probesPerTarget;
    parts.receiver.done.then((reason) => this.#receiverEnd = reason);
  }

  /** Runs the scan to its end, whatever ends it. */
  async run(): Promise<ScanOutcome> {
    const { memory, sender, receiver, collector } = this.#parts;
    const receiveStart = new Date();
    giveCommand(memory.receiverControl, Command.run);
    this.#startMs = performance.now();
    this.#lastProgressMs = this.#startMs;
    this.#before = this.#snapshot();
    const sendStart = new Date();
    let endedEarly = await this.#send();
    giveCommand(memory.senderControl, Command.stop);
    await this.#collectUntil(sender.done);
    this.#endMs = performance.now();
    const sendEnd = new Date();
    this.#phase = "cooldown";
    giveCommand(memory.receiverControl, Command.cooldown);
    if (endedEarly === null) endedEarly = await this.#coolDown();
    giveCommand(memory.receiverControl, Command.stop);
    await this.#collectUntil(receiver.done);
    while (await collector.collect() > 0);
    this.#phase = "done";
    const ledger = await this.#close({
      endedEarly,
      sendStart,
      sendEnd,
      receiveStart,
    });
    this.#summarise(ledger, endedEarly);
    return {
      exitCode: endedEarly === null ? 0 : 1,
      reason: endedEarly ?? "completed",
    };
  }

  /** Sends everything; returns why it ended early, or null. */
  async #send(): Promise<string | null> {
    const { config, memory } = this.#parts;
    const queue = new WorkQueue(memory.work);
    const { firstPosition, endPosition } = config.targets;
    const probes = config.probe.probesPerTarget;
    for (let probeNumber = 0; probeNumber < probes; probeNumber++) {
      queue.push(
        { first: firstPosition, end: endPosition, probeNumber },
        memory.senderControl,
      );
    }
    giveCommand(memory.senderControl, Command.run);
    const positions = (endPosition - firstPosition) * probes;
    while (memory.senderCounters[SEND.done]! < positions) {
      const reason = this.#reasonToEnd() ?? this.#stall();
      if (reason !== null) return reason;
      await this.#step();
      this.#applyBackPressure();
    }
    return null;
  }

  async #coolDown(): Promise<string | null> {
    while (
      performance.now() - this.#endMs < this.#parts.config.send.cooldownMs
    ) {
      const reason = this.#reasonToEnd();
      if (reason !== null) return reason;
      await this.#step();
    }
    return null;
  }

  /** Writes what has arrived, or rests when nothing has; keeps the status line going. */
  async #step(): Promise<void> {
    this.#tick();
    if (await this.#parts.collector.collect() === 0) {
      await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    }
  }

  async #collectUntil(done: Promise<unknown>): Promise<void> {
    let isDone = false;
    done.then(() => isDone = true);
    while (!isDone) await this.#step();
  }

  #reasonToEnd(): string | null {
    const { file, signal } = this.#parts;
    if (signal.aborted) return String(signal.reason);
    if (file.status === "reader-gone") return READER_GONE;
    if (file.status === "failed") {
      return `cannot write results: ${messageOf(file.failure)}`;
    }
    if (this.#receiverEnd !== undefined) {
      return `receiver ended: ${this.#receiverEnd}`;
    }
    return null;
  }

  /** Pauses sending while the output cannot keep up, so that what is still on its way finds room. */
  #applyBackPressure(): void {
    const { collector, logger, memory } = this.#parts;
    const fill = collector.fill;
    if (!this.#isPaused && fill > PAUSE_FILL) {
      this.#isPaused = true;
      giveCommand(memory.senderControl, Command.hold);
      logger.warn(
        "The output is too slow: sending pauses until it has caught up",
      );
    } else if (this.#isPaused && fill < RESUME_FILL) {
      this.#isPaused = false;
      giveCommand(memory.senderControl, Command.run);
      logger.info("The output has caught up: sending goes on");
    }
  }

  #stall(): string | null {
    const counters = this.#parts.memory.senderCounters;
    const accepted = counters[SEND.accepted]!;
    const now = performance.now();
    if (
      accepted !== this.#lastAccepted || counters[SEND.pending] === 0 ||
      this.#isPaused
    ) {
      this.#lastAccepted = accepted;
      this.#lastProgressMs = now;
    }
    if (now - this.#lastProgressMs < STALL_MS) return null;
    const errors = [...this.#ledger().send.refusedByErrno.keys()].map(errnoName)
      .join(", ");
    return `the kernel took no frame for ${STALL_MS / 1000} s (${errors})`;
  }

  #tick(): void {
    const now = performance.now();
    if (now - this.#lastTickMs < TICK_MS) return;
    this.#lastTickMs = now;
    const snapshot = this.#snapshot();
    const line = statusLine(snapshot, this.#before!, this.#progress());
    this.#parts.statusWriter.status(snapshot.elapsedSeconds, line);
    this.#before = snapshot;
  }

  #progress(): Progress {
    const { config } = this.#parts;
    return {
      phase: this.#phase,
      packetsPlanned: this.#packetsPlanned,
      probesPerTarget: config.probe.probesPerTarget,
      cooldownSeconds: config.send.cooldownMs / 1000,
      cooldownElapsedSeconds: this.#phase === "cooldown"
        ? (performance.now() - this.#endMs) / 1000
        : 0,
    };
  }

  #snapshot(): Snapshot {
    return {
      elapsedSeconds: (performance.now() - this.#startMs) / 1000,
      ledger: this.#ledger(),
    };
  }

  #ledger(): Ledger {
    const { collector, kernel, memory } = this.#parts;
    return readLedger(
      [memory.senderCounters],
      memory.receiverCounters,
      kernel.read(),
      collector,
    );
  }

  async #close(
    times: {
      endedEarly: string | null;
      sendStart: Date;
      sendEnd: Date;
      receiveStart: Date;
    },
  ): Promise<Ledger> {
    const { config, file, metadataFile, network, ratePps } = this.#parts;
    await file.close();
    const ledger = this.#ledger();
    await metadataFile?.write(scanMetadata(config, {
      ...times,
      network,
      ledger,
      ratePps,
      exitReason: times.endedEarly ?? "completed",
      receiveEnd: new Date(),
      errnoName,
    }));
    return ledger;
  }

  #summarise(ledger: Ledger, endedEarly: string | null): void {
    const { config, logger, statusWriter } = this.#parts;
    statusWriter.finish();
    if (endedEarly === READER_GONE) return;
    if (config.report.isQuiet) {
      if (endedEarly !== null) {
        logger.warn("Ended early: {endedEarly}", { endedEarly });
      }
      return;
    }
    statusWriter.lines(summaryLines(ledger, {
      targetsPlanned: config.targets.endPosition - config.targets.firstPosition,
      probesPerTarget: config.probe.probesPerTarget,
      sendSeconds: (this.#endMs - this.#startMs) / 1000,
      endedEarly,
      errnoName,
    }));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
