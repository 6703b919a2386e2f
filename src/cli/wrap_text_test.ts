import assert from "node:assert/strict";
import { wrapText } from "./wrap_text.ts";

Deno.test("wrapText() fills paragraphs and keeps the lines between them", () => {
  assert.equal(
    wrapText("one two\nthree four\n\nfive", 9),
    "one two\nthree\nfour\n\nfive",
  );
  assert.equal(wrapText("longer than that", 5), "longer\nthan\nthat");
});

Deno.test("wrapText() keeps the columns of lists", () => {
  const list = "Words:\n  a    one two\n  bcd  three\n  plain row of words";
  assert.equal(
    wrapText(list, 12),
    "Words:\n  a    one\n       two\n  bcd  three\n  plain row\n  of words",
  );
});
