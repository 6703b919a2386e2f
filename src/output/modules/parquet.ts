import type { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { Column, Value, ValueType } from "../../base/mod.ts";
import type { Response } from "../../probe/mod.ts";
import type { OutputModule } from "../output_module.ts";
import type { Chunk, RowEncoder } from "../row_encoder.ts";
import { jsonTextOf, tableColumns } from "./_stored_columns.ts";

/** Rows of a group: as many as are encoded in some 20 ms, in which nothing else is done. */
const GROUP_ROWS = 8192;

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

/** Apache Parquet. */
export const parquet: OutputModule = {
  name: "parquet",
  summary: "Apache Parquet, for DuckDB, pandas and Spark",
  help:
    `Writes a table in Apache Parquet with the fields of --output-fields as columns, each once: whole numbers of
64 bits, text, booleans and bytes; lists and records as JSON text. Everything valid is written, unless
--output-filter says otherwise.

What a reader needs stands at the end of the file. It is written however the scan ends, unless the program
is killed: then the file cannot be read. A scan with such an output keeps no checkpoint: add one in csv or
json to another file where that is not enough, and scan without parquet. Takes no arguments.`,
  selection: "all",
  canNest: true,
  noResume: "a Parquet file cannot be continued",
  open: async ({ columns, program }) => {
    // Only who wants it pays for it.
    const library = await import("hyparquet-writer");
    return new ParquetEncoder(tableColumns(columns), { library, program });
  },
};

class ParquetEncoder implements RowEncoder<Response> {
  readonly #columns: readonly Column<Response>[];
  readonly #bytes: ByteWriter;
  readonly #writer: ParquetWriter;
  /** For each column the values of the next group. */
  #values: unknown[][];
  #waiting = 0;
  #rows = 0;
  #isFinished = false;

  constructor(
    columns: readonly Column<Response>[],
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
        ...columns.map(({ isUnsigned64, name, type }) => ({
          name,
          repetition_type: "OPTIONAL" as const,
          ...isUnsigned64 ? UNSIGNED : TYPES[type],
        })),
      ],
    });
  }

  get lengthBytes(): number {
    return this.#bytes.index;
  }

  append(response: Response): void {
    const columns = this.#columns;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      this.#values[i]!.push(storedValue(column.read(response), column));
    }
    this.#waiting++;
    if (this.#waiting === GROUP_ROWS) this.#writeGroup();
  }

  take(): Chunk {
    const rows = this.#rows;
    this.#rows = 0;
    const bytes = this.#bytes.getBytes().slice();
    this.#bytes.index = 0;
    return { bytes, rows, isCuttable: false };
  }

  finish(): Chunk {
    if (!this.#isFinished) {
      this.#isFinished = true;
      this.#writeGroup();
      this.#writer.finish();
    }
    return this.take();
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
    this.#rows += this.#waiting;
    this.#waiting = 0;
  }
}

/** A value as the writer wants it for a column of this type. */
function storedValue(
  value: Value,
  { isUnsigned64, type }: Column<Response>,
): unknown {
  if (value === null) return undefined;
  switch (type) {
    case "int": {
      const whole = BigInt(value as number | bigint);
      return isUnsigned64
        ? BigInt.asUintN(64, whole)
        : BigInt.asIntN(64, whole);
    }
    case "repeated":
      return jsonTextOf(value);
    case "string":
      return typeof value === "string" ? value : jsonTextOf(value);
    default:
      return value;
  }
}
