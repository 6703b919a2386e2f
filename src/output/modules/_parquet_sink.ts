import { type ByteSink, FileSink, type SinkFacts } from "../byte_sink.ts";
import { isOutOfSpace } from "../out_of_space.ts";
import { StoreThread } from "./_store_thread.ts";
import type { StoredColumn } from "./_stored_columns.ts";

/** What the thread is started with. */
export interface ParquetStart {
  readonly path: string;
  /** Where the rows are as JSON lines, and how many bytes of them are rows of earlier runs. */
  readonly partPath: string;
  readonly keptBytes: number;
  readonly columns: readonly StoredColumn[];
  readonly program: string;
}

/** Stands behind all rows: the table is to be finished. */
export const PARQUET_END = "end\n";

/**
 * A Parquet file that takes rows as JSON lines. These go to a file beside it, from which a later run goes on; a thread
 * of its own makes the table of them meanwhile.
 */
export class ParquetSink implements ByteSink {
  readonly isOnDisk = true;
  readonly #part: FileSink;
  readonly #partPath: string;
  readonly #thread = new StoreThread(
    new URL("./_parquet_worker.ts", import.meta.url),
  );
  /** What the thread does; resolves to why it could not, or null. */
  #task: Promise<unknown> = Promise.resolve(null);
  #endBytes = 0;

  private constructor(part: FileSink, partPath: string) {
    this.#part = part;
    this.#partPath = partPath;
  }

  /**
   * Opens both files; of that of the rows, the first `keptBytes` bytes stay.
   *
   * @throws {Error} when one cannot be written, or the rows that stay cannot be read
   */
  static async open(start: ParquetStart): Promise<ParquetSink> {
    const { keptBytes, partPath } = start;
    const part = FileSink.open(partPath, keptBytes);
    const sink = new ParquetSink(part, partPath);
    try {
      await sink.#thread.send(start);
      return sink;
    } catch (error) {
      sink.close();
      sink.discardPart();
      throw error;
    }
  }

  /** Writes rows; a disk that has no room for the table is full, as one that has none for the rows. */
  async write(bytes: Uint8Array): Promise<number> {
    await this.#settle();
    const isLast = isEnd(bytes);
    if (isLast && bytes.length === PARQUET_END.length) {
      this.#send(bytes);
      await this.#settle();
      this.#endBytes = bytes.length;
      return bytes.length;
    }
    const rows = isLast ? bytes.subarray(0, -PARQUET_END.length) : bytes;
    const length = await this.#part.write(rows);
    this.#send(bytes.slice(0, length));
    return length;
  }

  /** Cuts the rows. The table has them still: only what has failed is cut. */
  truncate(lengthBytes: number): Promise<void> {
    return this.#part.truncate(lengthBytes);
  }

  /** Resolves when the rows are on the disk, and the table as well if it is finished. */
  sync(): Promise<void> {
    return this.#part.sync();
  }

  /** What has become of the rows. */
  async inspect(): Promise<SinkFacts> {
    const facts = await this.#part.inspect();
    return { ...facts, lengthBytes: facts.lengthBytes + this.#endBytes };
  }

  /** Ends the thread. The rows stay. */
  close(): void {
    this.#thread.close();
  }

  /** Removes the rows, as the table has them all, and closes their file. */
  discardPart(): void {
    try {
      Deno.removeSync(this.#partPath);
    } catch {
      // Without its rights the program may not: then it is empty.
      this.#part.truncate(0).catch(() => {});
    }
    this.#part.close();
  }

  #send(bytes: Uint8Array): void {
    this.#task = this.#thread.send(bytes).then(() => null, (error) => error);
  }

  /** Waits for the thread; rejects when it could not do what it was told, and has it try again where it may. */
  async #settle(): Promise<void> {
    const error = await this.#task;
    if (error === null) return;
    // What is full may have room next time: the thread has kept what it was sent.
    if (isOutOfSpace(error)) this.#send(new Uint8Array(0));
    throw error;
  }
}

/** Whether bytes are no rows but their end. */
export function isEnd(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(-PARQUET_END.length)) ===
    PARQUET_END;
}
