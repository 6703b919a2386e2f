import type { Logger } from "@logtape/logtape";
import {
  type KernelCounters,
  type Ledger,
  LossWarnings,
  PathWarnings,
  type Progress,
  readLedger,
  type Snapshot,
  STATUS_COLUMNS,
  statusLine,
  type StatusRow,
  StatusWriter,
} from "../monitor/mod.ts";
import {
  createRowWriter,
  type ResultFile,
  type RowWriter,
} from "../output/mod.ts";
import type { Collector } from "./collector.ts";
import type { ReportConfig } from "./config.ts";
import type { ScanMemory } from "./workers.ts";

/** Time between two status lines. */
const TICK_MS = 1000;

/** What a reporter works with. */
export interface ReporterParts {
  readonly report: ReportConfig;
  /** Share of packets that may be lost on the way without a warning; null: the scan acts on it by itself. */
  readonly pathLossTarget: number | null;
  readonly memory: ScanMemory;
  readonly kernel: KernelCounters;
  readonly collector: Collector;
  readonly logger: Logger;
}

/** Tells the user once a second what the scan does and what it loses. */
export class Reporter {
  readonly writer: StatusWriter;
  readonly #parts: ReporterParts;
  readonly #warnings = new LossWarnings();
  readonly #pathWarnings: PathWarnings;
  readonly #statusFile: ResultFile | null;
  readonly #rows: RowWriter<StatusRow>;
  readonly #startMs: number = performance.now();
  #lastTickMs: number = performance.now();
  #before: Snapshot;

  /**
   * Makes a reporter; its clock starts now.
   *
   * @param statusFile the status updates file, open, or null for none
   */
  constructor(parts: ReporterParts, statusFile: ResultFile | null) {
    this.#parts = parts;
    this.#pathWarnings = new PathWarnings(parts.pathLossTarget ?? 1);
    this.writer = new StatusWriter(parts.report.isQuiet);
    this.#statusFile = statusFile;
    this.#rows = createRowWriter({
      format: /\.jsonl?$/.test(parts.report.statusPath ?? "") ? "json" : "csv",
      columns: STATUS_COLUMNS,
      hasHeader: true,
    });
    this.#before = this.snapshot();
  }

  /** The ledger as it stands. */
  ledger(): Ledger {
    const { collector, kernel, memory } = this.#parts;
    return readLedger(
      memory.senders.map(({ counters }) => counters),
      memory.receiverCounters,
      kernel.read(),
      collector,
    );
  }

  /** The ledger and the time. */
  snapshot(): Snapshot {
    return {
      elapsedSeconds: (performance.now() - this.#startMs) / 1000,
      ledger: this.ledger(),
    };
  }

  /** Reports if a second has passed since the last time. */
  tick(progress: () => Progress): void {
    const nowMs = performance.now();
    if (nowMs - this.#lastTickMs < TICK_MS) return;
    this.#lastTickMs = nowMs;
    this.#report(progress());
  }

  /** Reports the last part of a second, and closes the status file. */
  async finish(progress: Progress): Promise<Ledger> {
    this.#report(progress);
    const { ledger } = this.#before;
    this.writer.finish();
    this.#warn([...this.#warnings.finish(ledger), this.#pathWarnings.finish()]);
    await this.#statusFile?.close();
    return ledger;
  }

  #report(progress: Progress): void {
    const now = this.snapshot();
    const before = this.#before;
    const seconds = now.elapsedSeconds - before.elapsedSeconds;
    this.#warn([
      ...this.#warnings.update(
        now.ledger,
        before.ledger,
        now.elapsedSeconds,
        seconds,
      ),
      this.#pathWarnings.update(progress.pathLoss, now.elapsedSeconds),
    ]);
    this.writer.status(now.elapsedSeconds, statusLine(now, before, progress));
    if (this.#statusFile !== null) {
      const wallClock = new Date();
      const senders = this.#parts.memory.senders.length;
      this.#rows.append({ now, before, progress, wallClock, senders });
      this.#statusFile.write(this.#rows.take());
    }
    this.#before = now;
  }

  #warn(texts: readonly (string | null)[]): void {
    for (const text of texts) {
      if (text === null) continue;
      this.writer.finish();
      this.#parts.logger.warn("{text}", { text });
    }
  }
}
