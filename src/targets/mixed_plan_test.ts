import assert from "node:assert/strict";
import { type AddressSet, addressSet, allAddresses } from "./address_set.ts";
import type { Ipv6AddressSet } from "./ipv6_address_set.ts";
import { NO_IPV6_ENTRIES } from "./ipv6_builder.ts";
import { parseIpv6Prefix } from "./ipv6_prefix.ts";
import { selectIpv6Addresses } from "./ipv6_selection.ts";
import { makeMixedPlan, type MixedPlan } from "./mixed_plan.ts";
import { RangeBuilder } from "./range_builder.ts";

function ipv4Of(count: number): AddressSet {
  const builder = new RangeBuilder();
  builder.addRange(0x0808_0000, 0x0808_0000 + count - 1);
  return addressSet(builder);
}

/** Windows of 64 bits in a prefix. */
function windowsOf(prefix: string): Ipv6AddressSet {
  return selectIpv6Addresses({
    allowed: { ...NO_IPV6_ENTRIES, ranges: [parseIpv6Prefix(prefix)] },
    listed: null,
    blocked: NO_IPV6_ENTRIES,
    window: { length: 64, rule: { kind: "low" }, seed: 1n },
  });
}

function planOf(
  changes: {
    readonly ipv4?: AddressSet;
    readonly ipv6?: Ipv6AddressSet;
    readonly ports?: Uint16Array;
    readonly shard?: number;
    readonly maxTargets?: { readonly count: number } | null;
  },
): MixedPlan {
  return makeMixedPlan({
    ipv4: ipv4Of(300),
    ipv6: windowsOf("2001:db8::/58"),
    ports: Uint16Array.of(80, 443),
    seed: 5n,
    shards: 3,
    shard: 0,
    maxTargets: null,
    ...changes,
  });
}

Deno.test("makeMixedPlan() cuts the mixed order, and each family with it", () => {
  // 600 and 128 targets: shards of 243, 243 and 242.
  const plans = [0, 1, 2].map((shard) => planOf({ shard }));
  assert.deepEqual(
    plans.map(({ endPosition, firstPosition }) => [firstPosition, endPosition]),
    [[0, 243], [243, 486], [486, 728]],
  );
  for (const family of ["ipv4", "ipv6"] as const) {
    let next = 0;
    for (const [shard, plan] of plans.entries()) {
      const { firstPosition, endPosition, ...rest } = plan[family];
      assert.equal(firstPosition, next);
      assert.deepEqual([rest.shard, rest.shards], [shard, 3]);
      next = endPosition;
    }
    assert.equal(next, plans[0]![family].positionCount);
  }
});

Deno.test("makeMixedPlan() limits all targets together", () => {
  const { endPosition, ipv4, ipv6 } = planOf({ maxTargets: { count: 30 } });
  assert.equal(endPosition, 10);
  assert.equal(ipv4.endPosition + ipv6.endPosition, 10);
});

Deno.test("makeMixedPlan() rejects more than 2^48 targets of both families", () => {
  const ports = Uint16Array.from({ length: 2 ** 15 }, (_, port) => port);
  const ipv4 = allAddresses();
  // 2^47 of each family, and twice as many of IPv6.
  assert.ok(planOf({ ipv4, ipv6: windowsOf("2001:db8::/32"), ports }));
  assert.throws(
    () => planOf({ ipv4, ipv6: windowsOf("2001:db8::/31"), ports }),
    /4294967296 IPv4 and 8589934592 IPv6 addresses with 32768 ports: more than 2\^48/,
  );
});
