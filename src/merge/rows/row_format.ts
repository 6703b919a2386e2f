import { describeFileError } from "../../output/mod.ts";
import { rowsError } from "./row_error.ts";
import { LineReader } from "./line_reader.ts";
import {
  CsvKeys,
  JsonKeys,
  parseObject,
  type RowKeys,
  splitFields,
  WHOLE_ROWS,
} from "./row_keys.ts";

/** Bytes that are read of a file to learn its format. */
const HEAD_BYTES = 1 << 16;
const BRACE = 0x7b;
/** Columns of a row at most. */
const MOST_COLUMNS = 4096;
/** Beginnings of files that are no lines of text. */
const OTHER_FORMATS: readonly (readonly [start: string, name: string])[] = [
  ["PAR1", "a Parquet file"],
  ["SQLite format 3", "an SQLite database"],
  ["\x1f\x8b", "compressed by gzip"],
  ["\x28\xb5\x2f\xfd", "compressed by zstd"],
  ["\xfd7zXZ", "compressed by xz"],
];

/** Columns that have the address of a target. */
const ADDRESS_COLUMNS = ["target", "saddr"];

/** What is known of the rows besides what stands in the files. */
export interface RowFacts {
  /** The columns of the scan, which files without a header have; empty: not known. */
  readonly fields: readonly string[];
  /** The names of all columns that the scan can have. */
  readonly known: readonly string[];
  /** Whether probes have ports. */
  readonly hasPorts: boolean;
  /** Whether `saddr` is the target also where a router answers. */
  readonly isSourceTarget: boolean;
}

/** The beginning of a file of rows. */
export interface RowFile {
  readonly path: string;
  /** Null: there are no rows. */
  readonly kind: "csv" | "json" | null;
  /** Names of its columns; null: nothing tells them. */
  readonly columns: readonly string[] | null;
  /** The header, with its line end; empty: there is none. */
  readonly header: Uint8Array;
  /** Fields of a row in CSV. */
  readonly fieldCount: number;
}

/** The format that all files have. */
export interface RowFormat {
  readonly kind: "csv" | "json";
  /** Empty: no file has one. */
  readonly header: Uint8Array;
  readonly keys: RowKeys;
  /** The columns by which repeats are found; empty: the whole row counts. */
  readonly keyColumns: readonly string[];
}

/**
 * Looks at the beginning of a file.
 *
 * @throws {ConfigError} when it cannot be read, or has no rows of text
 */
export function readRowFile(path: string, facts: RowFacts): RowFile {
  using file = openRows(path);
  const none = { path, columns: null, header: new Uint8Array(0) };
  const reader = new LineReader({
    name: path,
    file,
    start: 0,
    end: null,
    isQuoted: false,
    bufferBytes: HEAD_BYTES,
  });
  checkText(path, file);
  if (!reader.next()) return { ...none, kind: null, fieldCount: 0 };
  const { bytes, end, start } = reader;
  if (bytes[start] === BRACE) {
    const row = parseObject(bytes, start, end);
    if (row === null) throw rowsError(path, "row 1 is no JSON object");
    return { ...none, kind: "json", columns: Object.keys(row), fieldCount: 0 };
  }
  const bounds = new Uint32Array(2 * MOST_COLUMNS);
  const fieldCount = splitFields(bytes, start, end, bounds);
  const names = fieldNames(bytes, bounds, fieldCount);
  const known = new Set([...facts.known, ...facts.fields]);
  // No value of a row looks like these names.
  const isHeader = names.some((name) => ADDRESS_COLUMNS.includes(name)) ||
    names.every((name) => known.has(name));
  if (isHeader) {
    const header = bytes.slice(start, end + 1);
    const kind = reader.next() ? "csv" : null;
    return { path, kind, columns: names, header, fieldCount };
  }
  const columns = facts.fields.length === fieldCount ? facts.fields : null;
  return { ...none, kind: "csv", columns, fieldCount };
}

/**
 * Opens a file of rows.
 *
 * @throws {ConfigError} when that fails, or it cannot be read more than once
 */
export function openRows(path: string): Deno.FsFile {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    throw rowsError(path, describeFileError(error));
  }
  try {
    if (!file.statSync().isFile) {
      throw rowsError(path, "it is no file, and rows are read twice");
    }
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

function checkText(path: string, file: Deno.FsFile): void {
  const bytes = new Uint8Array(16);
  file.seekSync(0, Deno.SeekMode.Start);
  const count = file.readSync(bytes) ?? 0;
  const text = String.fromCharCode(...bytes.subarray(0, count));
  for (const [start, name] of OTHER_FORMATS) {
    if (text.startsWith(start)) throw rowsError(path, `it is ${name}`);
  }
}

function fieldNames(
  bytes: Uint8Array,
  bounds: Uint32Array,
  count: number,
): string[] {
  const decoder = new TextDecoder();
  return Array.from(
    { length: Math.min(count, MOST_COLUMNS) },
    (_, index) =>
      decoder.decode(bytes.slice(bounds[2 * index]!, bounds[2 * index + 1]!)),
  );
}

/**
 * The format of all files, and what tells their rows apart; null: none has rows.
 *
 * @throws {ConfigError} when two files differ in it
 */
export function commonFormat(
  files: readonly RowFile[],
  facts: RowFacts,
): RowFormat | null {
  const withRows = files.filter(({ kind }) => kind !== null);
  const [first] = withRows;
  const header = files.find(({ header }) => header.length > 0)?.header ??
    new Uint8Array(0);
  if (first === undefined) {
    return header.length === 0 ? null : {
      ...{ kind: "csv", header, keys: WHOLE_ROWS, keyColumns: [] },
    };
  }
  const kind = first.kind!;
  for (const other of withRows) checkAlike(first, other);
  const columns = kind === "json"
    ? first.columns
    : withRows.find(({ header }) => header.length > 0)?.columns ??
      first.columns;
  const keyColumns = columns === null ? [] : keyColumnsOf(columns, facts);
  if (keyColumns.length === 0) {
    return { kind, header, keys: WHOLE_ROWS, keyColumns };
  }
  const [address, port] = keyColumns;
  const hasPort = port === "sport";
  if (kind === "json") {
    return { kind, header, keys: new JsonKeys(address!, hasPort), keyColumns };
  }
  const keys = new CsvKeys({
    address: columns!.indexOf(address!),
    port: hasPort ? columns!.indexOf("sport") : -1,
    classification: columns!.indexOf("classification"),
    count: columns!.length,
  });
  return { kind, header, keys, keyColumns };
}

/** What tells targets apart, of the columns that there are; empty: not enough. */
function keyColumnsOf(
  columns: readonly string[],
  { hasPorts, isSourceTarget }: RowFacts,
): readonly string[] {
  const has = (name: string): boolean => columns.includes(name);
  const address = has("target")
    ? "target"
    : has("saddr") && (hasPorts || isSourceTarget)
    ? "saddr"
    : null;
  if (address === null || !has("classification")) return [];
  if (!hasPorts) return [address, "classification"];
  return has("sport") ? [address, "sport", "classification"] : [];
}

function checkAlike(first: RowFile, other: RowFile): void {
  if (other.kind !== first.kind) {
    const nameOf = ({ kind }: RowFile): string =>
      kind === "json" ? "JSON" : "CSV";
    throw rowsError(
      other.path,
      `it has rows in ${nameOf(other)}, and "${first.path}" in ${
        nameOf(first)
      }`,
      "Give files of one format",
    );
  }
  if (first.kind === "json") return;
  const isSame = other.fieldCount === first.fieldCount &&
    (other.header.length === 0 || first.header.length === 0 ||
      String(other.columns) === String(first.columns));
  if (isSame) return;
  throw rowsError(
    other.path,
    `its columns are not those of "${first.path}"`,
    "Give files with the same columns in the same order",
  );
}
