/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { serveStore } from "./_serve_store.ts";
import {
  createTable,
  CUT_ROWS,
  insertRow,
  SQLITE_END,
  type SqliteStart,
  storedValue,
} from "./_sqlite_table.ts";
import type { StoredColumn } from "./_stored_columns.ts";

/** Adds rows to a database: a batch for each message, in one transaction. */
class RowStore {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #insert: StatementSync;
  /** A statement, as its errors tell their code; those of `exec` do not. */
  readonly #commit: StatementSync;
  readonly #columns: readonly StoredColumn[];

  constructor({ columns, keptRows, path }: SqliteStart) {
    this.#database = new DatabaseSync(path);
    this.#columns = columns;
    // The journal is kept open: when rights are given up, no file can be made beside the database any more.
    this.#database.exec("PRAGMA locking_mode = EXCLUSIVE");
    this.#database.exec("PRAGMA synchronous = NORMAL");
    if (keptRows === null) this.#database.exec(createTable(columns));
    else this.#cut(keptRows);
    this.#begin = this.#database.prepare("BEGIN");
    this.#insert = this.#database.prepare(insertRow(columns));
    this.#commit = this.#database.prepare("COMMIT");
  }

  /** Adds a batch of rows. */
  add(bytes: Uint8Array): void {
    const text = new TextDecoder().decode(bytes);
    const isEnd = text.endsWith(SQLITE_END);
    const lines = text.slice(0, isEnd ? -SQLITE_END.length : undefined)
      .split("\n");
    lines.pop();
    if (lines.length > 0) this.#addAll(lines);
    if (isEnd) this.#database.close();
  }

  #cut(keptRows: number): void {
    const database = this.#database;
    database.prepare(CUT_ROWS).run(keptRows);
    // A change, so that the journal is opened also where nothing is cut.
    const version = database.prepare("PRAGMA user_version").get();
    const runs = Number(version?.["user_version"] ?? 0) + 1;
    database.exec(`PRAGMA user_version = ${runs}`);
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

serveStore<SqliteStart | Uint8Array>(
  (message) => {
    if (message instanceof Uint8Array) store?.add(message);
    else store = new RowStore(message);
  },
  (error) =>
    error instanceof Error && "errcode" in error &&
    error.errcode === SQLITE_FULL,
);
