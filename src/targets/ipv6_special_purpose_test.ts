import assert from "node:assert/strict";
import { parseIpv6 } from "../base/mod.ts";
import { parseIpv6Prefix } from "./ipv6_prefix.ts";
import { ipv6RangeSize } from "./ipv6_range.ts";
import {
  IPV6_SPECIAL_PURPOSE_BLOCKS,
  ipv6SpecialPurposeRanges,
} from "./ipv6_special_purpose.ts";

function isBlocked(text: string): boolean {
  const address = parseIpv6(text)!;
  return ipv6SpecialPurposeRanges().some(({ first, last }) =>
    first <= address && address <= last
  );
}

Deno.test("IPV6_SPECIAL_PURPOSE_BLOCKS have prefixes without host bits, each once, the wider before the narrower", () => {
  const prefixes = IPV6_SPECIAL_PURPOSE_BLOCKS.map(({ prefix }) => prefix);
  assert.equal(new Set(prefixes).size, 26);
  prefixes.forEach((prefix, i) => {
    const range = parseIpv6Prefix(prefix);
    assert.equal(parseIpv6(prefix.split("/")[0]!), range.first);
    for (const later of prefixes.slice(i + 1).map(parseIpv6Prefix)) {
      const isInside = later.first <= range.first && range.last <= later.last;
      assert.ok(!isInside || ipv6RangeSize(later) < ipv6RangeSize(range));
    }
  });
});

Deno.test("ipv6SpecialPurposeRanges() has what is not globally reachable", () => {
  for (
    const address of [
      "::",
      "::1",
      "::ffff:192.0.2.1",
      "64:ff9b:1::1",
      "100::1",
      "100:0:0:1::1",
      "2001::1",
      "2001:0:ffff::1",
      "2001:1::",
      "2001:1::4",
      "2001:2::1",
      "2001:4:113::1",
      "2001:1f::1",
      "2001:1ff:ffff::",
      "2001:db8::1",
      "2002::1",
      "3fff:fff::1",
      "5f00::1",
      "fc00::1",
      "fdff::1",
      "fe80::1",
      "febf::1",
      "ff02::1",
    ]
  ) assert.ok(isBlocked(address), address);
});

Deno.test("ipv6SpecialPurposeRanges() lacks what is globally reachable", () => {
  for (
    const address of [
      "::2",
      "64:ff9b::192.0.2.1",
      "100:0:0:2::1",
      "2001:1::1",
      "2001:1::3",
      "2001:3::1",
      "2001:4:112::1",
      "2001:20::1",
      "2001:3f::1",
      "2001:200::1",
      "2001:db9::1",
      "2000::1",
      "2003::1",
      "2620:4f:8000::1",
      "3fff:1000::1",
      "fec0::1",
    ]
  ) assert.ok(!isBlocked(address), address);
});
