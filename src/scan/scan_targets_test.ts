import assert from "node:assert/strict";
import {
  addressSet,
  Ipv6Builder,
  makeMixedPlan,
  NO_IPV6_ENTRIES,
  parseIpv6Prefix,
  parsePrefix,
  RangeBuilder,
  selectIpv6Addresses,
} from "../targets/mod.ts";
import {
  countOfFamily,
  familiesOf,
  onlyFamily,
  scannedFamilies,
  targetsByFamily,
} from "./scan_targets.ts";

const ipv4 = new RangeBuilder();
ipv4.addPrefix(parsePrefix("198.18.0.0/22"));
const ipv6 = new Ipv6Builder();
ipv6.addRange(parseIpv6Prefix("2001:db8::/119"));
/** The second of two shards of 1,024 and 512 targets. */
const TARGETS = makeMixedPlan({
  ipv4: addressSet(ipv4),
  ipv6: selectIpv6Addresses({
    allowed: ipv6.take(),
    listed: null,
    blocked: NO_IPV6_ENTRIES,
    window: null,
  }),
  ports: Uint16Array.of(80),
  seed: 5n,
  shards: 2,
  shard: 1,
  maxTargets: null,
});

Deno.test("targetsByFamily() shares out the targets that were probed", () => {
  assert.deepEqual(targetsByFamily(TARGETS, 0), {
    ipv4: { planned: 512, probed: 0 },
    ipv6: { planned: 256, probed: 0 },
  });
  const { ipv4, ipv6 } = targetsByFamily(TARGETS, 300);
  assert.equal(ipv4.probed + ipv6.probed, 300);
  assert.ok(Math.abs(ipv6.probed - 100) <= 2, `${ipv6.probed}`);
  assert.deepEqual(targetsByFamily(TARGETS, 768), {
    ipv4: { planned: 512, probed: 512 },
    ipv6: { planned: 256, probed: 256 },
  });
});

Deno.test("onlyFamily() has the positions of that family alone", () => {
  assert.deepEqual(familiesOf(TARGETS), [4, 6]);
  assert.equal(scannedFamilies(TARGETS), "both");
  const six = onlyFamily(TARGETS, 6);
  assert.deepEqual(familiesOf(six), [6]);
  assert.equal(scannedFamilies(six), "ipv6");
  assert.deepEqual([six.firstPosition, six.endPosition], [256, 512]);
  assert.equal(countOfFamily(six, 6), 256);
  assert.equal(countOfFamily(six, 4), 0);
  assert.deepEqual(targetsByFamily(six, 7), {
    ipv4: { planned: 0, probed: 0 },
    ipv6: { planned: 256, probed: 7 },
  });
  assert.equal(scannedFamilies(onlyFamily(TARGETS, 4)), "ipv4");
});
