import assert from "node:assert/strict";
import { parseIcmpEcho } from "./icmp.ts";
import {
  icmpv6Checksum,
  icmpv6UnreachableText,
  isIcmpv6Error,
  writeIcmpv6Echo,
} from "./icmpv6.ts";

const PAIR = {
  source: Uint32Array.of(0x20010db8, 0xa0000, 0, 1),
  destination: Uint32Array.of(0x20010db8, 0x80000000, 0, 0xffff),
};
const ECHO = { type: 128, code: 0, id: 0xfffe, sequence: 7 };

Deno.test("writeIcmpv6Echo() writes a message with a checksum over both addresses", () => {
  for (const payload of [[], [1], [1, 2, 3, 0xff]]) {
    const view = new DataView(new Uint8Array(20).fill(0xa5).buffer);
    const end = writeIcmpv6Echo(
      view,
      2,
      { ...ECHO, ...PAIR },
      Uint8Array.from(payload),
    );
    assert.equal(end, 10 + payload.length);
    assert.deepEqual(parseIcmpEcho(view, 2, end), ECHO);
    assert.equal(icmpv6Checksum(view, 2, end, PAIR), 0);
    const source = PAIR.source.with(3, 2);
    assert.notEqual(icmpv6Checksum(view, 2, end, { ...PAIR, source }), 0);
  }
});

Deno.test("isIcmpv6Error() is true below 128, and unreachable codes have texts", () => {
  assert.deepEqual([0, 1, 127, 128, 255].map(isIcmpv6Error), [
    true,
    true,
    true,
    false,
    false,
  ]);
  assert.equal(icmpv6UnreachableText(4), "port unreachable");
  assert.equal(icmpv6UnreachableText(200), "unknown");
});
