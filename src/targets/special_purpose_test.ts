import assert from "node:assert/strict";
import { parseIpv4 } from "../base/mod.ts";
import { IANA_IPV4_SPECIAL } from "../../tests/fixtures/iana_special_purpose.ts";
import { setOf } from "../../tests/fixtures/address_sets.ts";
import { contains } from "./address_set.ts";
import {
  SPECIAL_PURPOSE_BLOCKS,
  specialPurposePrefixes,
} from "./special_purpose.ts";

Deno.test("SPECIAL_PURPOSE_BLOCKS are those of the registry, and multicast", () => {
  assert.deepEqual(
    SPECIAL_PURPOSE_BLOCKS.map(({ prefix }) => prefix).sort(),
    [...IANA_IPV4_SPECIAL.map(({ prefix }) => prefix), "224.0.0.0/4"].sort(),
  );
  const reachable = IANA_IPV4_SPECIAL.filter((row) =>
    row.isReachable === "true"
  );
  assert.equal(reachable.length, 5, "which are blocked all the same");
});

Deno.test("SPECIAL_PURPOSE_BLOCKS cover private, reserved and multicast addresses and no others", () => {
  const set = setOf(...SPECIAL_PURPOSE_BLOCKS.map((block) => block.prefix));
  // Blocks inside others left out.
  const count = 2 * 2 ** 28 + 3 * 2 ** 24 + 2 ** 22 + 2 ** 20 + 2 ** 17 +
    2 * 2 ** 16 + 8 * 2 ** 8;
  assert.equal(set.count, count);
  for (
    const text of [
      "0.0.0.0",
      "10.255.255.255",
      "100.127.0.1",
      "198.19.0.1",
      "255.255.255.255",
    ]
  ) {
    assert.ok(contains(set, parseIpv4(text)), text);
  }
  for (
    const text of [
      "1.1.1.1",
      "100.128.0.0",
      "172.32.0.0",
      "192.0.1.0",
      "223.255.255.255",
    ]
  ) {
    assert.ok(!contains(set, parseIpv4(text)), text);
  }
});

Deno.test("SPECIAL_PURPOSE_BLOCKS have no host bits, and each has a reference", () => {
  for (const [index, block] of SPECIAL_PURPOSE_BLOCKS.entries()) {
    const { address, length } = specialPurposePrefixes()[index]!;
    const [first, lengthText] = block.prefix.split("/");
    assert.equal(parseIpv4(first!), address, block.prefix);
    assert.equal(Number(lengthText), length);
    assert.match(block.reference, /^RFC \d+/);
  }
});
