import type { Span } from "./progress.ts";

/** What the status and the summary are given to; none of its calls waits. */
export interface StatusSink {
  /** Takes the status of a second, and shows it if it is time to. */
  status(span: Span): void;
  /** Leaves the last status as it is. */
  finish(): void;
  /** Writes whole lines, about something that went wrong if `level` says so. */
  lines(lines: readonly string[], level?: "info" | "error"): void;
}

/** A sink that takes everything and keeps nothing. */
export const NO_STATUS: StatusSink = {
  status: () => {},
  finish: () => {},
  lines: () => {},
};

/** Gives the status to a sink, unless it is not wanted, and what else belongs to a report. */
export class StatusWriter implements StatusSink {
  readonly #isQuiet: boolean;
  readonly #sink: StatusSink;

  /** @param isQuiet write no status lines, only the summary */
  constructor(isQuiet: boolean, sink: StatusSink) {
    this.#isQuiet = isQuiet;
    this.#sink = sink;
  }

  /** Shows the status. */
  status(span: Span): void {
    if (!this.#isQuiet) this.#sink.status(span);
  }

  /** Writes whole lines. */
  lines(lines: readonly string[], level: "info" | "error" = "info"): void {
    this.#sink.lines(lines, level);
  }

  /** Leaves the last status as it is. */
  finish(): void {
    this.#sink.finish();
  }
}
