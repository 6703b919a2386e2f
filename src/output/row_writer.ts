import type { Column, Value } from "../base/mod.ts";
import { ByteBuffer } from "./byte_buffer.ts";
import { type Chunk, EMPTY_CHUNK, type RowEncoder } from "./row_encoder.ts";

const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const ZERO = 0x30;
const QUOTE = 0x22;
const TRUE = new TextEncoder().encode("true");
const FALSE = new TextEncoder().encode("false");

/** How rows are written: comma separated with RFC 4180 quoting, or one JSON object per line. */
export type RowFormat = "csv" | "json";

/** What `createRowWriter` needs. */
export interface RowWriterOptions<R> {
  /** How rows are written. */
  readonly format: RowFormat;
  /** In the order of output; a repeated column is repeated in CSV, and written once in JSON. */
  readonly columns: readonly Column<R>[];
  /** Whether CSV begins with the names of the columns; JSON has no header. */
  readonly hasHeader: boolean;
}

/**
 * Makes a writer of rows. CSV: lines end in LF as ZMap's do, null is empty, true and false are 1 and 0, bytes
 * are lowercase hexadecimal, nested values are JSON text. JSON: compact, null fields are left out, bytes are
 * hexadecimal strings.
 *
 * @example
 * ```ts
 * import { createRowWriter } from "./row_writer.ts";
 *
 * const port = { name: "sport", type: "int", description: "", read: (port: number) => port } as const;
 * const writer = createRowWriter({ format: "csv", columns: [port], hasHeader: true });
 * writer.append(80);
 * console.log(new TextDecoder().decode(writer.take().bytes)); // sport, then 80
 * ```
 */
export function createRowWriter<R>(
  options: RowWriterOptions<R>,
): RowEncoder<R> {
  return options.format === "csv"
    ? new CsvWriter(options.columns, options.hasHeader)
    : new JsonWriter(options.columns);
}

class CsvWriter<R> implements RowEncoder<R> {
  readonly #buffer = new ByteBuffer();
  #rows = 0;
  readonly #columns: readonly Column<R>[];

  constructor(columns: readonly Column<R>[], hasHeader: boolean) {
    this.#columns = columns;
    if (!hasHeader) return;
    for (const [i, { name }] of columns.entries()) {
      if (i > 0) this.#buffer.writeByte(COMMA);
      this.#buffer.writeCsvText(name);
    }
    this.#buffer.writeByte(LINE_FEED);
  }

  get lengthBytes(): number {
    return this.#buffer.length;
  }

  append(record: R): void {
    this.#rows++;
    const buffer = this.#buffer;
    const columns = this.#columns;
    for (let i = 0; i < columns.length; i++) {
      if (i > 0) buffer.writeByte(COMMA);
      writeCsvValue(buffer, columns[i]!.read(record));
    }
    buffer.writeByte(LINE_FEED);
  }

  take(): Chunk {
    const rows = this.#rows;
    this.#rows = 0;
    return takeLines(this.#buffer, rows);
  }

  finish(): Chunk {
    return this.take();
  }
}

class JsonWriter<R> implements RowEncoder<R> {
  readonly #buffer = new ByteBuffer();
  #rows = 0;
  readonly #columns: readonly Column<R>[];
  /** For each column its name in JSON and the colon. */
  readonly #labels: readonly Uint8Array[];

  constructor(columns: readonly Column<R>[]) {
    this.#columns = columns.filter((column, i) =>
      columns.findIndex((other) => other.name === column.name) === i
    );
    this.#labels = this.#columns.map((column) =>
      new TextEncoder().encode(`${JSON.stringify(column.name)}:`)
    );
  }

  get lengthBytes(): number {
    return this.#buffer.length;
  }

  append(record: R): void {
    this.#rows++;
    const buffer = this.#buffer;
    const columns = this.#columns;
    buffer.writeByte(OPEN_BRACE);
    let isFirst = true;
    for (let i = 0; i < columns.length; i++) {
      const value = columns[i]!.read(record);
      if (value === null) continue;
      if (!isFirst) buffer.writeByte(COMMA);
      isFirst = false;
      buffer.writeBytes(this.#labels[i]!);
      writeJsonValue(buffer, value);
    }
    buffer.writeByte(CLOSE_BRACE);
    buffer.writeByte(LINE_FEED);
  }

  take(): Chunk {
    const rows = this.#rows;
    this.#rows = 0;
    return takeLines(this.#buffer, rows);
  }

  finish(): Chunk {
    return this.take();
  }
}

/** What waits in a buffer, rows of one line each. */
export function takeLines(buffer: ByteBuffer, rows: number): Chunk {
  return buffer.length === 0
    ? EMPTY_CHUNK
    : { bytes: buffer.take(), rows, isCuttable: true };
}

function writeCsvValue(buffer: ByteBuffer, value: Value): void {
  if (typeof value === "string") buffer.writeCsvText(value);
  else if (typeof value === "number") buffer.writeNumber(value);
  else if (typeof value === "bigint") buffer.writeText(value.toString());
  else if (typeof value === "boolean") {
    buffer.writeByte(value ? ZERO + 1 : ZERO);
  } else if (value instanceof Uint8Array) buffer.writeHex(value);
  else if (value !== null) {
    const nested = new ByteBuffer();
    writeJsonValue(nested, value);
    buffer.writeCsvText(new TextDecoder().decode(nested.take()));
  }
}

/** Writes a value as compact JSON. */
export function writeJsonValue(buffer: ByteBuffer, value: Value): void {
  if (typeof value === "string") buffer.writeJsonText(value);
  else if (typeof value === "number") {
    if (Number.isFinite(value)) buffer.writeNumber(value);
    else buffer.writeText("null");
  } else if (typeof value === "bigint") buffer.writeText(value.toString());
  else if (typeof value === "boolean") {
    buffer.writeBytes(value ? TRUE : FALSE);
  } else if (value instanceof Uint8Array) {
    buffer.writeByte(QUOTE);
    buffer.writeHex(value);
    buffer.writeByte(QUOTE);
  } else if (value === null) buffer.writeText("null");
  else if (isList(value)) writeJsonList(buffer, value);
  else writeJsonObject(buffer, value);
}

function writeJsonList(buffer: ByteBuffer, list: readonly Value[]): void {
  buffer.writeByte(OPEN_BRACKET);
  for (let i = 0; i < list.length; i++) {
    if (i > 0) buffer.writeByte(COMMA);
    writeJsonValue(buffer, list[i]!);
  }
  buffer.writeByte(CLOSE_BRACKET);
}

function writeJsonObject(
  buffer: ByteBuffer,
  object: { readonly [key: string]: Value },
): void {
  buffer.writeByte(OPEN_BRACE);
  let isFirst = true;
  for (const [key, value] of Object.entries(object)) {
    if (value === null) continue;
    if (!isFirst) buffer.writeByte(COMMA);
    isFirst = false;
    buffer.writeJsonText(key);
    buffer.writeByte(COLON);
    writeJsonValue(buffer, value);
  }
  buffer.writeByte(CLOSE_BRACE);
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
