import assert from "node:assert/strict";
import { formatIpv6 } from "./ipv6_text.ts";

/** Groups in full, and their text by RFC 5952. */
const ADDRESSES = {
  "0000:0000:0000:0000:0000:0000:0000:0000": "::",
  "0000:0000:0000:0000:0000:0000:0000:0001": "::1",
  "2001:0db8:0000:0000:0000:0000:0002:0001": "2001:db8::2:1",
  "2001:0db8:0000:0001:0001:0001:0001:0001": "2001:db8:0:1:1:1:1:1",
  "2001:0000:0000:0001:0000:0000:0000:0001": "2001:0:0:1::1",
  "2001:0db8:0000:0000:0001:0000:0000:0001": "2001:db8::1:0:0:1",
  "fe80:0000:0000:0000:0000:0000:0000:0000": "fe80::",
  "0000:0000:0001:0000:0000:0000:0000:0000": "0:0:1::",
  "ABCD:0001:0002:0003:0004:0005:0006:0007": "abcd:1:2:3:4:5:6:7",
  "0000:0000:0000:0000:0000:ffff:c000:0201": "::ffff:192.0.2.1",
};

Deno.test("formatIpv6() writes the canonical form", () => {
  for (const [groups, text] of Object.entries(ADDRESSES)) {
    const view = new DataView(new ArrayBuffer(18));
    groups.split(":").forEach((group, i) =>
      view.setUint16(2 + 2 * i, parseInt(group, 16))
    );
    assert.equal(formatIpv6(view, 2), text);
  }
});
