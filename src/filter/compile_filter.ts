import type { Column, Value } from "../base/mod.ts";
import {
  type Condition,
  type Expression,
  type Literal,
  parseFilter,
} from "./_parse.ts";
import { type Comparison, errorAt } from "./_tokens.ts";

/** Whether a record is wanted. */
export type Test<R> = (record: R) => boolean;

/** Columns that the error for an unknown field lists. */
const MAX_NAMES_LISTED = 8;

/**
 * Makes a function that says whether a record passes a filter:
 *
 * ```text
 * filter    = all { "||" all }
 * all       = unit { "&&" unit }
 * unit      = "(" filter ")" | FIELD comparison NUMBER | FIELD ("=" | "!=") (WORD | ADDRESS)
 * comparison = "=" | "!=" | "<" | ">" | "<=" | ">="
 * FIELD     = the name of a column of type int, float, bool or string
 * NUMBER    = decimal digits, at most 2^64−1; for int, float and bool, where true is 1
 * WORD      = a letter and at least one more of A-Z a-z 0-9 _ -, or anything in " or '; for string
 * ADDRESS   = an IPv4 or IPv6 address in any spelling, or a prefix such as 2001:db8::/32; for string
 * ```
 *
 * Blanks may stand between any two tokens. Numbers are compared exactly, words byte for byte; a prefix is equal to
 * each of its addresses. A value that
 * a record lacks is not equal to anything, and neither below nor above anything. Evaluation goes from left
 * to right and reads no more columns than it has to. An empty filter passes every record.
 *
 * @throws {SyntaxError} when the text is no filter, or does not fit the columns; the message names the column
 * of the text, from 1
 *
 * @example
 * ```ts
 * import { compileFilter } from "./mod.ts";
 *
 * const ttl = { name: "ttl", type: "int", description: "", read: (ttl: number) => ttl } as const;
 * const isNear = compileFilter("ttl >= 3 && ttl <= 5", [ttl]);
 * console.log(isNear(4)); // true
 * ```
 */
export function compileFilter<R>(
  text: string,
  columns: readonly Column<R>[],
): Test<R> {
  const expression = parseFilter(text);
  return expression === null ? () => true : compile(expression, columns);
}

/**
 * Whether a filter may pass a record of which some values are known: for each field those that it may have. False only
 * where no such record passes.
 *
 * @throws {SyntaxError} as `compileFilter`
 */
export function mayPass<R>(
  text: string,
  columns: readonly Column<R>[],
  known: Readonly<Record<string, readonly Value[]>>,
): boolean {
  const expression = parseFilter(text);
  if (expression === null) return true;
  const mayHold = (part: Expression): boolean => {
    if (part.kind !== "condition") {
      return part.kind === "all"
        ? part.parts.every(mayHold)
        : part.parts.some(mayHold);
    }
    const { text: name } = part.field;
    const test = compileCondition(
      part,
      columns.map((column) => ({ ...column, read: (value: Value) => value })),
    );
    return Object.hasOwn(known, name) ? known[name]!.some(test) : true;
  };
  return mayHold(expression);
}

function compile<R>(
  expression: Expression,
  columns: readonly Column<R>[],
): Test<R> {
  if (expression.kind === "condition") {
    return compileCondition(expression, columns);
  }
  const tests = expression.parts.map((part) => compile(part, columns));
  const decisive = expression.kind === "some";
  return (record) => {
    for (let i = 0; i < tests.length; i++) {
      if (tests[i]!(record) === decisive) return decisive;
    }
    return !decisive;
  };
}

function compileCondition<R>(
  { at, comparison, field, literal }: Condition,
  columns: readonly Column<R>[],
): Test<R> {
  const column = columns.find(({ name }) => name === field.text);
  if (column === undefined) {
    const names = columns.map(({ name }) => name);
    throw errorAt(
      field.at,
      `unknown field ${JSON.stringify(field.text)}; ${hint(names)}`,
    );
  }
  switch (column.type) {
    case "binary":
    case "repeated":
      throw errorAt(
        field.at,
        `field ${field.text} is of type ${column.type}, which cannot be compared`,
      );
    case "string":
      return compareText(column, { at, comparison, literal });
    case "int":
    case "float":
    case "bool":
      return compareNumber(column, { comparison, literal });
  }
}

function hint(names: readonly string[]): string {
  return names.length <= MAX_NAMES_LISTED
    ? `there are ${names.join(", ")}`
    : "--list-output-fields names them all";
}

function compareText<R>(
  { name, read }: Column<R>,
  { at, comparison, literal }: Pick<
    Condition,
    "at" | "comparison" | "literal"
  >,
): Test<R> {
  if (comparison !== "=" && comparison !== "!=") {
    throw errorAt(
      at,
      `field ${name} is of type string, which only = and != compare`,
    );
  }
  if (literal.kind === "number") {
    throw errorAt(
      literal.at,
      `field ${name} is of type string, and ${literal.value} is a number without quotes`,
    );
  }
  if (literal.kind === "address") {
    const { isMatch } = literal;
    const isPassed = comparison === "=";
    return (record) => {
      const value = read(record);
      return (typeof value === "string" && isMatch(value)) === isPassed;
    };
  }
  const wanted = literal.value;
  return comparison === "="
    ? (record) => read(record) === wanted
    : (record) => read(record) !== wanted;
}

function compareNumber<R>(
  column: Column<R>,
  { comparison, literal }: {
    readonly comparison: Comparison;
    readonly literal: Literal & { readonly at: number };
  },
): Test<R> {
  const { name, read, type } = column;
  if (literal.kind !== "number") {
    throw errorAt(
      literal.at,
      `field ${name} is of type ${type}, and ${
        JSON.stringify(literal.value)
      } is no number` +
        (type === "bool" ? "; true is 1, false is 0" : ""),
    );
  }
  const wanted = literal.value;
  const isPassed = testOf(comparison);
  const isPassedWithout = comparison === "!=";
  return (record) => {
    const value = read(record);
    if (typeof value === "boolean") return isPassed(value ? 1 : 0, wanted);
    return typeof value === "number" || typeof value === "bigint"
      ? isPassed(value, wanted)
      : isPassedWithout;
  };
}

/** `<` and `>` between a number and a bigint are exact, so equality is spelled with them. */
function testOf(
  comparison: Comparison,
): (value: number | bigint, wanted: number | bigint) => boolean {
  switch (comparison) {
    case "=":
      return (value, wanted) => value >= wanted && value <= wanted;
    case "!=":
      return (value, wanted) => value < wanted || value > wanted;
    case "<":
      return (value, wanted) => value < wanted;
    case ">":
      return (value, wanted) => value > wanted;
    case "<=":
      return (value, wanted) => value <= wanted;
    case ">=":
      return (value, wanted) => value >= wanted;
  }
}
