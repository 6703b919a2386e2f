import type { Column, ValueType } from "../../base/mod.ts";
import type { Response } from "../../probe/mod.ts";

/** A column of a table, as the thread knows it that stores its rows. */
export interface StoredColumn {
  readonly name: string;
  readonly type: ValueType;
  /**
   * Whether it is a whole number that may be above 2^63.
   *
   * @default {false}
   */
  readonly isUnsigned64?: boolean;
}

/** Columns of a table: each once, in the order given. */
export function tableColumns(
  columns: readonly Column<Response>[],
): readonly Column<Response>[] {
  return columns.filter(({ name }, index) =>
    columns.findIndex((other) => other.name === name) === index
  );
}

/** The bytes that stand in JSON as hexadecimal digits. */
export function decodeHex(text: string): Uint8Array {
  const pairs = text.match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
}
