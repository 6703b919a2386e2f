import assert from "node:assert/strict";
import { rateForBandwidth, wireBits } from "./bandwidth.ts";

Deno.test("wireBits() counts a minimum frame as 84 bytes", () => {
  assert.equal(wireBits(54), 672);
  assert.equal(wireBits(60), 672);
});

Deno.test("rateForBandwidth() gives the line rates of the textbooks", () => {
  assert.equal(Math.floor(rateForBandwidth(1e9, 60)), 1_488_095);
  assert.equal(Math.floor(rateForBandwidth(1e9, 74)), 1_275_510);
});
