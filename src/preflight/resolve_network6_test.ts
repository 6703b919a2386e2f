import assert from "node:assert/strict";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import { formatIpv6 } from "../base/mod.ts";
import { fails } from "./_test_network.ts";
import {
  OWN_MAC6,
  resolve6,
  ROUTER_MAC,
  routesOf6,
  SETUP6,
  summary6,
} from "./_test_network6.ts";

namespaceTest(
  import.meta,
  "resolveNetwork6() asks a router for its hardware address, by a link-local or a global address",
  {
    setup: SETUP6,
    async run(): Promise<void> {
      const plan = await resolve6(["2a00::/96"]);
      assert.equal(
        summary6(plan),
        "ethernet up0 from 2001:db8::1 via fe80::fe",
      );
      assert.deepEqual(plan.gatewayMac, ROUTER_MAC);
      assert.deepEqual(plan.sourceMac, OWN_MAC6);
      assert.deepEqual(
        [...plan.linkHeader],
        [...ROUTER_MAC, ...OWN_MAC6, 0x86, 0xdd],
      );
      assert.equal(routesOf6(plan), "one gateway");
      assert.match(
        plan.reason,
        /up0 to gateway fe80::fe at 02:00:00:00:00:fe, as it answered/,
      );
      assert.equal(
        (await run("ip", "-6", "neigh", "show", "dev", "up0", "fe80::fe"))
          .trim(),
        "",
        "the kernel was not asked",
      );
      await run("ip", "route", "add", "2a00::/32", "via", "2001:db8::fe");
      const global = await resolve6(["2a00::1"]);
      assert.equal(
        summary6(global),
        "ethernet up0 from 2001:db8::1 via 2001:db8::fe",
      );
      assert.deepEqual(global.gatewayMac, ROUTER_MAC);
    },
  },
);

namespaceTest(
  import.meta,
  "resolveNetwork6() takes a router from a sure neighbour entry, not from a stale one",
  {
    setup: `${SETUP6}
ip neigh add fe80::fe lladdr 02:00:00:00:00:99 dev up0 nud stale
ip neigh add fe80::fe lladdr 02:00:00:00:01:99 dev up1 nud permanent`,
    async run(): Promise<void> {
      assert.equal((await resolve6(["2a00::1"])).gatewayMac?.[5], 0xfe);
      const plan = await resolve6(["2a00::1"], { interfaceName: "up1" });
      assert.equal(plan.gatewayMac?.[5], 0x99);
      assert.equal(
        summary6(plan),
        "ethernet up1 from 2001:db8:0:1::1 via fe80::fe",
      );
    },
  },
);

namespaceTest(
  import.meta,
  "resolveNetwork6() gives up on a silent router after three solicitations",
  {
    setup: `${SETUP6}
ip route add 2a00::/32 via 2001:db8::77`,
    async run(): Promise<void> {
      const startMs = performance.now();
      await assert.rejects(
        resolve6(["2a00::1"]),
        fails(
          "gateway",
          /2001:db8::77 .*up0.*3 neighbour solicitations/,
          /-G.*-b/,
        ),
      );
      assert.ok(performance.now() - startMs >= 3000);
      const given = await resolve6(["2a00::1"], { gatewayMac: ROUTER_MAC });
      assert.match(given.reason, /as given/);
      assert.deepEqual(given.gatewayMac, ROUTER_MAC);
    },
  },
);

namespaceTest(
  import.meta,
  "resolveNetwork6() finds the router of every target, and those on the link",
  {
    setup: `${SETUP6}
ip -n peer addr add fe80::fd/64 dev down0 nodad
ip -n peer addr add fd00::fe/64 dev down0 nodad
ip addr add fd00::1/64 dev up0 nodad
ip route add 2a00:1::/32 via fe80::fd dev up0
ip -6 rule add to 2a00:2::/32 lookup 100
ip -6 route add 2a00:2::/32 via fd00::fe table 100`,
    async run(): Promise<void> {
      const plan = await resolve6(["2a00::1", "2a00:1::/120", "2a00:2::1"]);
      assert.equal(plan.sourceAddresses.length, 1);
      assert.deepEqual(
        plan.nextHops.map(({ address }) => formatIpv6(address!)),
        ["fe80::fe", "fe80::fd", "fd00::fe"],
      );
      assert.deepEqual(plan.nextHops[1]?.mac, ROUTER_MAC);
      assert.equal(
        routesOf6(plan),
        ":: gateway 0; 2a00:1:: gateway 1; 2a00:2:: gateway 2; 0 neighbours",
      );
      const mixed = await resolve6(["fd00::/120", "2a00::1"]);
      assert.equal(summary6(mixed), "ethernet up0 from fd00::1 via fe80::fe");
      assert.equal(
        routesOf6(mixed),
        ":: gateway 0; fd00:: on link; fd00::1 none; fd00::2 on link; 255 neighbours",
      );
      assert.match(mixed.reason, /255 addresses on its link/);
      assert.match(mixed.reason, /not to 1 addresses of this host/);
    },
  },
);
