import type { Ledger } from "./ledger.ts";
import type { StatusRow } from "./status_columns.ts";

/** Who is told each second how a scan stands: a terminal, a file, a server. None of its calls waits or throws. */
export interface StatusSink {
  /** Takes the status of a second, and shows it if it is time to. */
  update(row: StatusRow): void;
  /** Learns that the last status was given, and the ledger of all runs. */
  finish(ledger: Ledger): void;
}

/** Where the summary goes as well. */
export interface ScreenSink extends StatusSink {
  /** Writes whole lines, about something that went wrong if `level` says so. */
  lines(lines: readonly string[], level?: "info" | "error"): void;
}

/** A sink that takes everything and keeps nothing. */
export const NO_STATUS: ScreenSink = {
  update: () => {},
  finish: () => {},
  lines: () => {},
};

/** Gives the status to a sink, unless it is not wanted, and what else belongs to a report. */
export class StatusWriter implements ScreenSink {
  readonly #isQuiet: boolean;
  readonly #sink: ScreenSink;

  /** @param isQuiet write no status lines, only the summary */
  constructor(isQuiet: boolean, sink: ScreenSink) {
    this.#isQuiet = isQuiet;
    this.#sink = sink;
  }

  /** Shows the status. */
  update(row: StatusRow): void {
    if (!this.#isQuiet) this.#sink.update(row);
  }

  /** Writes whole lines. */
  lines(lines: readonly string[], level: "info" | "error" = "info"): void {
    this.#sink.lines(lines, level);
  }

  /** Leaves the last status as it is. */
  finish(ledger: Ledger): void {
    this.#sink.finish(ledger);
  }
}
