import assert from "node:assert/strict";
import { setOf } from "../../tests/fixtures/address_sets.ts";
import { indexOf } from "./address_set.ts";
import { selectAddresses } from "./selection.ts";

const none = setOf();
const net = setOf("192.0.2.0/24");

Deno.test("selectAddresses() takes allowed and listed less blocked addresses", () => {
  const listed = setOf("192.0.2.1", "192.0.2.9", "10.0.0.1");
  const selected = selectAddresses({
    allowed: net,
    listed,
    blocked: setOf("192.0.2.9"),
  });
  assert.equal(selected.count, 1);
  assert.equal(indexOf(selected, 0xc000_0201), 0);
});

Deno.test("selectAddresses() allows all addresses without an allowlist and a list", () => {
  const selected = selectAddresses({
    allowed: null,
    listed: null,
    blocked: setOf("0.0.0.0"),
  });
  assert.equal(selected.count, 2 ** 32 - 1);
  assert.equal(
    selectAddresses({ allowed: null, listed: net, blocked: none }).count,
    256,
  );
  assert.equal(
    selectAddresses({ allowed: net, listed: null, blocked: none }).count,
    256,
  );
});

for (
  const [name, selection, reason] of [
    [
      "allowlist",
      { allowed: none, listed: null, blocked: none },
      /allowlist has no address/,
    ],
    [
      "list",
      { allowed: null, listed: none, blocked: none },
      /list of addresses is empty/,
    ],
    [
      "intersection",
      { allowed: net, listed: setOf("10.0.0.1"), blocked: none },
      /no address of the list/,
    ],
    ["blocklist", {
      allowed: net,
      listed: null,
      blocked: setOf("192.0.0.0/16"),
    }, /blocklist covers all 256/],
  ] as const
) {
  Deno.test(`selectAddresses() names the ${name} when it leaves nothing`, () => {
    assert.throws(
      () => selectAddresses(selection),
      (error: Error) =>
        error instanceof RangeError && reason.test(error.message),
    );
  });
}
