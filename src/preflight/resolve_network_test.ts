import assert from "node:assert/strict";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import { openTun } from "../../tests/ffi/tun.ts";
import { parseIpv4 } from "../base/mod.ts";
import { LinkReader } from "../link/mod.ts";
import {
  fails,
  GATEWAY_MAC,
  OWN_MAC,
  resolve,
  SETUP,
  summary,
  targetSet,
} from "./_test_network.ts";
import { resolveNetwork, routedIpv4 } from "./mod.ts";

namespaceTest(
  import.meta,
  "resolveNetwork() asks the gateway for its hardware address",
  {
    setup: SETUP,
    async run(): Promise<void> {
      const plan = await resolve("198.18.0.0/15");
      assert.equal(
        summary(plan),
        "ethernet up0 from 192.0.2.1 via 192.0.2.254",
      );
      assert.deepEqual(plan.gatewayMac, GATEWAY_MAC);
      assert.deepEqual(plan.sourceMac, OWN_MAC);
      assert.deepEqual([...plan.linkHeader], [
        ...GATEWAY_MAC,
        ...OWN_MAC,
        8,
        0,
      ]);
      assert.match(
        plan.reason,
        /up0 to gateway 192\.0\.2\.254 at 02:00:00:00:00:fe/,
      );
      assert.equal(
        (await run("ip", "neigh", "show", "dev", "up0")).trim(),
        "",
        "the kernel was not asked",
      );
    },
  },
);

namespaceTest(
  import.meta,
  "resolveNetwork() takes the gateway from a sure neighbour entry, not from a stale one",
  {
    setup: `${SETUP}
ip -n peer link set down1 arp off
ip neigh add 192.0.2.254 lladdr 02:00:00:00:00:99 dev up0 nud stale
ip neigh add 203.0.113.254 lladdr 02:00:00:00:01:99 dev up1 nud permanent`,
    async run(): Promise<void> {
      assert.equal((await resolve("198.18.0.1")).gatewayMac?.[5], 0xfe);
      const plan = await resolve("198.18.0.1", { interfaceName: "up1" });
      assert.equal(plan.gatewayMac?.[5], 0x99);
    },
  },
);

namespaceTest(
  import.meta,
  "resolveNetwork() gives up on a silent gateway after three requests",
  {
    setup: `${SETUP}
ip -n peer link set down0 arp off; ip -n peer link set down0 addrgenmode none; ip link set up0 addrgenmode none`,
    async run(): Promise<void> {
      using reader = LinkReader.open();
      const { index } = reader.readLinks().find(({ name }) => name === "up0")!;
      const before = reader.readLinkCounters(index)!.txBytes;
      const startMs = performance.now();
      await assert.rejects(
        resolveNetwork({
          interfaceName: null,
          firstTarget: parseIpv4("198.18.0.1"),
          addresses: routedIpv4(targetSet("198.18.0.1")),
          sourceAddresses: null,
          gatewayMac: null,
          sourceMac: null,
          ipLayer: false,
        }),
        fails("gateway", /192\.0\.2\.254.*up0.*3 ARP requests/, /-G.*-b/),
      );
      const elapsedMs = performance.now() - startMs;
      assert.ok(elapsedMs >= 3000, `${elapsedMs} ms`);
      const requests = (reader.readLinkCounters(index)!.txBytes - before) / 42;
      assert.ok(requests >= 3, `${requests} requests`);
    },
  },
);

namespaceTest(
  import.meta,
  "resolveNetwork() sends to this host's own addresses through lo",
  {
    setup: SETUP,
    async run(): Promise<void> {
      assert.equal(
        summary(await resolve("127.0.0.1")),
        "ip lo from 127.0.0.1 via -",
      );
      assert.equal(
        summary(await resolve("127.0.0.0/8")),
        "ip lo from 127.0.0.1 via -",
      );
      assert.equal(
        summary(await resolve("192.0.2.1")),
        "ip lo from 192.0.2.1 via -",
      );
      const own = { firstTarget: parseIpv4("192.0.2.1") };
      assert.equal(
        summary(await resolve("192.0.2.0/24", own)),
        "ethernet up0 from 192.0.2.1 via -",
      );
      assert.equal(
        summary(await resolve("192.0.2.1", { interfaceName: "lo" })),
        "ip lo from 192.0.2.1 via -",
      );
      await assert.rejects(
        resolve("198.18.0.1", { interfaceName: "lo" }),
        fails("route", /198\.18\.0\.1 through interface "lo"/),
      );
      await assert.rejects(
        resolve("126.0.0.0/7", { firstTarget: parseIpv4("127.0.0.1") }),
        fails(
          "route",
          /127\.0\.0\.1, which is this host/,
          /one after the other/,
        ),
      );
    },
  },
);

namespaceTest(
  import.meta,
  "resolveNetwork() sends IP packets when told to, or to an IPv6 gateway",
  {
    setup: SETUP,
    async run(): Promise<void> {
      assert.equal(
        summary(await resolve("198.18.0.1", { ipLayer: true })),
        "ip up0 from 192.0.2.1 via 192.0.2.254",
      );
      await run(
        "ip",
        "route",
        "add",
        "100.64.0.0/10",
        "via",
        "inet6",
        "fe80::1",
        "dev",
        "up0",
      );
      assert.equal(
        summary(await resolve("100.64.0.0/10")),
        "ip up0 from 192.0.2.1 via -",
      );
    },
  },
);

namespaceTest(
  import.meta,
  "resolveNetwork() sends IP packets through tunnels",
  {
    setup: SETUP,
    async run(): Promise<void> {
      using tun = openTun("tun0");
      if (tun === null) return;
      await run("ip", "addr", "add", "10.0.0.1/30", "dev", "tun0");
      await run("ip", "link", "set", "tun0", "up");
      await run("ip", "route", "add", "198.18.0.0/15", "dev", "tun0");
      const plan = await resolve("198.18.0.0/15");
      assert.equal(summary(plan), "ip tun0 from 10.0.0.1 via -");
      assert.match(plan.reason, /no Ethernet header/);
      const named = await resolve("10.0.0.2", { interfaceName: "tun0" });
      assert.equal(summary(named), "ip tun0 from 10.0.0.1 via -");
    },
  },
);

namespaceTest(
  import.meta,
  "resolveNetwork() takes the named interface and its own gateway",
  {
    setup: `${SETUP}
ip route add default via 203.0.113.254 table 100
ip rule add from 203.0.113.1 lookup 100
ip link add up2 type veth peer name up3; ip link set up2 up; ip link set up3 up
ip addr add 198.51.100.1/24 dev up2
ip link add ifb7 type ifb; ip link set ifb7 up`,
    async run(): Promise<void> {
      const target = "198.18.0.1";
      const up1 = "ethernet up1 from 203.0.113.1 via 203.0.113.254";
      assert.equal(
        summary(await resolve(target, { interfaceName: "up1" })),
        up1,
      );
      const sourceAddresses = [parseIpv4("203.0.113.1")];
      assert.equal(
        summary(await resolve(target, { sourceAddresses })),
        up1,
        "by its rule",
      );
      const foreign = {
        sourceAddresses: [parseIpv4("192.0.2.99"), parseIpv4("192.0.2.98")],
      };
      assert.equal(
        summary(await resolve(target, foreign)),
        "ethernet up0 from 192.0.2.99,192.0.2.98 via 192.0.2.254",
      );
      await assert.rejects(
        resolve(target, { interfaceName: "up2" }),
        fails("route", /198\.18\.0\.1 through interface "up2"/, /-G/),
      );
      const given = {
        gatewayMac: GATEWAY_MAC,
        interfaceName: "up2",
        sourceMac: OWN_MAC,
      };
      const plan = await resolve(target, given);
      assert.equal(summary(plan), "ethernet up2 from 198.51.100.1 via -");
      assert.deepEqual([...plan.linkHeader], [
        ...GATEWAY_MAC,
        ...OWN_MAC,
        8,
        0,
      ]);
      await assert.rejects(
        resolve(target, { ...given, interfaceName: "ifb7" }),
        fails("source-address", /"ifb7" has no IPv4 address/, /-S/),
      );
      const sink = await resolve(target, {
        ...given,
        interfaceName: "ifb7",
        sourceAddresses,
      });
      assert.equal(summary(sink), "ethernet ifb7 from 203.0.113.1 via -");
    },
  },
);

namespaceTest(import.meta, "resolveNetwork() names what is missing", {
  setup:
    `ip link add up0 type veth peer name up1; ip addr add 192.0.2.1/24 dev up0`,
  async run(): Promise<void> {
    const up0 = { interfaceName: "up0" };
    await assert.rejects(
      resolve("198.18.0.1", { interfaceName: "eth9" }),
      fails("interface", /Cannot find interface "eth9"/, /lo, .*up0/),
    );
    await assert.rejects(
      resolve("198.18.0.1", up0),
      fails("interface", /"up0" is down/, /ip link set up0 up/),
    );
    await run("ip", "link", "set", "up0", "up");
    await assert.rejects(
      resolve("198.18.0.1", up0),
      fails("interface", /"up0" has no carrier/),
    );
    await assert.rejects(
      resolve("198.18.0.1"),
      fails(
        "route",
        /Cannot find a route to 198\.18\.0\.1/,
        /ip route add default/,
      ),
    );
  },
});

namespaceTest(import.meta, "resolveNetwork() says when rights are missing", {
  setup: 'set -- unshare --user --map-root-user "$@"',
  run: () =>
    assert.rejects(
      resolve("127.0.0.1"),
      fails("rights", /CAP_NET_RAW/, /sudo setcap/),
    ),
});

Deno.test({
  name: "resolveNetwork() says when Deno does not permit libraries",
  permissions: { ffi: false },
  fn: () =>
    assert.rejects(
      resolve("127.0.0.1"),
      fails("rights", /--allow-ffi/, /--allow-ffi/),
    ),
});
