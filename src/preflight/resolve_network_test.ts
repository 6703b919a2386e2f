import assert from "node:assert/strict";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import { openTun } from "../../tests/ffi/tun.ts";
import { formatIpv4, parseIpv4, PreflightError } from "../base/mod.ts";
import { LinkReader, type Prefix } from "../link/mod.ts";
import {
  type AddressSet,
  addressSet,
  BROADCAST,
  NO_HOP,
  ON_LINK,
  parsePrefix,
  prefixRange,
  RangeBuilder,
} from "../targets/mod.ts";
import {
  type NetworkPlan,
  type NetworkRequest,
  resolveNetwork,
} from "./mod.ts";

const GATEWAY_MAC = Uint8Array.of(2, 0, 0, 0, 0, 0xfe);
const OWN_MAC = Uint8Array.of(2, 0, 0, 0, 0, 1);
/** Two uplinks to routers of their own; the default route leads through the first. */
const SETUP = `ip netns add peer
ip link add up0 address 02:00:00:00:00:01 type veth peer name down0 address 02:00:00:00:00:fe netns peer
ip link add up1 type veth peer name down1 address 02:00:00:00:01:fe netns peer
ip addr add 192.0.2.1/24 dev up0; ip addr add 203.0.113.1/24 dev up1
ip link set up0 up; ip link set up1 up
ip -n peer addr add 192.0.2.254/24 dev down0; ip -n peer addr add 203.0.113.254/24 dev down1
ip -n peer link set down0 up; ip -n peer link set down1 up
ip route add default via 192.0.2.254
ip route add default via 203.0.113.254 metric 500`;

/** Longest time for any decision that does not wait for ARP answers that never come. */
const QUICK_MS = 2000;

/** Resolves for these targets, all of them in one prefix, and checks that it is quick. */
async function resolve(
  target: string,
  options: Partial<NetworkRequest> = {},
): Promise<NetworkPlan> {
  const [first, length = "32"] = target.split("/");
  const targets = { address: parseIpv4(first!), prefixLength: Number(length) };
  const startMs = performance.now();
  try {
    return await resolveNetwork({
      interfaceName: null,
      firstTarget: targets.address,
      addresses: targetSet(target),
      overlapsOnLink: (prefixes) =>
        prefixes.some((prefix) => overlap(prefix, targets)),
      sourceAddresses: null,
      gatewayMac: null,
      sourceMac: null,
      ipLayer: false,
      ...options,
    });
  } finally {
    const elapsedMs = performance.now() - startMs;
    assert.ok(elapsedMs < QUICK_MS, `took ${elapsedMs} ms`);
  }
}

function targetSet(...prefixes: readonly string[]): AddressSet {
  const builder = new RangeBuilder();
  for (const text of prefixes) {
    const { first, last } = prefixRange(parsePrefix(text));
    builder.addRange(first, last);
  }
  return addressSet(builder);
}

function overlap(a: Prefix, b: Prefix): boolean {
  const size = 2 ** (32 - Math.min(a.prefixLength, b.prefixLength));
  return Math.floor(a.address / size) === Math.floor(b.address / size);
}

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

/** The parts of a plan that a decision is about. */
function summary(plan: NetworkPlan): string {
  const gateway = plan.gatewayAddress === null
    ? "-"
    : formatIpv4(plan.gatewayAddress);
  const sources = plan.sourceAddresses.map(formatIpv4).join(",");
  return `${plan.layer} ${plan.interfaceName} from ${sources} via ${gateway}`;
}

function fails(
  check: string,
  message: RegExp,
  remedy: RegExp = /./,
): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof PreflightError, String(error));
    assert.equal(error.check, check);
    assert.match(error.message, message);
    assert.match(error.remedy, remedy);
    return true;
  };
}

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
          addresses: targetSet("198.18.0.1"),
          overlapsOnLink: () => false,
          sourceAddresses: null,
          gatewayMac: null,
          sourceMac: null,
          ipLayer: false,
        }),
        fails("gateway", /192\.0\.2\.254.*up0.*3 ARP requests/, /-G.*-b/),
      );
      const elapsedMs = performance.now() - startMs;
      assert.ok(elapsedMs >= 3000 && elapsedMs < 3500, `${elapsedMs} ms`);
      const requests = (reader.readLinkCounters(index)!.txBytes - before) / 42;
      assert.ok(requests >= 3, `${requests} requests`);
    },
  },
);

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
