import assert from "node:assert/strict";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import { indexOf } from "../../tests/ffi/frames.ts";
import { parseIpv6 } from "../base/mod.ts";
import { targetSet6 } from "../preflight/_test_network6.ts";
import {
  IPV6_NETWORK,
  type NetworkPlan6,
  type NetworkRequest6,
  routedIpv6,
} from "../preflight/mod.ts";
import type { Ipv6TargetRoutes } from "../targets/mod.ts";
import { KernelNetworkWatch } from "./network_watch.ts";
import type { NetworkNews } from "./outage_facts.ts";

const SOURCE = parseIpv6("2001:db8::1")!;
const ROUTER = parseIpv6("fe80::fe")!;
const ROUTER_MAC = Uint8Array.of(2, 0, 0, 0, 0, 0xfe);

/** An uplink with addresses of IPv6 alone, and a router at its other end. */
const SETUP = `ip netns add peer
ip link add up0 type veth peer name down0 address 02:00:00:00:00:fe netns peer
ip link set up0 addrgenmode none; ip -n peer link set down0 addrgenmode none
ip addr add 2001:db8::1/64 dev up0 nodad; ip addr add fe80::1/64 dev up0 nodad
ip -n peer addr add fe80::fe/64 dev down0 nodad
ip link set up0 up; ip -n peer link set down0 up
until ip link show up0 | grep -q "state UP"; do :; done
until ip -n peer link show down0 | grep -q "state UP"; do :; done
ip route add default via fe80::fe dev up0`;

const TARGETS = [parseIpv6("2a00::1")!, parseIpv6("2a00:1::1")!];
const REQUEST: NetworkRequest6 = {
  interfaceName: "up0",
  firstTarget: TARGETS[0]!,
  addresses: routedIpv6(targetSet6("2a00::1", "2a00:1::1")),
  sourceAddresses: null,
  gatewayMac: null,
  sourceMac: null,
  ipLayer: false,
};

function planOf(layer: "ethernet" | "ip"): NetworkPlan6 {
  return {
    interfaceName: "up0",
    interfaceIndex: indexOf("up0"),
    sourceAddresses: [SOURCE],
    layer,
    linkHeader: new Uint8Array(layer === "ip" ? 0 : 14),
    gatewayAddress: ROUTER,
    gatewayMac: layer === "ip" ? null : ROUTER_MAC,
    nextHops: layer === "ip" ? [] : [{ address: ROUTER, mac: ROUTER_MAC }],
    routes: null,
    sourceMac: null,
    reason: "",
  };
}

function open(
  layer: "ethernet" | "ip",
): KernelNetworkWatch<bigint, Ipv6TargetRoutes> {
  return new KernelNetworkWatch({
    family: IPV6_NETWORK,
    network: planOf(layer),
    request: REQUEST,
    isGatewayGiven: false,
  });
}

namespaceTest(
  import.meta,
  "KernelNetworkWatch asks a router of IPv6, and misses own addresses that are gone or tentative",
  {
    setup: SETUP,
    async run(): Promise<void> {
      using watch = open("ethernet");
      assert.deepEqual(watch.nextHops, [
        { address: ROUTER, mac: ROUTER_MAC },
      ]);
      let nowS = 0;
      const look = (): NetworkNews => watch.look(nowS += 1000);
      assert.equal(look().trouble, null);
      watch.ask(0);
      let claims = look().claims;
      while (claims.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        claims = look().claims;
      }
      assert.deepEqual(claims, [{ hop: 0, mac: ROUTER_MAC }]);
      const address = ["2001:db8::1/64", "dev", "up0"];
      await run("ip", "addr", "del", ...address);
      const gone = look().trouble;
      assert.equal(gone?.cause, "address");
      assert.match(gone!.text, /source address 2001:db8::1 is gone from up0/);
      await run("sh", "-c", "sysctl -qw net.ipv6.conf.up0.dad_transmits=200");
      await run("ip", "addr", "add", ...address);
      assert.equal(look().trouble?.cause, "address", "tentative");
      await run("ip", "addr", "del", ...address);
      await run("ip", "addr", "add", ...address, "nodad");
      assert.equal(look().trouble, null);
    },
  },
);

namespaceTest(
  import.meta,
  "KernelNetworkWatch asks each of several routers of IPv6, by its number, and follows routes to others",
  {
    setup: `${SETUP}
ip -n peer link add name other link down0 address 02:00:00:00:00:fd type macvlan
ip -n peer link set other addrgenmode none
ip -n peer addr add fe80::fd/64 dev other nodad; ip -n peer link set other up
until ip -n peer link show other | grep -q "state UP"; do :; done
ip route add 2a00:1::/32 via fe80::fd dev up0`,
    async run(): Promise<void> {
      const other = parseIpv6("fe80::fd")!;
      const otherMac = Uint8Array.of(2, 0, 0, 0, 0, 0xfd);
      const network = planOf("ethernet");
      using watch = new KernelNetworkWatch({
        family: IPV6_NETWORK,
        network: {
          ...network,
          nextHops: [...network.nextHops, { address: other, mac: otherMac }],
          routes: REQUEST.addresses.makeRoutes({
            starts: [0n, TARGETS[1]!],
            hops: [0, 1],
            onLink: [],
          }),
        },
        request: REQUEST,
        isGatewayGiven: false,
      });
      assert.equal(watch.isSplit, true);
      assert.deepEqual(watch.look(0).moves, []);
      const macs = [ROUTER_MAC, otherMac];
      for (const hop of [1, 0]) {
        assert.deepEqual(await answer(watch, hop), [{ hop, mac: macs[hop] }]);
      }
      const change = (...route: string[]): Promise<string> =>
        run("ip", "-6", "route", ...route, "dev", "up0");
      const west = "2a00:1::/32";
      await change("replace", west, "via", "fe80::fe");
      const { moves, trouble } = watch.look(1000);
      assert.deepEqual(moves, [{ hop: 1, address: ROUTER }]);
      assert.equal(trouble, null);
      assert.deepEqual(
        await answer(watch, 1),
        [0, 1].map((hop) => ({ hop, mac: ROUTER_MAC })),
        "both have the same address now",
      );
      await change("del", "default");
      assert.match(watch.look(2000).remark!, /no route leads to 1 target/);
      await change("del", west);
      await change("add", "2a00::/16", "via", "fe80::fd");
      const all = watch.look(3000);
      assert.equal(all.remark, null);
      assert.deepEqual(
        all.moves,
        [0, 1].map((hop) => ({ hop, address: other })),
      );
    },
  },
);

/** Asks a next hop; returns what is claimed then. */
async function answer(
  watch: KernelNetworkWatch<bigint, Ipv6TargetRoutes>,
  hop: number,
): Promise<NetworkNews["claims"]> {
  watch.ask(hop);
  for (;;) {
    const { claims } = watch.look(0);
    if (claims.length > 0) return claims;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

namespaceTest(
  import.meta,
  "KernelNetworkWatch misses the route of IPv6 where the kernel writes the link headers",
  {
    setup: SETUP,
    async run(): Promise<void> {
      using watch = open("ip");
      assert.equal(watch.look(0).trouble, null);
      await run("ip", "-6", "route", "del", "default");
      const { trouble } = watch.look(1000);
      assert.equal(trouble?.cause, "route");
      await run(
        "ip",
        "-6",
        "route",
        "add",
        "default",
        "via",
        "fe80::fe",
        "dev",
        "up0",
      );
      assert.equal(watch.look(2000).trouble, null);
    },
  },
);
