import assert from "node:assert/strict";
import { IANA_IPV6_SPECIAL } from "../../tests/fixtures/iana_special_purpose.ts";
import { formatIpv6, parseIpv6 } from "../base/mod.ts";
import { parseIpv6Prefix } from "./ipv6_prefix.ts";
import { ipv6RangeSize } from "./ipv6_range.ts";
import {
  IPV6_SPECIAL_PURPOSE_BLOCKS,
  ipv6SpecialPurposeRanges,
} from "./ipv6_special_purpose.ts";

const MULTICAST = "ff00::/8";

function isBlocked(address: bigint): boolean {
  return ipv6SpecialPurposeRanges().some(({ first, last }) =>
    first <= address && address <= last
  );
}

Deno.test("IPV6_SPECIAL_PURPOSE_BLOCKS are those of the registry, and multicast", () => {
  assert.deepEqual(
    IPV6_SPECIAL_PURPOSE_BLOCKS.map(({ prefix }) => prefix).sort(),
    [...IANA_IPV6_SPECIAL.map(({ prefix }) => prefix), MULTICAST].sort(),
  );
  const reachable = IANA_IPV6_SPECIAL.filter((row) =>
    row.isReachable === "true"
  );
  assert.equal(reachable.length, 9, "which are blocked all the same");
  for (const { reference } of IPV6_SPECIAL_PURPOSE_BLOCKS) {
    assert.match(reference, /^RFC \d+/);
  }
});

Deno.test("IPV6_SPECIAL_PURPOSE_BLOCKS have prefixes without host bits, the wider before the narrower", () => {
  const prefixes = IPV6_SPECIAL_PURPOSE_BLOCKS.map(({ prefix }) => prefix);
  prefixes.forEach((prefix, i) => {
    const range = parseIpv6Prefix(prefix);
    assert.equal(parseIpv6(prefix.split("/")[0]!), range.first);
    for (const later of prefixes.slice(i + 1).map(parseIpv6Prefix)) {
      const isInside = later.first <= range.first && range.last <= later.last;
      assert.ok(!isInside || ipv6RangeSize(later) < ipv6RangeSize(range));
    }
  });
});

Deno.test("ipv6SpecialPurposeRanges() has all of the registry, globally reachable or not, and nothing beside it", () => {
  const blocks = [...IANA_IPV6_SPECIAL.map(({ prefix }) => prefix), MULTICAST]
    .map(parseIpv6Prefix);
  const isListed = (address: bigint): boolean =>
    blocks.some(({ first, last }) => first <= address && address <= last);
  for (const { first, last } of blocks) {
    assert.ok(isBlocked(first) && isBlocked(last), formatIpv6(first));
    for (const beside of [first - 1n, last + 1n]) {
      if (beside < 0n || beside >> 128n > 0n) continue;
      assert.equal(isBlocked(beside), isListed(beside), formatIpv6(beside));
    }
  }
  for (
    const text of [
      "::2",
      "2000::1",
      "2001:200::1",
      "2003::1",
      "2a00::1",
      "fec0::1",
    ]
  ) assert.ok(!isBlocked(parseIpv6(text)!), text);
});
