import assert from "node:assert/strict";
import { namespaceTest } from "../../tests/e2e/namespace.ts";
import { formatIpv4 } from "../base/mod.ts";
import { BROADCAST, NO_HOP, ON_LINK } from "../targets/mod.ts";
import {
  fails,
  GATEWAY_MAC,
  resolve,
  SETUP,
  summary,
} from "./_test_network.ts";
import type { NetworkPlan } from "./mod.ts";

/** Which part of the addresses goes where, in words. */
function routesOf({ routes }: NetworkPlan): string {
  assert.ok(routes !== null);
  const names: Record<number, string> = {
    [ON_LINK]: "on link",
    [NO_HOP]: "none",
    [BROADCAST]: "broadcast",
  };
  const parts = Array.from(routes.starts, (start, i) => {
    const hop = routes.hops[i]!;
    return `${formatIpv4(start)} ${names[hop] ?? `gateway ${hop}`}`;
  });
  return [...parts, `${routes.neighbours.addresses.count} neighbours`]
    .join("; ");
}

namespaceTest(
  import.meta,
  "resolveNetwork() sends frames of its own to hosts on the link, and to the gateway of all others",
  {
    setup: SETUP,
    async run(): Promise<void> {
      const direct = await resolve("192.0.2.77");
      assert.equal(summary(direct), "ethernet up0 from 192.0.2.1 via -");
      assert.deepEqual(direct.nextHops, []);
      assert.equal(routesOf(direct), "0.0.0.0 on link; 1 neighbours");
      // Without this host's own address and the broadcast address.
      assert.equal(
        routesOf(await resolve("192.0.2.0/24")),
        "0.0.0.0 on link; 192.0.2.1 none; 192.0.2.2 on link; 192.0.2.255 broadcast; 254 neighbours",
      );
      const mixed = await resolve("192.0.0.0/8");
      assert.equal(
        summary(mixed),
        "ethernet up0 from 192.0.2.1 via 192.0.2.254",
      );
      assert.match(mixed.reason, /254 addresses on its link/);
      assert.match(mixed.reason, /not to 1 addresses of this host/);
      assert.equal(
        routesOf(mixed),
        "0.0.0.0 gateway 0; 192.0.2.0 on link; 192.0.2.1 none; 192.0.2.2 on link; " +
          "192.0.2.255 broadcast; 192.0.3.0 gateway 0; 254 neighbours",
      );
      const far = await resolve("198.18.0.0/15");
      assert.equal(far.routes, null, "all by one gateway");
    },
  },
);

namespaceTest(
  import.meta,
  "resolveNetwork() finds the gateway of every target",
  {
    setup: `${SETUP}
ip -n peer addr add 192.0.2.253/24 dev down0
ip route add 198.19.0.0/16 via 192.0.2.253
ip route add 100.64.0.0/10 via 192.0.2.253 table 100
ip rule add to 100.65.0.0/16 lookup 100
ip route add blackhole 198.51.100.0/24`,
    async run(): Promise<void> {
      const plan = await resolve("198.18.0.0/15");
      const names = plan.nextHops.map(({ address }) => formatIpv4(address!));
      assert.deepEqual(names, ["192.0.2.254", "192.0.2.253"]);
      assert.equal(plan.gatewayAddress, plan.nextHops[0]!.address);
      assert.equal(
        routesOf(plan),
        "0.0.0.0 gateway 0; 198.19.0.0 gateway 1; 0 neighbours",
      );
      assert.match(plan.reason, /192\.0\.2\.254 at .*192\.0\.2\.253 at/);
      assert.equal(
        routesOf(await resolve("100.64.0.0/15")),
        "0.0.0.0 gateway 0; 100.65.0.0 gateway 1; 0 neighbours",
        "by its rule",
      );
      const given = { gatewayMac: GATEWAY_MAC };
      assert.equal((await resolve("198.18.0.0/15", given)).routes, null);
      assert.equal((await resolve("198.51.0.0/16", given)).routes, null);
    },
  },
);

namespaceTest(
  import.meta,
  "resolveNetwork() names targets that no probe could reach",
  {
    setup: `${SETUP}
ip route add blackhole 198.51.100.0/24
ip route add 198.19.0.0/16 via 203.0.113.254`,
    async run(): Promise<void> {
      const blackhole =
        /256 of 65,536 target addresses through interface "up0": no route leads to 198\.51\.100\.0 \(198\.51\.100\.0\/24\)$/;
      const other =
        /65,536 of 131,072 .*198\.19\.0\.0 .* leads through "up1", gateway 203\.0\.113\.254/;
      for (const ipLayer of [false, true]) {
        await assert.rejects(
          resolve("198.51.0.0/16", { ipLayer }),
          fails("route", blackhole, /-b/),
        );
        await assert.rejects(
          resolve("198.18.0.0/15", { ipLayer }),
          fails("route", other, /-i up1.*-b/),
        );
      }
      const named = await resolve("198.18.0.0/15", { interfaceName: "up0" });
      assert.equal(named.routes, null, "by the default route");
      const mixed = fails("route", /255 of .*203\.0\.113\.0 .*through "up1"/);
      await assert.rejects(resolve("203.0.0.0/8"), mixed);
    },
  },
);
