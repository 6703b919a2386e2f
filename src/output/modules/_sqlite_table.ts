import type { ValueType } from "../../base/mod.ts";
import { decodeHex, type StoredColumn } from "./_stored_columns.ts";

/** What the thread is started with. */
export interface SqliteStart {
  readonly path: string;
  readonly columns: readonly StoredColumn[];
  /** Rows of earlier runs that stay, the first of the table; null: the table is made. */
  readonly keptRows: number | null;
}

/** Stands behind all rows: the database is to be closed. */
export const SQLITE_END = "end\n";

const TYPES: Readonly<Record<ValueType, string>> = {
  int: "INTEGER",
  float: "REAL",
  bool: "INTEGER",
  string: "TEXT",
  binary: "BLOB",
  repeated: "TEXT",
};

/** The statement that makes the table. */
export function createTable(columns: readonly StoredColumn[]): string {
  const lines = columns.map(({ name, type }) =>
    `${quote(name)} ${TYPES[type]}`
  );
  return `CREATE TABLE results (${lines.join(", ")})`;
}

/** The statement that adds a row. */
export function insertRow(columns: readonly StoredColumn[]): string {
  const places = columns.map(() => "?").join(", ");
  return `INSERT INTO results VALUES (${places})`;
}

/** The statement that removes all rows but the first `?`: they are numbered from 1 on. */
export const CUT_ROWS = "DELETE FROM results WHERE rowid > ?";

/** A value of a row, read from JSON, as it is stored in a column of this type. */
export function storedValue(
  value: unknown,
  type: ValueType,
): null | number | string | Uint8Array {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "number") return value;
  if (typeof value !== "string") return JSON.stringify(value);
  return type === "binary" ? decodeHex(value) : value;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
