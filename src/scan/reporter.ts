import type { Logger } from "@logtape/logtape";
import {
  type Ledger,
  LossWarnings,
  PathWarnings,
  type Progress,
  secondsLeft,
  type Snapshot,
  statusColumns,
  statusLine,
  type StatusRow,
  type StatusSink,
  StatusWriter,
  sumLedgers,
} from "../monitor/mod.ts";
import type { ServiceHooks } from "./hooks.ts";
import type { RunsBefore } from "./runs_before.ts";
import type { ScanClock } from "./scan_clock.ts";
import {
  createRowWriter,
  ResultFile,
  type RowEncoder,
  wholeLinesBytes,
} from "../output/mod.ts";
import type { Waiting } from "./outputs.ts";

/** Time between two looks at the counters; the sink tells some of them. */
const TICK_MS = 1000;
/** Status rows that wait for a slow reader at most: an hour of them. */
const MOST_PENDING_BYTES = 1 << 20;

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
  readonly statusSink: StatusSink;
  /** Is told each status line, shown or not. */
  readonly service?: Pick<ServiceHooks, "status"> | null;
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

/** A status updates file, open, and the writer of its rows. */
export interface StatusFile {
  readonly file: ResultFile;
  readonly rows: RowEncoder<StatusRow>;
}

/**
 * Opens the status updates file: JSON lines where its name says so, CSV otherwise. Null stands for none.
 *
 * @throws {ConfigError} when it cannot be opened
 * @throws the reason of the signal in `waiting` when that aborts before
 */
export async function openStatusFile(
  path: string | null,
  { isContinued, ...waiting }: Waiting & {
    /** Whether the rows of an earlier run stay, as far as they are whole. */
    readonly isContinued: boolean;
  },
): Promise<StatusFile | null> {
  if (path === null) return null;
  const format = /\.jsonl?$/.test(path) ? "json" : "csv";
  const columns = statusColumns(format);
  const keptBytes = isContinued ? wholeLinesBytes(path) : 0;
  return {
    file: await ResultFile.open(path, {
      ...waiting,
      option: "--status-updates-file",
      keptBytes,
      waitsForSpace: true,
    }),
    rows: createRowWriter({ format, columns, hasHeader: keptBytes === 0 }),
  };
}

/** Tells the user at the start, once a second and at the end what the scan does and what it loses. */
export class Reporter {
  readonly writer: StatusWriter;
  readonly #parts: ReporterParts;
  readonly #warnings = new LossWarnings();
  readonly #pathWarnings: PathWarnings;
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
    this.writer = new StatusWriter(parts.isQuiet, parts.statusSink);
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
    this.writer.finish();
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
    const { senders, statusFile } = this.#parts;
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
    const span = { now, before, progress };
    this.writer.status(span);
    this.#parts.service?.status(statusLine(span));
    if (statusFile !== null) {
      statusFile.rows.append({ ...span, wallClock: new Date(), senders });
      this.#writeStatus(statusFile);
    }
    this.#before = now;
  }

  #worthWarning(ledger: Ledger): Ledger {
    return this.#parts.hasReaderGone()
      ? { ...ledger, places: { ...ledger.places, output: 0 } }
      : ledger;
  }

  /** A file that takes nothing, or fails, ends no scan: what it does not take is counted, and told in the end. */
  #writeStatus({ file, rows }: StatusFile): void {
    if (file.pendingBytes > MOST_PENDING_BYTES) {
      file.abandon("it has not taken anything for long");
    }
    file.write(rows.take());
  }

  #warn(texts: readonly (string | null)[]): void {
    for (const text of texts) {
      if (text === null) continue;
      this.#parts.logger.warn("{text}", { text });
    }
  }
}
