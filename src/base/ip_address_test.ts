import assert from "node:assert/strict";
import { formatIp } from "./ip_address.ts";

Deno.test("formatIp() writes an address as its family does", () => {
  assert.equal(formatIp(0xc000_0201), "192.0.2.1");
  assert.equal(
    formatIp(0x2001_0db8_0000_0000_0000_0000_0000_0001n),
    "2001:db8::1",
  );
  assert.equal(formatIp(1n), "::1");
});
