import type { Column, Value } from "../../base/mod.ts";
import type { Response } from "../../probe/mod.ts";
import type { OutputModule } from "../output_module.ts";
import type { Chunk, RowEncoder } from "../row_encoder.ts";
import { EMPTY_CHUNK } from "../row_encoder.ts";
import { createRowWriter } from "../row_writer.ts";
import { PARQUET_END, ParquetSink } from "./_parquet_sink.ts";
import { tableColumns } from "./_stored_columns.ts";

const END = new TextEncoder().encode(PARQUET_END);

/** Apache Parquet. */
export const parquet: OutputModule = {
  name: "parquet",
  summary: "Apache Parquet, for DuckDB, pandas and Spark",
  help:
    `Writes a table in Apache Parquet with the fields of --output-fields as columns, each once: whole numbers of
64 bits, text, booleans and bytes; lists and records as JSON text. Everything valid is written, unless
--output-filter says otherwise.

What a reader needs stands at the end of the file. It is written however the scan ends, unless the program
is killed: until then, FILE.part has the rows as JSON lines. A scan that goes on takes them from there; once
it is complete that file is removed, or emptied where the scan has given up root. Takes no arguments.`,
  selection: "all",
  canNest: true,
  namesFields: true,
  needsFile: true,
  partPath,
  open: ({ columns }) =>
    new LinesWithEnd(createRowWriter({
      format: "json",
      columns: tableColumns(columns).map(asText),
      hasHeader: false,
    })),
  openSink: (path, { columns, keptBytes, program }) =>
    ParquetSink.open({
      path,
      partPath: partPath(path),
      keptBytes,
      program,
      columns: tableColumns(columns).map(
        ({ isUnsigned64 = false, name, type }) => ({
          name,
          type,
          isUnsigned64,
        }),
      ),
    }),
};

function partPath(path: string): string {
  return `${path}.part`;
}

/** A column whose numbers JSON readers would round, as text. */
function asText(column: Column<Response>): Column<Response> {
  if (column.isUnsigned64 !== true) return column;
  const textOf = (value: Value): Value => value === null ? null : String(value);
  return {
    ...column,
    type: "string",
    read: (response) => textOf(column.read(response)),
  };
}

/** JSON lines, and behind the last one that there are no more. */
class LinesWithEnd implements RowEncoder<Response> {
  readonly #lines: RowEncoder<Response>;
  #isFinished = false;

  constructor(lines: RowEncoder<Response>) {
    this.#lines = lines;
  }

  get lengthBytes(): number {
    return this.#lines.lengthBytes;
  }

  append(response: Response): void {
    this.#lines.append(response);
  }

  take(): Chunk {
    return this.#lines.take();
  }

  finish(): Chunk {
    if (this.#isFinished) return EMPTY_CHUNK;
    this.#isFinished = true;
    const { bytes, ...rest } = this.#lines.take();
    const all = new Uint8Array(bytes.length + END.length);
    all.set(bytes);
    all.set(END, bytes.length);
    return { ...rest, bytes: all };
  }
}
