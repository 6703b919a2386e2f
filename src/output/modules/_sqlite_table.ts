import type { ValueType } from "../../base/mod.ts";

/** A column of the table of results. */
export interface SqliteColumn {
  readonly name: string;
  readonly type: ValueType;
}

/** What the thread is started with. */
export interface SqliteStart {
  readonly path: string;
  readonly columns: readonly SqliteColumn[];
}

/** What the thread says once it is ready, and of each batch: null when it is stored, else why it is not. */
export interface SqliteReply {
  readonly fault: string | null;
  /** Whether the disk is full: the batch may be sent again. */
  readonly isFull: boolean;
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
export function createTable(columns: readonly SqliteColumn[]): string {
  const lines = columns.map(({ name, type }) =>
    `${quote(name)} ${TYPES[type]}`
  );
  return `CREATE TABLE results (${lines.join(", ")})`;
}

/** The statement that adds a row. */
export function insertRow(columns: readonly SqliteColumn[]): string {
  const places = columns.map(() => "?").join(", ");
  return `INSERT INTO results VALUES (${places})`;
}

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

function decodeHex(text: string): Uint8Array {
  const pairs = text.match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
}
