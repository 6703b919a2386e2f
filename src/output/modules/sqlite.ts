import type { Value } from "../../base/mod.ts";
import type { Response } from "../../probe/mod.ts";
import { ByteBuffer } from "../byte_buffer.ts";
import type { OutputContext, OutputModule } from "../output_module.ts";
import { type Chunk, EMPTY_CHUNK, type RowEncoder } from "../row_encoder.ts";
import { takeLines, writeJsonValue } from "../row_writer.ts";
import { SqliteSink } from "./_sqlite_sink.ts";
import { SQLITE_END } from "./_sqlite_table.ts";
import { type StoredColumn, tableColumns } from "./_stored_columns.ts";

const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** A database. */
export const sqlite: OutputModule = {
  name: "sqlite",
  summary: "a SQLite database with a table of results",
  help:
    `Writes a SQLite database, in the place of what the file held, with a table "results" that has the fields of
--output-fields as columns, each once. Booleans are 1 and 0; lists and records are JSON text; whole numbers
that may be above 2^63 are text. Everything valid is written, unless --output-filter says otherwise.

Rows are added in batches, each of them whole or not at all, however the scan ends. Other programs can read
the database once the scan has ended. Where that has given up root, a file of the same name and -journal may
stay, which is of no use any more. Takes no arguments.`,
  selection: "all",
  canNest: true,
  needsFile: true,
  faultOfKept: async (path, { fields, memory }) => {
    const { faultOfTable } = await import("./_sqlite_kept.ts");
    return faultOfTable(path, { fields, rows: memory[0] ?? 0 });
  },
  open: (context) => new SqliteEncoder(context),
  openSink: (path, { columns, keptBytes, memory }) =>
    SqliteSink.open({
      path,
      keptRows: keptBytes === 0 ? null : memory[0] ?? 0,
      columns: tableColumns(columns).map(
        ({ isUnsigned64 = false, name, type }): StoredColumn => ({
          name,
          type: isUnsigned64 ? "string" : type,
        }),
      ),
    }),
};

/** Rows on their way to the thread that adds them: JSON lists, one a line. */
class SqliteEncoder implements RowEncoder<Response> {
  readonly #buffer = new ByteBuffer();
  readonly #columns: OutputContext["columns"];
  #rows = 0;
  /** Rows that were taken, in all runs. */
  #taken: number;
  #isFinished = false;

  constructor(
    { columns, memory }: Pick<OutputContext, "columns" | "memory">,
  ) {
    this.#columns = tableColumns(columns);
    this.#taken = memory[0] ?? 0;
  }

  get memory(): readonly number[] {
    return [this.#taken];
  }

  get lengthBytes(): number {
    return this.#buffer.length;
  }

  append(response: Response): void {
    const buffer = this.#buffer;
    const columns = this.#columns;
    buffer.writeByte(OPEN_BRACKET);
    for (let i = 0; i < columns.length; i++) {
      if (i > 0) buffer.writeByte(COMMA);
      const { isUnsigned64, read } = columns[i]!;
      const value = read(response);
      writeJsonValue(buffer, isUnsigned64 ? textOf(value) : value);
    }
    buffer.writeByte(CLOSE_BRACKET);
    buffer.writeByte(LINE_FEED);
    this.#rows++;
  }

  take(): Chunk {
    const rows = this.#rows;
    this.#rows = 0;
    this.#taken += rows;
    // All or none of a batch is added.
    return { ...takeLines(this.#buffer, rows), isCuttable: false };
  }

  finish(): Chunk {
    if (this.#isFinished) return EMPTY_CHUNK;
    this.#isFinished = true;
    this.#buffer.writeText(SQLITE_END);
    return this.take();
  }
}

function textOf(value: Value): Value {
  return value === null ? null : String(value);
}
