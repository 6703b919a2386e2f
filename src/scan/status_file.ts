import {
  statusColumns,
  type StatusRow,
  type StatusSink,
} from "../monitor/mod.ts";
import {
  createRowWriter,
  ResultFile,
  type RowEncoder,
  wholeLinesBytes,
} from "../output/mod.ts";
import type { Waiting } from "./outputs.ts";

/** Status rows that wait for a slow reader at most: an hour of them. */
const MOST_PENDING_BYTES = 1 << 20;

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

/** Writes a row a second. A file that takes nothing, or fails, ends no scan: what it does not take is counted, and told in the end. */
export class StatusFileSink implements StatusSink {
  readonly #file: ResultFile;
  readonly #rows: RowEncoder<StatusRow>;

  constructor({ file, rows }: StatusFile) {
    this.#file = file;
    this.#rows = rows;
  }

  update(row: StatusRow): void {
    this.#rows.append(row);
    if (this.#file.pendingBytes > MOST_PENDING_BYTES) {
      this.#file.abandon("it has not taken anything for long");
    }
    this.#file.write(this.#rows.take());
  }

  /** Who has opened the file closes it. */
  finish(): void {}
}
