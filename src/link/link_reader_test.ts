import assert from "node:assert/strict";
import { SocketSender } from "../../ffi/packet_sender.ts";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import { VETH_SETUP, writeFrame } from "../../tests/ffi/frames.ts";
import { formatIpv4, parseIpv4 } from "../base/mod.ts";
import {
  findByName,
  interfaceNameOf,
  type LinkInfo,
  LinkReader,
  type RouteInfo,
} from "./mod.ts";
import { ROUTER_SETUP } from "./_test_router.ts";

const PEER_MAC = "02:00:00:00:00:fe";
function linkNamed(reader: LinkReader, name: string): LinkInfo {
  const link = reader.readLinks().find((one) => one.name === name);
  assert.ok(link !== undefined, `${name} exists`);
  return link;
}

/** A route in words, for comparison. */
function words(reader: LinkReader, route: RouteInfo | null): string {
  if (route === null) return "none";
  const link = reader.readLinks().find(({ index }) =>
    index === route.interfaceIndex
  );
  const via = route.gateway === null ? "" : ` via ${formatIpv4(route.gateway)}`;
  const source = route.source === null
    ? ""
    : ` from ${formatIpv4(route.source)}`;
  return `${link?.name}${via}${source}${route.isLocal ? " local" : ""}`;
}

function prefixes(reader: LinkReader, name: string): string[] {
  return reader.onLinkPrefixes(linkNamed(reader, name).index)
    .map(({ address, prefixLength }) =>
      `${formatIpv4(address)}/${prefixLength}`
    ).sort();
}

namespaceTest(import.meta, "LinkReader.readLinks() describes each interface", {
  setup: `ip link add up0 type veth peer name up1 address ${PEER_MAC}
ip link set up0 mtu 1400; ip link set up1 up
ip link add ifb7 type ifb`,
  run(): void {
    using reader = LinkReader.open();
    const lo = linkNamed(reader, "lo");
    assert.equal(lo.index, 1);
    assert.ok(
      lo.isUp && lo.hasCarrier && lo.isLoopback && !lo.hasEthernetHeader,
    );
    const up0 = linkNamed(reader, "up0");
    assert.ok(!up0.isUp && !up0.hasCarrier && !up0.isLoopback);
    assert.ok(up0.hasEthernetHeader && up0.usesArp);
    assert.equal(up0.mtuBytes, 1400);
    const up1 = linkNamed(reader, "up1");
    assert.ok(up1.isUp && !up1.hasCarrier, "its peer is down");
    assert.deepEqual([...up1.macAddress!], [2, 0, 0, 0, 0, 0xfe]);
    const ifb7 = linkNamed(reader, "ifb7");
    assert.ok(ifb7.hasEthernetHeader && !ifb7.usesArp);
  },
});

namespaceTest(
  import.meta,
  "LinkReader.readLinks() reads links with long messages, while others come and go",
  {
    setup: `${VETH_SETUP}
for i in $(seq 100 419); do echo "link property add dev up0 altname $(printf %0120d $i)"; done >/run/names
ip -batch /run/names
(while :; do ip link add ifb7 type ifb; ip link del ifb7; done) &`,
    run(): void {
      using reader = LinkReader.open();
      const up0 = linkNamed(reader, "up0");
      assert.equal(up0.alternativeNames.length, 320);
      const last = "419".padStart(120, "0");
      assert.equal(findByName(reader.readLinks(), last)?.name, "up0");
      assert.equal(findByName(reader.readLinks(), "up0")?.index, up0.index);
      assert.equal(findByName(reader.readLinks(), "419"), undefined);
      assert.equal(interfaceNameOf(up0.index), "up0");
      assert.equal(interfaceNameOf(9999), "interface 9999");
      for (let i = 0; i < 100; i++) {
        const names = reader.readLinks().map(({ name }) => name).filter((
          name,
        ) => name !== "ifb7");
        assert.deepEqual(names.sort(), ["lo", "up0", "up1"]);
      }
    },
  },
);

namespaceTest(
  import.meta,
  "LinkReader.readLinkCounters() counts packets, and is null for no interface",
  {
    setup: VETH_SETUP,
    async run(): Promise<void> {
      using reader = LinkReader.open();
      const { index } = linkNamed(reader, "up0");
      using sender = SocketSender.openLink({
        interfaceIndex: index,
        capacity: 1,
        maxFrameBytes: 60,
        sendBufferBytes: 1 << 16,
      });
      const before = reader.readLinkCounters(index)!;
      writeFrame(sender, 0, { number: 0, lengthBytes: 60 });
      for (let i = 0; i < 5; i++) assert.equal(sender.send(0, 1), 1);
      await run("ip", "link", "set", "up0", "down");
      const after = reader.readLinkCounters(index)!;
      assert.ok(after.txPackets >= before.txPackets + 5);
      assert.ok(after.txBytes >= before.txBytes + 300);
      assert.ok(after.carrierChanges > before.carrierChanges);
      assert.equal(reader.readLinkCounters(9999), null);
    },
  },
);

namespaceTest(
  import.meta,
  "LinkReader.readQueueCounters() counts what the queue dropped",
  {
    setup: `${VETH_SETUP}
tc qdisc add dev up0 root tbf rate 8kbit burst 1540 limit 3000`,
    run(): void {
      using reader = LinkReader.open();
      const up0 = linkNamed(reader, "up0");
      using sender = SocketSender.openLink({
        interfaceIndex: up0.index,
        capacity: 1,
        maxFrameBytes: 1000,
        sendBufferBytes: 1 << 20,
      });
      writeFrame(sender, 0, { number: 0, lengthBytes: 1000 });
      let refused = 0;
      for (let i = 0; i < 20; i++) if (sender.send(0, 1) < 0) refused++;
      const queue = reader.readQueueCounters(up0.index);
      assert.ok(refused > 0);
      assert.ok(
        queue.dropped >= refused,
        `${queue.dropped} dropped, ${refused} refused`,
      );
      assert.ok(queue.overlimits > 0);
      assert.ok(queue.backlogPackets > 0 && queue.backlogBytes >= 1000);
      const none = reader.readQueueCounters(linkNamed(reader, "up1").index);
      assert.deepEqual(Object.values(none), [0, 0, 0, 0, 0]);
    },
  },
);

namespaceTest(
  import.meta,
  "LinkReader.readAddresses() lists IPv4 addresses with their prefixes",
  {
    setup: `${ROUTER_SETUP}
ip addr add 198.51.100.1 peer 198.51.100.2/32 dev up1
ip addr add 2001:db8::1/64 dev up1`,
    run(): void {
      using reader = LinkReader.open();
      const text = (name: string): string[] =>
        reader.readAddresses(linkNamed(reader, name).index).map((info) =>
          `${formatIpv4(info.address)}/${info.prefixLength}${
            info.isSecondary ? " secondary" : ""
          }`
        );
      assert.deepEqual(text("up0"), ["192.0.2.1/24", "192.0.2.3/24 secondary"]);
      assert.deepEqual(text("up1"), ["203.0.113.1/25", "198.51.100.1/32"]);
      assert.equal(reader.readAddresses().length, 5);
    },
  },
);

namespaceTest(
  import.meta,
  "LinkReader.lookupRoute() follows rules, tables and interfaces",
  {
    setup: `${ROUTER_SETUP}
ip route add default via 203.0.113.2 dev up1 metric 500
ip route add 198.51.100.0/24 via 203.0.113.3 table 100
ip rule add to 198.51.100.0/24 lookup 100
ip route add default via 203.0.113.4 table 200
ip rule add from 203.0.113.1 lookup 200
ip route add unreachable 198.18.0.0/16
ip route add blackhole 198.19.0.0/16
ip route add prohibit 198.20.0.0/16
ip route add 100.64.0.0/10 nexthop via 192.0.2.7 nexthop via 192.0.2.8
ip route add 100.0.0.0/16 via inet6 fe80::1 dev up0
ip link add up2 type veth peer name up3; ip link set up2 up; ip link set up3 up`,
    run(): void {
      using reader = LinkReader.open();
      const index = (name: string): number => linkNamed(reader, name).index;
      const look = (text: string, query = {}): string =>
        words(reader, reader.lookupRoute(parseIpv4(text), query));
      assert.equal(look("8.8.8.8"), "up0 via 192.0.2.254 from 192.0.2.1");
      assert.equal(
        look("8.8.8.8", { interfaceIndex: index("up1") }),
        "up1 via 203.0.113.2 from 203.0.113.1",
      );
      assert.equal(look("8.8.8.8", { interfaceIndex: index("up2") }), "none");
      assert.equal(
        look("8.8.8.8", { sourceAddress: parseIpv4("203.0.113.1") }),
        "up1 via 203.0.113.4 from 203.0.113.1",
      );
      assert.equal(
        look("198.51.100.9"),
        "up1 via 203.0.113.3 from 203.0.113.1",
      );
      assert.equal(look("192.0.2.77"), "up0 from 192.0.2.1");
      assert.equal(look("192.0.2.255"), "up0 from 192.0.2.1", "broadcast");
      assert.equal(look("192.0.2.3"), "lo from 192.0.2.1 local");
      assert.equal(look("127.1.2.3"), "lo from 127.0.0.1 local");
      assert.match(
        look("100.64.1.1"),
        /^up0 via 192\.0\.2\.[78] from 192\.0\.2\.1$/,
      );
      for (const none of ["198.18.0.1", "198.19.0.1", "198.20.0.1"]) {
        assert
          .equal(look(none), "none");
      }
      const route = reader.lookupRoute(parseIpv4("100.0.0.1"));
      assert.deepEqual([route?.gateway, route?.hasIpv6Gateway], [null, true]);
    },
  },
);

namespaceTest(
  import.meta,
  "LinkReader.onLinkPrefixes() reads every table and kind of route",
  {
    setup: `${ROUTER_SETUP}
ip route add 198.51.100.0/24 dev up0 table 100
ip route add 198.51.101.0/24 via 192.0.2.9 table 100
ip route add 198.18.0.0/16 nexthop dev up0 nexthop via 203.0.113.5 dev up1
ip nexthop add id 1 dev up0; ip nexthop add id 2 via 192.0.2.9 dev up0
ip nexthop add id 3 dev up1; ip nexthop add id 4 group 1/2
ip route add 100.64.0.0/16 nhid 1; ip route add 100.65.0.0/16 nhid 2
ip route add 100.66.0.0/16 nhid 3; ip route add 100.67.0.0/16 nhid 4`,
    async run(): Promise<void> {
      using reader = LinkReader.open();
      const expected = [
        "100.64.0.0/16",
        "100.67.0.0/16",
        "192.0.2.0/24",
        "198.18.0.0/16",
        "198.51.100.0/24",
      ];
      assert.deepEqual(prefixes(reader, "up0"), expected);
      assert.deepEqual(prefixes(reader, "up1"), [
        "100.66.0.0/16",
        "203.0.113.0/25",
      ]);
      await run("sh", "-c", "echo 0 >/proc/sys/net/ipv4/nexthop_compat_mode");
      const found = prefixes(reader, "up0");
      for (const prefix of ["100.64.0.0/16", "192.0.2.0/24"]) {
        assert.ok(
          found.includes(prefix),
        );
      }
      assert.ok(
        !found.includes("100.65.0.0/16") && !found.includes("100.66.0.0/16"),
      );
      const local = reader.localPrefixes().map(({ address, prefixLength }) =>
        `${formatIpv4(address)}/${prefixLength}`
      );
      assert.deepEqual(local.sort(), [
        "127.0.0.0/8",
        "127.0.0.1/32",
        "192.0.2.1/32",
        "192.0.2.3/32",
        "203.0.113.1/32",
      ]);
    },
  },
);

namespaceTest(
  import.meta,
  "LinkReader answers at once beside 50,000 routes and 5,000 neighbours",
  {
    setup: `${ROUTER_SETUP}
awk 'BEGIN { for (i = 0; i < 50000; i++)
  print "route add 10." int(i / 256) "." i % 256 ".0/24 via 192.0.2.254" }' >/run/routes
ip -batch /run/routes
awk 'BEGIN { for (i = 0; i < 5000; i++)
  print "neigh add 172.16." int(i / 256) "." i % 256 " lladdr 02:00:00:00:00:01 dev up1 nud permanent" }' >/run/neighbours
ip -batch /run/neighbours
ip neigh add 203.0.113.2 lladdr ${PEER_MAC} dev up1 nud permanent`,
    run(): void {
      using reader = LinkReader.open();
      const startMs = performance.now();
      assert.deepEqual(prefixes(reader, "up0"), ["192.0.2.0/24"]);
      assert.equal(
        words(reader, reader.lookupRoute(parseIpv4("10.77.3.9"))),
        "up0 via 192.0.2.254 from 192.0.2.1",
      );
      const { index } = linkNamed(reader, "up1");
      assert.equal(
        reader.lookupNeighbour(index, parseIpv4("203.0.113.2"))?.[5],
        0xfe,
      );
      const elapsedMs = performance.now() - startMs;
      assert.ok(elapsedMs < 1000, `${elapsedMs} ms`);
    },
  },
);

namespaceTest(
  import.meta,
  "LinkReader.lookupNeighbour() trusts confirmed entries only",
  {
    setup: `${ROUTER_SETUP}
for state in permanent reachable stale failed incomplete; do
  case $state in permanent) n=11 ;; reachable) n=12 ;; stale) n=13 ;; failed) n=14 ;; *) n=15 ;; esac
  ip neigh add 192.0.2.$n lladdr ${PEER_MAC} dev up0 nud $state || true
done
ip neigh add 192.0.2.16 lladdr ${PEER_MAC} dev up1 nud permanent`,
    run(): void {
      using reader = LinkReader.open();
      const { index } = linkNamed(reader, "up0");
      const isKnown = [11, 12, 13, 14, 15, 16, 17].map((last) =>
        reader.lookupNeighbour(index, parseIpv4(`192.0.2.${last}`)) !== null
      );
      assert.deepEqual(isKnown, [
        true,
        true,
        false,
        false,
        false,
        false,
        false,
      ]);
      const mac = reader.lookupNeighbour(index, parseIpv4("192.0.2.11"));
      assert.deepEqual([...mac!], [2, 0, 0, 0, 0, 0xfe]);
    },
  },
);
