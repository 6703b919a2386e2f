/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { DatabaseSync, type StatementSync } from "node:sqlite";
import {
  createTable,
  insertRow,
  SQLITE_END,
  type SqliteColumn,
  type SqliteReply,
  type SqliteStart,
  storedValue,
} from "./_sqlite_table.ts";

/** Adds rows to a database: a batch for each message, in one transaction. */
class RowStore {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #insert: StatementSync;
  /** A statement, as its errors tell their code; those of `exec` do not. */
  readonly #commit: StatementSync;
  readonly #columns: readonly SqliteColumn[];

  constructor({ columns, path }: SqliteStart) {
    this.#database = new DatabaseSync(path);
    this.#columns = columns;
    // The journal is kept open: when rights are given up, no file can be made beside the database any more.
    this.#database.exec("PRAGMA locking_mode = EXCLUSIVE");
    this.#database.exec("PRAGMA synchronous = NORMAL");
    this.#database.exec(createTable(columns));
    this.#begin = this.#database.prepare("BEGIN");
    this.#insert = this.#database.prepare(insertRow(columns));
    this.#commit = this.#database.prepare("COMMIT");
  }

  add(bytes: Uint8Array): void {
    const text = new TextDecoder().decode(bytes);
    const isEnd = text.endsWith(SQLITE_END);
    const lines = text.slice(0, isEnd ? -SQLITE_END.length : undefined)
      .split("\n");
    lines.pop();
    if (lines.length > 0) this.#addAll(lines);
    if (isEnd) this.#database.close();
  }

  #addAll(lines: readonly string[]): void {
    this.#begin.run();
    try {
      for (const line of lines) {
        const values: unknown[] = JSON.parse(line);
        this.#insert.run(
          ...values.map((value, i) =>
            storedValue(value, this.#columns[i]!.type)
          ),
        );
      }
      this.#commit.run();
    } catch (error) {
      // A full disk has ended the transaction already.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}

/** The code of "database or disk is full", <sqlite3.h>. */
const SQLITE_FULL = 13;

let store: RowStore | null = null;

self.onmessage = (
  { data }: MessageEvent<SqliteStart | Uint8Array>,
): void => {
  try {
    if (data instanceof Uint8Array) store?.add(data);
    else store = new RowStore(data);
    self.postMessage({ fault: null, isFull: false } satisfies SqliteReply);
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    const isFull = error instanceof Error && "errcode" in error &&
      error.errcode === SQLITE_FULL;
    self.postMessage({ fault, isFull } satisfies SqliteReply);
  }
};
