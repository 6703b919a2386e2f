import assert from "node:assert/strict";
import { IPV6_WORDS, parseIpv6, storeIpv6 } from "../base/mod.ts";
import { ipv6AddressSet } from "./ipv6_address_set.ts";
import {
  ipv6NeighbourOf,
  ipv6RangeOf,
  makeIpv6Neighbours,
} from "./ipv6_routes.ts";
import { NO_HOP, ON_LINK } from "./target_routes.ts";

function words(...texts: string[]): Uint32Array {
  const list = new Uint32Array(texts.length * IPV6_WORDS);
  texts.forEach((text, i) => storeIpv6(parseIpv6(text)!, list, i * IPV6_WORDS));
  return list;
}

const NEIGHBOURS = makeIpv6Neighbours(ipv6AddressSet([
  { kind: "list", list: words("fd00::1", "fd00::2", "fd00:0:0:1::") },
]));

Deno.test("ipv6RangeOf() finds the range of every address", () => {
  const routes = {
    starts: words("::", "fd00::", "fd00:0:0:1::"),
    hops: Int32Array.of(0, ON_LINK, NO_HOP),
    neighbours: NEIGHBOURS,
  };
  const top = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
  const addresses = words(
    "::",
    "fcff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fd00::",
    "fd00::ffff:ffff:ffff:ffff",
    "fd00:0:0:1::",
    top,
  );
  const ranges = [0, 1, 2, 3, 4, 5].map((i) =>
    ipv6RangeOf(routes, addresses, i * IPV6_WORDS)
  );
  assert.deepEqual(ranges, [0, 0, 1, 1, 2, 2]);
});

Deno.test("ipv6NeighbourOf() knows the neighbours that have answered", () => {
  const asked = words("fd00::2", "fd00::1", "fd00::3");
  assert.equal(ipv6NeighbourOf(NEIGHBOURS, asked, 0), -1);
  NEIGHBOURS.macs.set([2, 0, 0, 0, 0, 7], 6);
  assert.equal(ipv6NeighbourOf(NEIGHBOURS, asked, 0), 1);
  assert.equal(ipv6NeighbourOf(NEIGHBOURS, asked, IPV6_WORDS), -1);
  assert.equal(ipv6NeighbourOf(NEIGHBOURS, asked, 2 * IPV6_WORDS), -1);
});
