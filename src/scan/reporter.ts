import type { Logger } from "@logtape/logtape";
import {
  type Ledger,
  LossWarnings,
  PathWarnings,
  type Progress,
  type ScreenSink,
  secondsLeft,
  type Snapshot,
  statusLine,
  type StatusRow,
  type StatusSink,
  StatusWriter,
  sumLedgers,
} from "../monitor/mod.ts";
import type { ServiceHooks } from "./hooks.ts";
import type { RunsBefore } from "./runs_before.ts";
import type { ScanClock } from "./scan_clock.ts";
import { type StatusFile, StatusFileSink } from "./status_file.ts";

/** Time between two looks at the counters; the sink tells some of them. */
const TICK_MS = 1000;
/** What a reporter works with. */
export interface ReporterParts {
  /** Tells the time that counts. */
  readonly clock: Pick<ScanClock, "nowS">;
  /** Show no status. */
  readonly isQuiet: boolean;
  /** The status updates file, or null for none. */
  readonly statusFile: StatusFile | null;
  /** Share of packets that may be lost on the way without a warning; null: the scan acts on it by itself. */
  readonly pathLossTarget: number | null;
  /** Sending threads. */
  readonly senders: number;
  readonly logger: Logger;
  /** Where the status and the summary go. */
  readonly statusSink: ScreenSink;
  /** Is told each status line, shown or not. */
  readonly service?: Pick<ServiceHooks, "status"> | null;
  /**
   * Who else is told each second how the scan stands.
   *
   * @default {[]}
   */
  readonly sinks?: readonly StatusSink[];
  /**
   * What earlier runs of the scan have done: reports are of all runs together.
   *
   * @default {undefined} there was none
   */
  readonly before?: Pick<RunsBefore, "ledger" | "seconds"> | undefined;
  /** Adds up the ledger of this run as it stands. */
  readLedger(): Ledger;
  /** Whether the reader of results has left (`| head -1`): what it does not get is no reason to warn. */
  hasReaderGone(): boolean;
}

/** Tells the user at the start, once a second and at the end what the scan does and what it loses. */
export class Reporter {
  readonly writer: StatusWriter;
  readonly #parts: ReporterParts;
  readonly #warnings = new LossWarnings();
  readonly #pathWarnings: PathWarnings;
  /** All who are told, in this order. */
  readonly #sinks: readonly StatusSink[];
  readonly #startMs: number;
  #nextTickMs: number;
  #before: Snapshot;
  #ledger: Ledger;
  #ledgerMs: number;

  /** Makes a reporter; its clock starts now. */
  constructor(parts: ReporterParts) {
    this.#parts = parts;
    this.#startMs = this.#nextTickMs = this.#nowMs();
    this.#pathWarnings = new PathWarnings(parts.pathLossTarget ?? 1);
    const { service = null, sinks = [], statusFile } = parts;
    this.writer = new StatusWriter(parts.isQuiet, parts.statusSink);
    this.#sinks = [
      this.writer,
      ...service === null ? [] : [serviceSink(service)],
      ...statusFile === null ? [] : [new StatusFileSink(statusFile)],
      ...sinks,
    ];
    this.#ledger = parts.readLedger();
    this.#ledgerMs = this.#startMs;
    this.#before = this.#snapshotAt(this.#startMs, this.#ledger);
  }

  /** The ledger of this run as it stood at most `maxAgeMs` ago: reading it asks the kernel. */
  ledger(maxAgeMs: number): Ledger {
    const nowMs = this.#nowMs();
    if (nowMs - this.#ledgerMs > maxAgeMs) {
      this.#ledger = this.#parts.readLedger();
      this.#ledgerMs = nowMs;
    }
    return this.#ledger;
  }

  /** Whether the next `tick()` reports. */
  get isDue(): boolean {
    return this.#nowMs() >= this.#nextTickMs;
  }

  /** Reports when it is called for the first time, and once in each second since the start. */
  tick(progress: () => Progress): void {
    if (!this.isDue) return;
    const nowMs = this.#nowMs();
    const ticks = Math.floor((nowMs - this.#startMs) / TICK_MS);
    this.#nextTickMs = this.#startMs + (ticks + 1) * TICK_MS;
    this.#report(progress());
  }

  /** The status as of now, for somebody who asks. */
  status(progress: Progress): string {
    return statusLine({
      before: this.#before,
      now: this.#snapshot(),
      progress,
    });
  }

  /** Seconds until the scan ends, as far as is known; null: nothing tells. */
  secondsLeft(progress: Progress): number | null {
    return secondsLeft(
      this.#snapshotAt(this.#nowMs(), this.#ledger),
      progress,
    );
  }

  /** Reports the last part of a second; returns the ledger of all runs. */
  finish(progress: Progress): Ledger {
    this.#report(progress);
    const { ledger } = this.#before;
    for (const sink of this.#sinks) sink.finish(ledger);
    this.#warn([
      ...this.#warnings.finish(this.#worthWarning(ledger)),
      this.#pathWarnings.finish(),
    ]);
    return ledger;
  }

  #nowMs(): number {
    return this.#parts.clock.nowS() * 1000;
  }

  #snapshot(): Snapshot {
    return this.#snapshotAt(this.#nowMs(), this.ledger(0));
  }

  /** Of all runs, as a scan in one run would have them. */
  #snapshotAt(nowMs: number, ledger: Ledger): Snapshot {
    const { before } = this.#parts;
    const seconds = (nowMs - this.#startMs) / 1000;
    return before === undefined ? { elapsedSeconds: seconds, ledger } : {
      elapsedSeconds: before.seconds + seconds,
      ledger: sumLedgers(before.ledger, ledger),
      earlier: {
        elapsedSeconds: before.seconds,
        ledger: before.ledger,
      },
    };
  }

  #report(progress: Progress): void {
    const { senders } = this.#parts;
    const now = this.#snapshot();
    const before = this.#before;
    const seconds = now.elapsedSeconds - before.elapsedSeconds;
    this.#warn([
      ...this.#warnings.update(
        this.#worthWarning(now.ledger),
        this.#worthWarning(before.ledger),
        now.elapsedSeconds,
        seconds,
        progress.outage,
      ),
      this.#pathWarnings.update(progress.pathLoss, now.elapsedSeconds),
    ]);
    const wallClock = new Date();
    const row: StatusRow = { now, before, progress, wallClock, senders };
    for (const sink of this.#sinks) sink.update(row);
    this.#before = now;
  }

  #worthWarning(ledger: Ledger): Ledger {
    return this.#parts.hasReaderGone()
      ? { ...ledger, places: { ...ledger.places, output: 0 } }
      : ledger;
  }

  #warn(texts: readonly (string | null)[]): void {
    for (const text of texts) {
      if (text === null) continue;
      this.#parts.logger.warn("{text}", { text });
    }
  }
}

/** Each status line, shown or not. */
function serviceSink(service: Pick<ServiceHooks, "status">): StatusSink {
  return {
    update: (row) => service.status(statusLine(row)),
    finish: () => {},
  };
}
