import assert from "node:assert/strict";
import { PreflightError } from "../base/mod.ts";
import type { NetworkPlan, NetworkPlan6 } from "../preflight/mod.ts";
import { mixNetworks } from "./mixed_network.ts";

const COMMON = {
  interfaceName: "eth0",
  interfaceIndex: 2,
  layer: "ethernet",
  linkHeader: new Uint8Array(14),
  gatewayAddress: null,
  gatewayMac: null,
  nextHops: [],
  routes: null,
  sourceMac: Uint8Array.of(2, 0, 0, 0, 0, 1),
  reason: "on the link",
} as const;
const IPV4: NetworkPlan = { ...COMMON, sourceAddresses: [0xc000_0201] };
const IPV6: NetworkPlan6 = { ...COMMON, sourceAddresses: [1n] };

Deno.test("mixNetworks() has next hops and source addresses of both families, IPv4 first", () => {
  const mac4 = Uint8Array.of(2, 0, 0, 0, 0, 4);
  const mac6 = Uint8Array.of(2, 0, 0, 0, 0, 6);
  const ipv6 = {
    ...IPV6,
    gatewayAddress: 254n,
    gatewayMac: mac6,
    nextHops: [{ address: 254n, mac: mac6 }],
  };
  const alone = mixNetworks(IPV4, ipv6);
  assert.deepEqual(alone.sourceAddresses, [0xc000_0201, 1n]);
  assert.equal(alone.gatewayAddress, 254n);
  assert.equal(alone.gatewayMac, mac6);
  assert.equal(alone.reason, "on the link");
  const ipv4 = {
    ...IPV4,
    gatewayAddress: 254,
    gatewayMac: mac4,
    nextHops: [{ address: 254, mac: mac4 }],
    reason: "behind it",
  };
  const both = mixNetworks(ipv4, ipv6);
  assert.equal(both.gatewayAddress, 254);
  assert.equal(both.gatewayMac, mac4);
  assert.deepEqual(both.nextHops.map(({ mac }) => mac), [mac4, mac6]);
  assert.equal(both.reason, "IPv4: behind it; IPv6: on the link");
  assert.deepEqual(both.families, [ipv4, ipv6]);
});

Deno.test("mixNetworks() refuses two interfaces", () => {
  const tunnel = { ...IPV6, interfaceName: "sit1", interfaceIndex: 3 };
  assert.throws(() => mixNetworks(IPV4, tunnel), (error) => {
    assert.ok(error instanceof PreflightError);
    assert.match(error.message, /through eth0, IPv6 targets through sit1/);
    assert.match(error.remedy, /-4, then with -6/);
    return true;
  });
});
