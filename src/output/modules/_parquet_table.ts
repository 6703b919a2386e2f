import type { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { ValueType } from "../../base/mod.ts";
import { decodeHex, type StoredColumn } from "./_stored_columns.ts";

/** Rows of a group: as many as a reader skips or takes at once. */
const GROUP_ROWS = 1 << 15;

/** A type of Parquet, as its writer names it. */
type ParquetType = Pick<
  ConstructorParameters<typeof ParquetWriter>[0]["schema"][number],
  "converted_type" | "type"
>;

const TYPES: Readonly<Record<ValueType, ParquetType>> = {
  int: { type: "INT64" },
  float: { type: "DOUBLE" },
  bool: { type: "BOOLEAN" },
  string: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  binary: { type: "BYTE_ARRAY" },
  repeated: { type: "BYTE_ARRAY", converted_type: "UTF8" },
};

const UNSIGNED: ParquetType = { type: "INT64", converted_type: "UINT_64" };

/** A row as JSON gives it. */
export type StoredRow = Readonly<Record<string, unknown>>;

/** A table in Apache Parquet, as bytes that wait to be written behind each other. */
export class ParquetTable {
  readonly #columns: readonly StoredColumn[];
  readonly #bytes: ByteWriter;
  readonly #writer: ParquetWriter;
  /** For each column the values of the next group. */
  #values: unknown[][];
  #waiting = 0;
  #isFinished = false;

  private constructor(
    columns: readonly StoredColumn[],
    { library, program }: {
      readonly library: typeof import("hyparquet-writer");
      readonly program: string;
    },
  ) {
    this.#columns = columns;
    this.#values = columns.map(() => []);
    this.#bytes = new library.ByteWriter();
    this.#writer = new library.ParquetWriter({
      writer: this.#bytes,
      createdBy: program,
      schema: [
        { name: "root", num_children: columns.length },
        ...columns.map(({ isUnsigned64 = false, name, type }) => ({
          name,
          repetition_type: "OPTIONAL" as const,
          ...isUnsigned64 ? UNSIGNED : TYPES[type],
        })),
      ],
    });
  }

  /** Makes an empty table. `program` is named in it as its writer. */
  static async create(
    columns: readonly StoredColumn[],
    program: string,
  ): Promise<ParquetTable> {
    // Only who wants it pays for it.
    const library = await import("hyparquet-writer");
    return new ParquetTable(columns, { library, program });
  }

  /** Adds a row. */
  add(row: StoredRow): void {
    const columns = this.#columns;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      this.#values[i]!.push(storedValue(row[column.name], column));
    }
    this.#waiting++;
    if (this.#waiting === GROUP_ROWS) this.#writeGroup();
  }

  /** Takes the bytes that are complete. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes.getBytes().slice();
    this.#bytes.index = 0;
    return bytes;
  }

  /** Adds what a reader needs behind all rows. May be called again. */
  finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#writeGroup();
    this.#writer.finish();
  }

  #writeGroup(): void {
    if (this.#waiting === 0) return;
    this.#writer.write({
      columnData: this.#columns.map(({ name }, i) => ({
        name,
        data: this.#values[i]!,
      })),
      rowGroupSize: this.#waiting,
    });
    this.#values = this.#columns.map(() => []);
    this.#waiting = 0;
  }
}

/** A value that was read from JSON, as the writer wants it for a column of this type. */
function storedValue(
  value: unknown,
  { isUnsigned64 = false, type }: StoredColumn,
): unknown {
  if (value === null || value === undefined) return undefined;
  switch (type) {
    case "int": {
      const whole = BigInt(value as number | string);
      return isUnsigned64
        ? BigInt.asUintN(64, whole)
        : BigInt.asIntN(64, whole);
    }
    case "repeated":
      return JSON.stringify(value);
    case "string":
      return typeof value === "string" ? value : JSON.stringify(value);
    case "binary":
      return decodeHex(String(value));
    default:
      return value;
  }
}
