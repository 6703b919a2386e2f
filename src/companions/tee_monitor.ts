import type { ResultFile } from "../output/mod.ts";
import type { CompanionArguments } from "./companion.ts";
import type { SpillQueue } from "./spill_queue.ts";

const TICK_MS = 1000;
const HEADER = "time_past,total_read_in,read_in_last_sec,read_per_sec_avg," +
  "buffer_current_size,buffer_avg_size\n";

/** What a monitor works with. */
export interface TeeMonitorParts {
  /** Where lines go, or null for nowhere. */
  readonly screen: CompanionArguments<unknown>["screen"] | null;
  /** Gets a row a second, or null. */
  readonly statusFile: ResultFile | null;
  readonly queue: SpillQueue;
}

/** Tells once a second how many rows were read and how many wait. */
export class TeeMonitor {
  readonly #parts: TeeMonitorParts;
  readonly #encoder = new TextEncoder();
  readonly #timer: ReturnType<typeof setInterval>;
  #seconds = 0;
  #rows = 0;
  #rowsBefore = 0;
  #waitingSum = 0;

  constructor(parts: TeeMonitorParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    parts.statusFile?.write(this.#encoder.encode(HEADER));
  }

  /** Rows read so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Takes note of rows that were read. */
  countRows(count: number): void {
    this.#rows += count;
  }

  /** Ends it, with a last word. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#tick();
  }

  async #tick(): Promise<void> {
    const { queue, screen, statusFile } = this.#parts;
    const seconds = ++this.#seconds;
    const waiting = queue.rows;
    this.#waitingSum += waiting;
    const last = this.#rows - this.#rowsBefore;
    this.#rowsBefore = this.#rows;
    const mean = Math.round(this.#rows / seconds);
    const meanWaiting = Math.round(this.#waitingSum / seconds);
    if (screen !== null) {
      const time = formatTime(seconds).padStart(5);
      screen.lines([
        `${time} read_rate: ${last} rows/s (avg ${mean} rows/s), ` +
        `buffer_size: ${waiting} (avg ${meanWaiting})`,
      ]);
    }
    const cells = [seconds, this.#rows, last, mean, waiting, meanWaiting];
    await statusFile?.write(this.#encoder.encode(`${cells.join()}\n`));
  }
}

function formatTime(seconds: number): string {
  const [minutes, hours] = [
    Math.floor(seconds / 60),
    Math.floor(seconds / 3600),
  ];
  const two = (part: number): string => String(part % 60).padStart(2, "0");
  return hours === 0
    ? `${minutes}:${two(seconds)}`
    : `${hours}:${two(minutes)}:${two(seconds)}`;
}
