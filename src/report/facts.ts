/** Facts about a scan as its metadata have them: JSON that somebody else may have written. */
export type Facts = Readonly<Record<string, unknown>>;

/**
 * What stands at a path, or null.
 *
 * @param path keys with points between; or as a list, where a key has a point itself
 */
export function valueAt(
  facts: Facts | null,
  path: string | readonly string[],
): unknown {
  let value: unknown = facts;
  for (const key of typeof path === "string" ? path.split(".") : path) {
    if (typeof value !== "object" || value === null) return null;
    value = Object.hasOwn(value, key)
      ? (value as Record<string, unknown>)[key]
      : null;
  }
  return value ?? null;
}

/** The number at a path; null: there is none. */
export function numberAt(
  facts: Facts | null,
  path: string | readonly string[],
): number | null {
  const value = valueAt(facts, path);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** The text at a path; null: there is none. */
export function textAt(
  facts: Facts | null,
  path: string | readonly string[],
): string | null {
  const value = valueAt(facts, path);
  return typeof value === "string" ? value : null;
}
