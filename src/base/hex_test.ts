import assert from "node:assert/strict";
import { encodeHex } from "./hex.ts";

Deno.test("encodeHex() writes two lowercase digits for each byte", () => {
  assert.equal(encodeHex(Uint8Array.of(0, 9, 0xab, 0xff)), "0009abff");
  assert.equal(encodeHex(Uint8Array.of(2, 0, 0xfe), ":"), "02:00:fe");
  assert.equal(encodeHex(new Uint8Array(0), ":"), "");
});
