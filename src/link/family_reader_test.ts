import assert from "node:assert/strict";
import { namespaceTest } from "../../tests/e2e/namespace.ts";
import { indexOf } from "../../tests/ffi/frames.ts";
import { type Ipv6Address, parseIpv6 } from "../base/mod.ts";
import { formatIp, LinkReader, type Prefix, type RouteInfo } from "./mod.ts";
import { ROUTER_SETUP6 } from "./_test_router6.ts";

function address(text: string): Ipv6Address {
  return parseIpv6(text)!;
}

/** A route in words, for comparison. */
function words(
  reader: LinkReader,
  route: RouteInfo<Ipv6Address> | null,
): string {
  if (route === null) return "none";
  const { gateway, interfaceIndex, isGroup, isLocal, source } = route;
  const name = reader.readLink(interfaceIndex)!.name;
  const via = gateway === null ? "" : ` via ${formatIp(gateway)}`;
  const from = source === null ? "" : ` from ${formatIp(source)}`;
  const kind = isLocal ? " local" : isGroup ? " group" : "";
  return `${name}${via}${from}${kind}`;
}

function textOf({ address, prefixLength }: Prefix<Ipv6Address>): string {
  return `${formatIp(address)}/${prefixLength}`;
}

namespaceTest(
  import.meta,
  "FamilyReader.readAddresses() tells the states of IPv6 addresses",
  {
    setup: `${ROUTER_SETUP6}
ip addr add 2001:db8::2/64 dev up0
ip addr add 2001:db8::3/64 dev up0 nodad preferred_lft 0
ip addr add fd00::1 peer fd00::2/128 dev up1 nodad`,
    run(): void {
      using reader = LinkReader.open();
      const index = indexOf("up0");
      const found = reader.ipv6.readAddresses(index).map((info) => {
        const { isDeprecated, isDuplicate, isTemporary, isTentative } =
          info.state;
        assert.ok(!isDuplicate && !isTemporary && !info.isSecondary);
        assert.equal(info.interfaceIndex, index);
        const marks = [
          info.isLinkLocal ? " link" : "",
          isTentative ? " tentative" : "",
          isDeprecated ? " deprecated" : "",
        ];
        return textOf(info) + marks.join("");
      }).sort();
      assert.deepEqual(found, [
        "2001:db8::1/64",
        "2001:db8::2/64 tentative",
        "2001:db8::3/64 deprecated",
        "fe80::1/64 link",
      ]);
      const own = reader.ipv6.readAddresses(indexOf("up1")).map(textOf);
      assert.ok(own.includes("fd00::1/128"), own.join());
      assert.equal(reader.readAddresses(index).length, 0, "none of IPv4");
    },
  },
);

namespaceTest(
  import.meta,
  "FamilyReader.lookupRoute() follows routes of IPv6, and chooses the source as the kernel does",
  {
    setup: `${ROUTER_SETUP6}
ip -6 rule add from 2001:db8::9 lookup 100
ip addr add 2001:db8::9/64 dev up0 nodad
ip route add 2001:db8:4::/48 via 2001:db8::fc table 100
ip route add prohibit 2001:db8:5::/48
ip route add unreachable 2001:db8:6::/48`,
    run(): void {
      using reader = LinkReader.open();
      const route = (
        target: string,
        options: { from?: string; through?: string } = {},
      ): string =>
        words(
          reader,
          reader.ipv6.lookupRoute(address(target), {
            ...(options.from !== undefined &&
              { sourceAddress: address(options.from) }),
            ...(options.through !== undefined &&
              { interfaceIndex: indexOf(options.through) }),
          }),
        );
      const main = "from 2001:db8::9";
      assert.equal(route("2a00::1"), `up0 via fe80::fe ${main}`);
      assert.equal(route("2001:db8:1::1"), `up0 via 2001:db8::fd ${main}`);
      assert.equal(route("2001:db8::77"), `up0 ${main}`);
      assert.equal(route("2001:db8::1"), "lo from 2001:db8::1 local");
      assert.equal(route("::1"), "lo from ::1 local");
      assert.match(route("ff02::1", { through: "up1" }), /^up1 .* group$/);
      assert.equal(
        route("2001:db8:4::1", { from: "2001:db8::9" }),
        "up0 via 2001:db8::fc from 2001:db8::9",
      );
      assert.equal(
        route("2001:db8:4::1", { from: "2001:db8::1" }),
        "up0 via fe80::fe from 2001:db8::1",
      );
      for (
        const refused of ["2001:db8:3::1", "2001:db8:5::1", "2001:db8:6::1"]
      ) {
        assert.equal(route(refused), "none", refused);
      }
      assert.equal(route("2a00::1", { through: "up1" }), "none");
      const both = { from: "2001:db8::1", through: "up1" };
      assert.equal(route("2a00::1", both), "none");
      assert.match(route("2001:db8:2::1", { through: "up1" }), /^up1 from /);
      assert.match(route("fe80::7", { through: "up1" }), /^up1 from fe80::1$/);
      assert.match(route("fe80::7", { through: "up0" }), /^up0 from fe80::1$/);
    },
  },
);

namespaceTest(
  import.meta,
  "FamilyReader reads prefixes of IPv6: routed, local and on the link",
  {
    setup: `${ROUTER_SETUP6}
ip -6 route add 2001:db8:7::/48 nexthop via fe80::fd dev up1 nexthop via 2001:db8::fd
ip -6 rule add to 2001:db8:8::/48 lookup 100`,
    run(): void {
      using reader = LinkReader.open();
      const { ipv6 } = reader;
      const direct = ipv6.onLinkPrefixes(indexOf("up1")).map(textOf);
      for (
        const prefix of ["2001:db8:2::/48", "fe80::/64"]
      ) {
        assert.ok(direct.includes(prefix), `${prefix} of ${direct}`);
      }
      for (const prefix of ["2001:db8::/64", "2001:db8:7::/48", "::/0"]) {
        assert.ok(!direct.includes(prefix), `${prefix} of ${direct}`);
      }
      const local = ipv6.unansweredPrefixes();
      assert.ok(local.local.map(textOf).includes("2001:db8::1/128"));
      assert.deepEqual(local.broadcast, []);
      assert.deepEqual(
        ipv6.localPrefixes().map(textOf).sort(),
        local.local.map(textOf).sort(),
      );
      const routed = ipv6.routedPrefixes(({ prefixLength }) =>
        prefixLength === 48
      );
      assert.deepEqual(
        routed.map((one) => `${textOf(one)} ${one.table}`).sort(),
        [
          "2001:db8:1::/48 254",
          "2001:db8:2::/48 254",
          "2001:db8:3::/48 254",
          "2001:db8:7::/48 254",
          "2001:db8:8::/48 rule 0",
        ],
      );
      assert.equal(new Set(routed.map(({ nextHop }) => nextHop)).size, 5);
    },
  },
);

namespaceTest(
  import.meta,
  "FamilyReader.lookupNeighbour() trusts confirmed entries of IPv6 only",
  {
    setup: `${ROUTER_SETUP6}
ip neigh add fe80::fe lladdr 02:00:00:00:00:fe dev up0 nud permanent
ip neigh add fe80::fd lladdr 02:00:00:00:00:fd dev up0 nud stale`,
    run(): void {
      using reader = LinkReader.open();
      const macOf = (text: string, name = "up0"): string | undefined =>
        reader.ipv6.lookupNeighbour(indexOf(name), address(text))?.join();
      assert.equal(macOf("fe80::fe"), "2,0,0,0,0,254");
      assert.equal(macOf("fe80::fe", "up1"), undefined);
      assert.equal(macOf("fe80::fd"), undefined);
      assert.equal(macOf("fe80::7"), undefined);
    },
  },
);
