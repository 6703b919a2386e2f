import {
  type ScreenSink,
  type Snapshot,
  statusDisplay,
  type StatusInterval,
  statusLine,
  StatusPace,
  type StatusRow,
} from "../monitor/mod.ts";
import type { StatusForm } from "./options/logging.ts";
import type { TerminalFacts } from "./terminal_facts.ts";

/** What the text of a status goes to. */
export interface TextSink extends Pick<ScreenSink, "lines"> {
  /** Shows a status, in the place of the one before where that is possible. */
  status(text: string): void;
  /** Leaves the last status as it is. */
  finish(): void;
}

/** How the status is told. */
export interface StatusSettings {
  readonly form: StatusForm;
  readonly interval: StatusInterval;
}

/** The form and interval that hold for what the options and the terminal are. */
export function statusSettings(
  { status, statusInterval }: {
    readonly status: StatusForm | null;
    readonly statusInterval: number | null;
  },
  isAddressable: boolean,
): StatusSettings {
  const form = status ?? (isAddressable ? "display" : "lines");
  if (form === "display" && isAddressable) {
    return { form, interval: statusInterval ?? 1 };
  }
  return form === "zmap" ? { form, interval: statusInterval ?? 1 } : {
    form: form === "none" ? form : "lines",
    interval: statusInterval ?? "thinning",
  };
}

/**
 * Tells the status of a scan when it is due, in the form that is asked for. Rates and losses of a line are those since
 * the line before.
 */
export class StatusScreen implements ScreenSink {
  readonly #sink: TextSink;
  readonly #form: StatusForm;
  readonly #facts: TerminalFacts;
  readonly #pace: StatusPace;
  /** How often the program was stopped and went on. */
  readonly #continuations: () => number;
  #continued = 0;
  #before: Snapshot | null = null;

  constructor(
    sink: TextSink,
    { continuations, facts, settings }: {
      readonly settings: StatusSettings;
      readonly facts: TerminalFacts;
      readonly continuations: () => number;
    },
  ) {
    this.#sink = sink;
    this.#form = settings.form;
    this.#facts = facts;
    this.#pace = new StatusPace(settings.interval);
    this.#continuations = continuations;
  }

  update(row: StatusRow): void {
    if (this.#form === "none") return;
    const { now, progress } = row;
    const isLast = progress.phase === "done";
    if (!this.#pace.isDue(now.elapsedSeconds, isLast)) return;
    const told = { ...row, before: this.#before ?? row.before };
    this.#before = now;
    this.#leaveOldPlace();
    const { columns, rows } = this.#facts.size();
    const { isUtf8 } = this.#facts;
    this.#sink.status(
      this.#form === "display"
        ? statusDisplay(told, { columns, rows, isUtf8 }).join("\n")
        : statusLine(told),
    );
  }

  finish(): void {
    this.#sink.finish();
  }

  lines(lines: readonly string[], level: "info" | "error" = "info"): void {
    this.#sink.lines(lines, level);
  }

  /** While the program was stopped, the shell has written below the status. */
  #leaveOldPlace(): void {
    const continued = this.#continuations();
    if (continued === this.#continued) return;
    this.#continued = continued;
    this.#sink.finish();
  }
}
