import type { ByteSink } from "../byte_sink.ts";
import type {
  SqliteColumn,
  SqliteReply,
  SqliteStart,
} from "./_sqlite_table.ts";

/** A database that takes rows as JSON lists, one a line; a thread of its own adds them. */
export class SqliteSink implements ByteSink {
  readonly isOnDisk = true;
  readonly #worker: Worker;
  /** Settles when the thread has answered to what it was sent last. */
  #reply = Promise.withResolvers<void>();

  private constructor() {
    const url = new URL("./_sqlite_worker.ts", import.meta.url);
    this.#worker = new Worker(url, { type: "module" });
    this.#worker.onmessage = (
      { data: { fault, isFull } }: MessageEvent<SqliteReply>,
    ): void => {
      if (fault === null) this.#reply.resolve();
      else {
        const error = new Error(fault);
        this.#reply.reject(
          isFull ? Object.assign(error, { code: "ENOSPC" }) : error,
        );
      }
    };
    this.#worker.onerror = (event: ErrorEvent): void => {
      event.preventDefault();
      this.#reply.reject(new Error(event.message));
    };
  }

  /**
   * Makes a database with an empty table in the place of what the file held.
   *
   * @throws {Error} when the file cannot be written
   */
  static async open(
    path: string,
    columns: readonly SqliteColumn[],
  ): Promise<SqliteSink> {
    // Cut, not removed: a link stays one. What is left of an older database beside it would spoil the new one.
    Deno.openSync(path, { write: true, create: true, truncate: true }).close();
    for (const suffix of ["-journal", "-wal", "-shm"]) {
      removeIfThere(`${path}${suffix}`);
    }
    const sink = new SqliteSink();
    try {
      await sink.#send({ path, columns });
      return sink;
    } catch (error) {
      sink.close();
      throw error;
    }
  }

  /** Adds whole rows, all of them or none. */
  async write(bytes: Uint8Array): Promise<number> {
    await this.#send(bytes);
    return bytes.length;
  }

  /** Ends the thread. The database is closed when the last bytes said so; if not, it holds what was written. */
  close(): void {
    this.#worker.terminate();
  }

  #send(message: SqliteStart | Uint8Array): Promise<void> {
    this.#reply = Promise.withResolvers<void>();
    this.#worker.postMessage(message);
    return this.#reply.promise;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
