import assert from "node:assert/strict";
import { formatCount } from "./count.ts";

Deno.test("formatCount() puts commas between thousands", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0"],
    [999.4, "999"],
    [999.5, "1,000"],
    [12_345, "12,345"],
    [123_456, "123,456"],
    [3_702_257_664, "3,702,257,664"],
    [-1234, "-1,234"],
    [Infinity, "Infinity"],
  ];
  for (const [value, text] of cases) assert.equal(formatCount(value), text);
});
