import assert from "node:assert/strict";
import { DNS_TYPES, dnsTypeName, makeDnsQuery } from "./dns.ts";

Deno.test("makeDnsQuery() writes a header and a question (RFC 1035 section 4.1)", () => {
  const query = makeDnsQuery({
    name: "a.bc",
    type: DNS_TYPES.AAAA!,
    isRecursionDesired: true,
  });
  assert.deepEqual(
    Array.from(query),
    [
      ...[0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0],
      ...[1, 0x61, 2, 0x62, 0x63, 0, 0, 28, 0, 1],
    ],
  );
});

Deno.test("dnsTypeName() names the types that can be asked for", () => {
  assert.equal(dnsTypeName(1), "A");
  assert.equal(dnsTypeName(255), "ALL");
  for (const type of [0, 3, 41, 65, 254, 256, 65535]) {
    assert.equal(dnsTypeName(type), "BAD QTYPE");
  }
});
