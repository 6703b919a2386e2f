/** What status lines and the summary are given to; none of its calls waits. */
export interface StatusSink {
  /** Shows a status line, in the place of the one before where that is possible. */
  status(text: string): void;
  /** Leaves the last status line as it is. */
  finish(): void;
  /** Ends an open status line, then writes whole lines, about something that went wrong if `level` says so. */
  lines(lines: readonly string[], level?: "info" | "error"): void;
}

/** A sink that takes everything and keeps nothing. */
export const NO_STATUS: StatusSink = {
  status: () => {},
  finish: () => {},
  lines: () => {},
};

/** Gives status lines to a sink, unless they are not wanted, and what else belongs to a report. */
export class StatusWriter implements StatusSink {
  readonly #isQuiet: boolean;
  readonly #sink: StatusSink;

  /** @param isQuiet write no status lines, only the summary */
  constructor(isQuiet: boolean, sink: StatusSink) {
    this.#isQuiet = isQuiet;
    this.#sink = sink;
  }

  /** Shows a status line. */
  status(line: string): void {
    if (!this.#isQuiet) this.#sink.status(line);
  }

  /** Ends an open status line, then writes whole lines. */
  lines(lines: readonly string[], level: "info" | "error" = "info"): void {
    this.#sink.lines(lines, level);
  }

  /** Ends an open status line. */
  finish(): void {
    this.#sink.finish();
  }
}
