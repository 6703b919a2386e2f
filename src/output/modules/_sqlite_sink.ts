import type { ByteSink } from "../byte_sink.ts";
import type { SqliteStart } from "./_sqlite_table.ts";
import { StoreThread } from "./_store_thread.ts";

/** A database that takes rows as JSON lists, one a line; a thread of its own adds them. */
export class SqliteSink implements ByteSink {
  readonly isOnDisk = true;
  readonly #thread = new StoreThread(
    new URL("./_sqlite_worker.ts", import.meta.url),
  );

  /**
   * Makes a database with an empty table in the place of what the file held, or cuts the one that is there.
   *
   * @throws {Error} when the file cannot be written
   */
  static async open(start: SqliteStart): Promise<SqliteSink> {
    if (start.keptRows === null) clear(start.path);
    const sink = new SqliteSink();
    try {
      await sink.#thread.send(start);
      return sink;
    } catch (error) {
      sink.close();
      throw error;
    }
  }

  /** Adds whole rows, all of them or none. They are on the disk then. */
  async write(bytes: Uint8Array): Promise<number> {
    await this.#thread.send(bytes);
    return bytes.length;
  }

  /** Ends the thread. The database is closed when the last bytes said so; if not, it holds what was written. */
  close(): void {
    this.#thread.close();
  }
}

/** Cut, not removed: a link stays one. What is left of an older database beside it would spoil the new one. */
function clear(path: string): void {
  Deno.openSync(path, { write: true, create: true, truncate: true }).close();
  for (const suffix of ["-journal", "-wal", "-shm"]) {
    removeIfThere(`${path}${suffix}`);
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
