import assert from "node:assert/strict";
import { escapeUnsafe, escapeUnsafeInLines } from "./unsafe_text.ts";

/** First and last code points of ranges that have to be escaped. */
const UNSAFE_RANGES = [
  [0x00, 0x1f], // C0
  [0x7f, 0x9f], // DEL and C1
  [0xad, 0xad], // soft hyphen
  [0x61c, 0x61c], // Arabic letter mark
  [0x180b, 0x180f], // Mongolian selectors and separator
  [0x200b, 0x200f], // zero width space and joiners, marks of direction
  [0x2028, 0x202e], // separators, embeddings and overrides
  [0x2060, 0x2064], // word joiner, invisible operators
  [0x2066, 0x206f], // isolates, deprecated format characters
  [0xfe00, 0xfe0f], // variation selectors
  [0xfeff, 0xfeff], // byte order mark
  [0xfff9, 0xfffb], // annotations
  [0xe0001, 0xe0001], // language tag
  [0xe0020, 0xe007f], // tags
] as const;

Deno.test("escapeUnsafe() escapes what a terminal may obey", () => {
  for (const [first, last] of UNSAFE_RANGES) {
    for (let code = first; code <= last; code++) {
      const text = `a${String.fromCodePoint(code)}b`;
      const escaped = escapeUnsafe(text);
      assert.match(escaped, /^a(\\u[0-9a-f]{4}){1,2}b$/, code.toString(16));
      assert.equal(JSON.parse(`"${escaped}"`), text);
    }
  }
  assert.equal(escapeUnsafe("\x1b[2J\u202e"), "\\u001b[2J\\u202e");
  assert.equal(escapeUnsafe("\u{e0041}"), "\\udb40\\udc41");
});

Deno.test("escapeUnsafe() leaves all that is shown", () => {
  const text =
    ' ~ ¡ÿ Grüße ελ שלום سلام हिन्दी 世界 😀 \u00a0\u3000\ufffd\ue000\\u001b"/';
  assert.equal(escapeUnsafe(text), text);
});

Deno.test("escapeUnsafeInLines() leaves tabs and line ends", () => {
  assert.equal(
    escapeUnsafeInLines("a\tb\r\n\x00\x0b\x85\u2028\x7f"),
    "a\tb\r\n\\u0000\\u000b\\u0085\\u2028\\u007f",
  );
});
