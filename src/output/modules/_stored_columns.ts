import type { Column, Value } from "../../base/mod.ts";
import type { Response } from "../../probe/mod.ts";
import { ByteBuffer } from "../byte_buffer.ts";
import { writeJsonValue } from "../row_writer.ts";

/** Columns of a table: each once, in the order given. */
export function tableColumns(
  columns: readonly Column<Response>[],
): readonly Column<Response>[] {
  return columns.filter(({ name }, index) =>
    columns.findIndex((other) => other.name === name) === index
  );
}

/** A value as JSON text, for lists and records in a column. */
export function jsonTextOf(value: Value): string {
  const buffer = new ByteBuffer();
  writeJsonValue(buffer, value);
  return new TextDecoder().decode(buffer.take());
}
