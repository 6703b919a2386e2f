/**
 * What a result column can hold; `null` means that the response does not carry it. An integer above 2^53 has to
 * be a bigint, smaller ones should not.
 */
export type Value =
  | number
  | bigint
  | string
  | boolean
  | Uint8Array
  | null
  | readonly Value[]
  | {
    readonly [key: string]: Value;
  };

/** The types that `--list-output-fields` names. */
export type ValueType =
  | "int"
  | "float"
  | "string"
  | "bool"
  | "binary"
  | "repeated";

/** One named value that can be read from a record of type `R`. */
export interface Column<R> {
  /** Name of the column, as users write it. */
  readonly name: string;
  /** What its values are. */
  readonly type: ValueType;
  /** What it tells, for lists of columns. */
  readonly description: string;
  /**
   * Whether its values are whole numbers from 2^63 to 2^64−1, too, which not every format of tables has.
   *
   * @default {false}
   */
  readonly isUnsigned64?: boolean;
  /** Reads the value. The record may be reused after the call, so nothing read may point into it. */
  read(record: R): Value;
}
