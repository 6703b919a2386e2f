import assert from "node:assert/strict";
import { type Ipv6Address, parseIpv4, parseIpv6 } from "../base/mod.ts";
import type { AddressInfo, AddressState, LinkInfo } from "../link/mod.ts";
import type { NetworkPlan, NetworkPlan6 } from "../preflight/mod.ts";
import type { Check } from "./check.ts";
import { ownAddressesCheck, pathChecks, sourceAddressCheck } from "./path.ts";

const TARGET = parseIpv4("198.18.0.1");

function plan(...sources: string[]): NetworkPlan {
  return {
    interfaceName: "eth0",
    interfaceIndex: 2,
    sourceAddresses: sources.map(parseIpv4),
    layer: "ethernet",
    linkHeader: new Uint8Array(14),
    gatewayAddress: parseIpv4("192.0.2.254"),
    gatewayMac: new Uint8Array(6),
    nextHops: [{ address: parseIpv4("192.0.2.254"), mac: new Uint8Array(6) }],
    routes: null,
    sourceMac: new Uint8Array(6),
    reason: "Sending Ethernet frames through eth0",
  };
}

function address(text: string, interfaceIndex: number): AddressInfo {
  return {
    interfaceIndex,
    address: parseIpv4(text),
    prefixLength: 24,
    isSecondary: false,
    isLinkLocal: false,
    state: {
      isTentative: false,
      isDuplicate: false,
      isDeprecated: false,
      isTemporary: false,
    },
  };
}

function link(index: number, name: string, isLoopback = false): LinkInfo {
  return { index, name, isLoopback } as LinkInfo;
}

const FACTS = {
  addresses: [address("192.0.2.1", 2), address("203.0.113.1", 3)],
  links: [link(1, "lo", true), link(2, "eth0"), link(3, "eth1")],
};

Deno.test("sourceAddressCheck() wants addresses of the interface", () => {
  const own = sourceAddressCheck(plan("192.0.2.1"), TARGET, FACTS);
  assert.deepEqual([own.status, own.found], ["ok", "192.0.2.1"]);
  const other = sourceAddressCheck(
    plan("192.0.2.1", "203.0.113.1"),
    TARGET,
    FACTS,
  );
  assert.equal(other.status, "warning");
  assert.equal(other.found, "203.0.113.1 is an address of eth1");
  const foreign = sourceAddressCheck(plan("198.51.100.1"), TARGET, FACTS);
  assert.equal(foreign.status, "warning");
  assert.equal(foreign.found, "198.51.100.1 is not an address of this host");
  const loopback = { ...plan("192.0.2.1"), interfaceIndex: 1 };
  assert.equal(sourceAddressCheck(loopback, TARGET, FACTS).status, "ok");
});

Deno.test("pathChecks() tell source, route and gateway", () => {
  const checks = pathChecks(plan("192.0.2.1"), parseIpv4("198.18.0.1"), FACTS);
  assert.deepEqual(
    checks.map(({ name }) => name),
    ["source-address", "route", "gateway"],
  );
  assert.match(
    checks[1]!.found,
    /198\.18\.0\.1 .*eth0, gateway 192\.0\.2\.254/,
  );
  const direct = { ...plan("192.0.2.1"), gatewayAddress: null, nextHops: [] };
  assert.match(pathChecks(direct, 1, FACTS)[1]!.found, /no gateway/);
});

Deno.test("ownAddressesCheck() names targets that nobody answers for", () => {
  const none = { count: 0, examples: [] };
  const own = { count: 1, examples: [0xc000_0201] };
  const broadcast = { count: 4, examples: [0xc000_02ff, 0xcb00_71ff] };
  const both = ownAddressesCheck({ own, broadcast }, false);
  assert.equal(both.status, "warning");
  assert.equal(
    both.found,
    "the targets hold 1 address of this host (192.0.2.1) and " +
      "4 broadcast addresses (192.0.2.255, 203.0.113.255, …), where nobody answers",
  );
  assert.match(both.remedy, /-b.*-i lo/);
  const one = ownAddressesCheck({ own: none, broadcast }, false);
  assert.doesNotMatch(one.remedy, /-i lo/);
  for (
    const fine of [
      ownAddressesCheck({ own: none, broadcast: none }, false),
      ownAddressesCheck({ own, broadcast }, true),
    ]
  ) assert.equal(fine.status, "ok");
});

Deno.test("pathChecks() tell all gateways", () => {
  const mac = new Uint8Array(6);
  const two = {
    ...plan("192.0.2.1"),
    nextHops: ["192.0.2.254", "192.0.2.253"]
      .map((address) => ({ address: parseIpv4(address), mac })),
  };
  assert.match(
    pathChecks(two, 1, FACTS)[1]!.found,
    /gateways 192\.0\.2\.254 and 192\.0\.2\.253$/,
  );
});

Deno.test("pathChecks() speak of IPv6, and of what has become of the source address", () => {
  const ipv6 = (text: string): Ipv6Address => parseIpv6(text)!;
  const mac = new Uint8Array(6);
  const path: NetworkPlan6 = {
    ...plan(),
    sourceAddresses: [ipv6("2001:db8::1")],
    gatewayAddress: ipv6("fe80::fe"),
    nextHops: [{ address: ipv6("fe80::fe"), mac }],
    routes: null,
  };
  const checksWith = (state: Partial<AddressState>): Check[] => {
    const known = address("192.0.2.1", 2);
    const own = {
      ...known,
      address: ipv6("2001:db8::1"),
      state: { ...known.state, ...state },
    };
    const facts = { addresses: [own], links: FACTS.links };
    return pathChecks(path, ipv6("2a00::1"), facts);
  };
  const [source, route] = checksWith({});
  assert.deepEqual([source!.status, source!.found], ["ok", "2001:db8::1"]);
  assert.match(route!.found, /2a00::1 .*eth0, gateway fe80::fe$/);
  const problems: [Partial<AddressState>, RegExp][] = [
    [{ isTentative: true }, /2001:db8::1 is tentative/],
    [{ isTentative: true, isDuplicate: true }, /another host .*2001:db8::1/],
    [{ isTemporary: true, isDeprecated: true }, /temporary .*deprecated/],
  ];
  for (const [state, found] of problems) {
    const [check] = checksWith(state);
    assert.equal(check!.status, "warning");
    assert.match(check!.found, found);
    assert.match(check!.remedy, /-S/);
  }
  assert.equal(checksWith({ isDeprecated: true })[0]!.status, "ok");
});
