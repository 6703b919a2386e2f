import { encodeHex } from "../base/mod.ts";

/**
 * JSON in one line as ZMap writes its metadata: a blank inside of each bracket and behind each colon and comma,
 * slashes escaped. Bigints are numbers, bytes hexadecimal text, whatever can be iterated over is a list; members
 * that are undefined are left out.
 */
export function spacedJson(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "string") return jsonText(value);
  if (value instanceof Uint8Array) return jsonText(encodeHex(value));
  if (typeof value !== "object" || value === null) {
    return JSON.stringify(value) ?? "null";
  }
  if (isIterable(value)) {
    return bracketed("[", Array.from(value, spacedJson), "]");
  }
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${jsonText(name)}: ${spacedJson(member)}`);
  return bracketed("{", members, "}");
}

function bracketed(
  open: string,
  items: readonly string[],
  close: string,
): string {
  return [open, ...(items.length === 0 ? [] : [items.join(", ")]), close]
    .join(" ");
}

function jsonText(text: string): string {
  return JSON.stringify(text).replaceAll("/", "\\/");
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}
