/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * A value as an object.
 *
 * @throws {SyntaxError} when it is none
 */
export function objectOf(value: unknown, name: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Fields;
  }
  throw missing(name, "an object");
}

/** Whether a field is there, and not null. */
export function isGiven(fields: Fields, name: string): boolean {
  return (fields[name] ?? null) !== null;
}

/**
 * A field that is a text.
 *
 * @throws {SyntaxError} when it is none
 */
export function textAt(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === "string") return value;
  throw missing(name, "a text");
}

/**
 * A field that is a whole number of 0 or more.
 *
 * @throws {SyntaxError} when it is none
 */
export function numberAt(fields: Fields, name: string): number {
  const value = fields[name];
  if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value);
  throw missing(name, "a whole number");
}

/**
 * A field that is a number of 0 or more, or null.
 *
 * @throws {SyntaxError} when it is neither
 */
export function amountAt(fields: Fields, name: string): number | null {
  const value = fields[name];
  if (value === null) return null;
  if (typeof value === "number" && value >= 0) return value;
  throw missing(name, "a number");
}

/**
 * A field that is a list.
 *
 * @throws {SyntaxError} when it is none
 */
export function listAt(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (Array.isArray(value)) return value;
  throw missing(name, "a list");
}

/**
 * A field that is a list of texts.
 *
 * @throws {SyntaxError} when it is none
 */
export function textsAt(fields: Fields, name: string): readonly string[] {
  return listAt(fields, name).map((value) => {
    if (typeof value === "string") return value;
    throw missing(name, "a list of texts");
  });
}

/**
 * A field that is a list of objects.
 *
 * @throws {SyntaxError} when it is none
 */
export function objectsAt(fields: Fields, name: string): readonly Fields[] {
  return listAt(fields, name).map((value) => objectOf(value, name));
}

/**
 * A field that is an object of whole numbers of 0 or more.
 *
 * @throws {SyntaxError} when it is none
 */
export function countsAt(
  fields: Fields,
  name: string,
): Readonly<Record<string, number>> {
  const counts = objectOf(fields[name], name);
  return Object.fromEntries(
    Object.keys(counts).map((key) => [key, numberAt(counts, key)]),
  );
}

/**
 * A list of numbers of 0 or more, so many of them where a number is given.
 *
 * @throws {SyntaxError} when it is none
 */
export function amountsOf(
  value: unknown,
  { length, name }: { readonly name: string; readonly length?: number },
): readonly number[] {
  const isList = Array.isArray(value) &&
    value.every((one) => typeof one === "number" && one >= 0) &&
    (length === undefined || value.length === length);
  if (isList) return value;
  throw missing(name, "a list of numbers");
}

function missing(name: string, what: string): SyntaxError {
  return new SyntaxError(`"${name}" is not ${what}`);
}
