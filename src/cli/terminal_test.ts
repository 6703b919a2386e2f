import assert from "node:assert/strict";
import { errorText, printable } from "./terminal.ts";

Deno.test("errorText() has the error on one line and the remedy on the next", () => {
  assert.equal(
    errorText("--rate", "Rate 5x is no number", "Give a number"),
    "pacemap: --rate: Rate 5x is no number\n  Give a number\n",
  );
  assert.equal(
    errorText("a:3", "Bad\nline", ""),
    "pacemap: a:3: Bad\\u000aline\n",
  );
});

Deno.test("printable() keeps text and replaces control characters", () => {
  assert.equal(printable("Grüße, 世界"), "Grüße, 世界");
  assert.equal(
    printable("\x1b[31m\r\x7f\x9b"),
    "\\u001b[31m\\u000d\\u007f\\u009b",
  );
  assert.equal(printable("\u202e\u2066\u200f"), "\\u202e\\u2066\\u200f");
});
