import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/2020";

/** What `schemas/` describes. */
export type SchemaName =
  | "checkpoint-status"
  | "config"
  | "doctor"
  | "log-line"
  | "merged-metadata"
  | "metadata"
  | "status-row"
  | "summary"
  | "version"
  | "watch";

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
});
ajv.addFormat("date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/);

/** A schema as it stands in its file. */
export function readSchema(name: SchemaName): Record<string, unknown> {
  const url = new URL(
    `../../schemas/${name}.schema.json`,
    import.meta.url,
  );
  return JSON.parse(Deno.readTextFileSync(url));
}

/**
 * Fails unless a value is as its schema says, and has nothing that the schema does not tell of: programs may meet more
 * in later versions, but what there is now has to be described.
 */
export function assertSchema(name: SchemaName, value: unknown): void {
  const key = `closed ${name}`;
  const validate = ajv.getSchema(key) ??
    ajv.addSchema({ ...closed(readSchema(name)), $id: key }, key)
      .getSchema(key)!;
  if (validate(value)) return;
  assert.fail(
    `${name}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value)}`,
  );
}

/** Lines of JSON, each as its schema says. */
export function assertLines(name: SchemaName, text: string): unknown[] {
  const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  for (const line of lines) assertSchema(name, line);
  return lines;
}

function closed(
  schema: Record<string, unknown>,
): Record<string, unknown> {
  const inner = Object.entries(schema).map(([key, value]) =>
    [key, closedValue(value)] as const
  );
  const isOpen = "properties" in schema && schema.type !== undefined &&
    !("additionalProperties" in schema);
  return {
    ...Object.fromEntries(inner),
    ...(isOpen ? { additionalProperties: false } : {}),
  };
}

function closedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closedValue);
  return typeof value === "object" && value !== null
    ? closed(value as Record<string, unknown>)
    : value;
}
