import assert from "node:assert/strict";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import { formatIpv4, formatIpv6, parseIpv4 } from "../base/mod.ts";
import { ipv6RangeOf, NO_HOP, rangeOf } from "../targets/mod.ts";
import { resolve, SETUP, summary, targetSet } from "./_test_network.ts";
import { ipv6, SETUP6, summary6 } from "./_test_network6.ts";
import {
  IPV4_NETWORK,
  IPV6_NETWORK,
  type NetworkRequest,
  type NetworkRequest6,
  resolveNetwork6,
  routedIpv4,
  routedIpv6Ranges,
  streamRequest,
} from "./mod.ts";

const REQUEST = {
  interfaceName: null,
  sourceAddresses: null,
  gatewayMac: null,
  sourceMac: null,
  ipLayer: false,
};

function request4(interfaceName: string | null = null): NetworkRequest {
  const addresses = routedIpv4(targetSet("0.0.0.0/0"));
  const request = { ...REQUEST, interfaceName, addresses, firstTarget: 0 };
  return streamRequest(IPV4_NETWORK, request);
}

function request6(...texts: readonly string[]): NetworkRequest6 {
  const ranges = texts.map((text) => {
    const [first, last] = text.split("-");
    return { first: ipv6(first!), last: ipv6(last!) };
  });
  const addresses = routedIpv6Ranges(ranges);
  const firstTarget = ranges[0]!.first;
  return streamRequest(IPV6_NETWORK, { ...REQUEST, addresses, firstTarget });
}

namespaceTest(
  import.meta,
  "streamRequest() takes the default route, and targets without a route for none",
  {
    setup: `${SETUP}
ip route add blackhole 198.51.100.0/24`,
    async run(): Promise<void> {
      const request = request4();
      assert.equal(formatIpv4(request.firstTarget), "1.0.0.0");
      const plan = await resolve("0.0.0.0/0", request);
      assert.equal(
        summary(plan),
        "ethernet up0 from 192.0.2.1 via 192.0.2.254",
      );
      const routes = plan.routes!;
      const hopOf = (address: string): number =>
        routes.hops[rangeOf(routes, parseIpv4(address))]!;
      assert.equal(hopOf("8.8.8.8"), 0);
      for (
        const address of [
          "127.0.0.1",
          "198.51.100.7",
          "192.0.2.1",
          "203.0.113.7",
        ]
      ) assert.equal(hopOf(address), NO_HOP, address);
      const named = request4("up1");
      assert.equal(
        summary(await resolve("0.0.0.0/0", named)),
        "ethernet up1 from 203.0.113.1 via 203.0.113.254",
      );
      await run("ip", "route", "del", "default", "dev", "up0");
      await run("ip", "route", "del", "default", "dev", "up1");
      const direct = await resolve("0.0.0.0/0", request4());
      assert.match(summary(direct), /^ethernet up[01] from .* via -$/);
    },
  },
);

namespaceTest(
  import.meta,
  "streamRequest() leaves large IPv6 links to the kernel, and makes frames for all others",
  {
    setup: `${SETUP6}
ip route add blackhole 2001:db9::/32`,
    async run(): Promise<void> {
      const all = request6("::1-ffff::");
      assert.equal(formatIpv6(all.firstTarget), "2000::");
      const plan = await resolveNetwork6(all);
      assert.equal(summary6(plan), "ip up0 from 2001:db8::1 via fe80::fe");
      assert.match(plan.reason, /more than 4,096 addresses on its link may/);
      const few = await resolveNetwork6(
        request6("2001:db8::10-2001:db8::1f", "2001:db9::-2a00::ffff"),
      );
      assert.equal(
        summary6(few),
        "ethernet up0 from 2001:db8::1 via fe80::fe",
      );
      const routes = few.routes!;
      assert.equal(routes.neighbours.addresses.count, 16);
      const hopOf = (address: string): number => {
        const value = ipv6(address);
        const words = Uint32Array.from(
          [96n, 64n, 32n, 0n],
          (shift) => Number(value >> shift & 0xffff_ffffn),
        );
        return routes.hops[ipv6RangeOf(routes, words, 0)]!;
      };
      assert.equal(hopOf("2a00::1"), 0);
      assert.equal(hopOf("2001:db9::1"), NO_HOP);
    },
  },
);
