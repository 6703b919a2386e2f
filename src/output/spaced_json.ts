import { encodeHex } from "../base/mod.ts";
import { JsonSource, jsonText } from "./json_text.ts";

/**
 * JSON in one line as ZMap writes its metadata: a blank inside of each bracket and behind each colon and comma,
 * strings as `jsonText` has them. Bigints are numbers, a `JsonSource` is what it was, bytes hexadecimal text, whatever can be iterated over is a list; members
 * that are undefined are left out. In pieces, since a list may be longer than any string.
 */
export function* spacedJson(value: unknown): Generator<string> {
  if (value instanceof JsonSource) yield* value.spaced();
  else if (typeof value === "bigint") yield String(value);
  else if (typeof value === "string") yield jsonText(value);
  else if (value instanceof Uint8Array) yield jsonText(encodeHex(value));
  else if (typeof value !== "object" || value === null) {
    yield JSON.stringify(value) ?? "null";
  } else if (isIterable(value)) yield* list(value);
  else yield* object(value);
}

function* list(items: Iterable<unknown>): Generator<string> {
  yield "[";
  let separator = " ";
  for (const item of items) {
    yield separator;
    yield* spacedJson(item);
    separator = ", ";
  }
  yield " ]";
}

function* object(value: object): Generator<string> {
  yield "{";
  let separator = " ";
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${separator}${jsonText(name)}: `;
    yield* spacedJson(member);
    separator = ", ";
  }
  yield " }";
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}
