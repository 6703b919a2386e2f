import assert from "node:assert/strict";
import { bytesText, countText, shareText } from "./units.ts";

Deno.test("shareText() rounds neither to nothing nor to all", () => {
  const cases: [number | null, string][] = [
    [null, "–"],
    [0, "0%"],
    [0.000_05, "<0.01%"],
    [0.001, "0.10%"],
    [0.5, "50.0%"],
    [0.9987, "99.87%"],
    [0.999_99, ">99.99%"],
    [1, "100.00%"],
  ];
  for (const [share, text] of cases) assert.equal(shareText(share), text);
});

Deno.test("bytesText() and countText() have units and separators", () => {
  assert.equal(bytesText(1000), "1000 B");
  assert.equal(bytesText(1536), "1.5 KiB");
  assert.equal(bytesText(5 * 2 ** 40), "5120 GiB");
  assert.equal(countText(1234567), "1,234,567");
  assert.equal(countText(null), "–");
});
