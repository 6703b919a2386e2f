import type { LogRecord } from "@logtape/logtape";
import type { LogLineView } from "../page/view.ts";
import { messageOf, stageOf } from "./json_log.ts";

/** Lines that are kept. */
const MOST_LINES = 50;
/** Characters of a line that are kept. */
const MOST_LENGTH = 1000;

/** The last lines of the log, for who watches the scan. */
export class RecentLog {
  readonly #records: LogRecord[] = [];

  /** Keeps a record, and lets the oldest go. */
  add(record: LogRecord): void {
    this.#records.push(record);
    if (this.#records.length > MOST_LINES) this.#records.shift();
  }

  /** What is kept, oldest first. */
  lines(): readonly LogLineView[] {
    return this.#records.map((record) => ({
      time: new Date(record.timestamp).toISOString(),
      level: record.level,
      stage: stageOf(record.category),
      text: messageOf(record).slice(0, MOST_LENGTH),
    }));
  }
}
