import type { ScreenSink } from "../monitor/mod.ts";
import type { Phase } from "./phase.ts";
import type { ScanSummary } from "./scan_summary.ts";
import type { StreamInput } from "./stream_work.ts";
import type { ScanThreads } from "./threads.ts";
import type { WatchReport } from "./watch_report.ts";

/** Whoever has started the program as a service, and wants to know how it stands. No call waits or throws. */
export interface ServiceHooks {
  /** Probes leave from now on. May be called again. */
  sending(): void;
  /** The main loop has come round; called many times a second. */
  alive(): void;
  /** Each status line, also those that nobody is shown. */
  status(line: string): void;
  /** The scan ends. May be called again. */
  stopping(): void;
}

/** What a scan is given besides its configuration. */
export interface ScanHooks {
  /** Ends the scan early when it aborts; its reason says by what. */
  readonly signal: AbortSignal;
  /**
   * Steps by which the user wants the rate to change, since the last call: positive for faster. Called
   * several times a second.
   */
  takeRateSteps(): number;
  /** How often the process has gone on after a stop so far, modulo 2^32; see `RunClock`. */
  continuations(): number;
  /** Is told what the scan does. */
  readonly phase: Phase;
  /** Where status lines and the summary go. */
  readonly statusSink: ScreenSink;
  /**
   * Whether the summary is told as text.
   *
   * @default {true}
   */
  readonly isSummaryTold?: boolean;
  /**
   * The service manager.
   *
   * @default {null}
   */
  readonly service?: ServiceHooks | null;
  /**
   * Where views of the scan go, for programs and people who watch it; null: nobody does.
   *
   * @default {null}
   */
  readonly watch?: WatchReport | null;
  /**
   * What the targets are read from, where they come while the scan runs.
   *
   * @default {undefined} they are known
   */
  readonly streamInput?: StreamInput | undefined;
  /**
   * The threads of the scan, made for its configuration before this code was loaded.
   *
   * @default {undefined} they are made now
   */
  readonly threads?: ScanThreads;
}

/** Why a scan ends when nobody reads its output any more (`| head -1`). */
export const READER_GONE = "the reader of the output has gone";

/** How a scan ended. */
export interface ScanOutcome {
  /** 0: done; 1: ended early, or an output has not all that belongs into it; 4: done, but more was lost than the loss target allows. */
  readonly exitCode: 0 | 1 | 4;
  /** Why it ended early, or "completed". */
  readonly reason: string;
  /** For programs; undefined: no scan has begun. */
  readonly summary?: ScanSummary;
}
