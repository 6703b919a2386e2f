import type { LogLevel, LogRecord } from "@logtape/logtape";
import { escapeUnsafe } from "../base/mod.ts";
import type { LogChannel } from "../output/mod.ts";
import type { TextSink } from "./status_screen.ts";

/** One line of a log in JSON. */
export interface JsonLogLine {
  /** RFC 3339, UTC, with milliseconds. */
  readonly time: string;
  readonly level: LogLevel;
  /** Part of the program: `scan`, `cli`; `status` and `report` for lines that are no log otherwise. */
  readonly stage: string;
  readonly message: string;
  /** What the message is made of. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Writes a line: JSON in which nothing is that a terminal obeys. */
export function jsonLogLine(
  line: Omit<JsonLogLine, "fields" | "time"> & {
    readonly atMs?: number;
    readonly fields?: JsonLogLine["fields"];
  },
): string {
  const { atMs = Date.now(), fields = {}, level, message, stage } = line;
  const time = new Date(atMs).toISOString();
  const whole: JsonLogLine = { time, level, stage, message, fields };
  return escapeUnsafe(JSON.stringify(whole, plain));
}

/** A record of the log as a line of JSON. */
export function formatJsonRecord(record: LogRecord): string {
  const { category, level, properties, timestamp } = record;
  const message = messageOf(record);
  // A field that is the whole message tells nothing more.
  const fields = Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== message),
  );
  return jsonLogLine({
    atMs: timestamp,
    level,
    stage: stageOf(category),
    message,
    fields,
  });
}

/** The part of the program that a record is from. */
export function stageOf(category: readonly string[]): string {
  return category.length > 1 ? category.slice(1).join(".") : category.join(".");
}

/** The text of a record, with all that it says about somebody else's text as it came. */
export function messageOf({ message }: LogRecord): string {
  return message.map((part) =>
    typeof part === "object" ? Deno.inspect(part) : part
  ).join("");
}

/** What JSON has no form for. */
function plain(_name: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return value instanceof Error ? value.message : value;
}

/** Standard error where its lines are JSON: status lines and the summary too. */
export class JsonScreen implements TextSink {
  readonly #channel: LogChannel;

  constructor(channel: LogChannel) {
    this.#channel = channel;
  }

  status(text: string): void {
    const message = text.trim();
    this.#channel.status(
      jsonLogLine({ level: "info", stage: "status", message }),
    );
  }

  /** Lines that belong together are one message. */
  lines(
    lines: readonly string[],
    level: "info" | "error" = "info",
  ): void {
    if (lines.length === 0) return;
    const message = lines.join("\n");
    const stage = level === "error" ? "scan" : "report";
    this.#channel.lines([jsonLogLine({ level, stage, message })]);
  }

  finish(): void {
    this.#channel.finish();
  }
}
