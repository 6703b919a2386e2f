import assert from "node:assert/strict";
import { errorText, printable } from "./terminal.ts";

Deno.test("errorText() has the error on one line and the remedy on the next", () => {
  assert.equal(
    errorText("--rate", "Rate 5x is no number", "Give a number"),
    "pacemap: --rate: Rate 5x is no number\n  Give a number\n",
  );
  assert.equal(
    errorText("a:3", "Bad\nline", ""),
    "pacemap: a:3: Bad\\x0aline\n",
  );
});

Deno.test("printable() keeps text and replaces control characters", () => {
  assert.equal(printable("Grüße, 世界"), "Grüße, 世界");
  assert.equal(printable("\x1b[31m\r\x7f\x9b"), "\\x1b[31m\\x0d\\x7f\\x9b");
});
