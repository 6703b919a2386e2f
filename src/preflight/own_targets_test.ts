import assert from "node:assert/strict";
import { namespaceTest } from "../../tests/e2e/namespace.ts";
import { formatIp, type IpAddress, LinkReader } from "../link/mod.ts";
import { addressSet, parsePrefix, RangeBuilder } from "../targets/mod.ts";
import { targetSet6 } from "./_test_network6.ts";
import { type TargetsFound, unansweredTargets } from "./own_targets.ts";
import { routedIpv4, routedIpv6 } from "./routed_addresses.ts";

function words({ count, examples }: TargetsFound<IpAddress>): string {
  return `${count}: ${examples.map(formatIp).join(" ")}`;
}

namespaceTest(
  import.meta,
  "unansweredTargets() finds own and broadcast addresses among the targets",
  {
    setup: `ip link add up0 type veth peer name down0
ip addr add 192.0.2.1/24 broadcast 192.0.2.255 dev up0; ip addr add 192.0.2.9/24 dev up0
ip link set up0 up; ip link set down0 up`,
    run(): void {
      using reader = LinkReader.open();
      const look = (...prefixes: string[]): [string, string] => {
        const builder = new RangeBuilder();
        for (const prefix of prefixes) builder.addPrefix(parsePrefix(prefix));
        const { broadcast, own } = unansweredTargets(
          reader.ipv4,
          routedIpv4(addressSet(builder)),
        );
        return [words(own), words(broadcast)];
      };
      assert.deepEqual(look("192.0.2.0/24"), [
        "2: 192.0.2.1 192.0.2.9",
        "1: 192.0.2.255",
      ]);
      assert.deepEqual(look("192.0.2.8/30"), ["1: 192.0.2.9", "0: "]);
      assert.deepEqual(look("198.18.0.0/15", "192.0.2.2/32"), ["0: ", "0: "]);
      const [all] = look("0.0.0.0/0");
      assert.equal(all, `${2 ** 24 + 2}: 127.0.0.0 127.0.0.1 127.0.0.2`);
    },
  },
);

namespaceTest(
  import.meta,
  "unansweredTargets() finds own addresses of IPv6 among the targets",
  {
    setup: `ip link add up0 type veth peer name down0
ip link set up0 addrgenmode none; ip link set down0 addrgenmode none
ip addr add 2001:db8::1/64 dev up0 nodad; ip addr add 2001:db8::9/64 dev up0 nodad
ip -6 route add local fd00::/64 dev lo; ip -6 route add local fd00::7/128 dev lo
ip link set up0 up; ip link set down0 up`,
    run(): void {
      using reader = LinkReader.open();
      const look = (...prefixes: string[]): string => {
        const targets = routedIpv6(targetSet6(...prefixes));
        const { broadcast, own } = unansweredTargets(reader.ipv6, targets);
        assert.equal(broadcast.count, 0);
        return words(own);
      };
      assert.equal(look("2001:db8::/112"), "2: 2001:db8::1 2001:db8::9");
      assert.equal(look("2a00::/112"), "0: ");
      assert.equal(look("fd00::/96"), `${2 ** 32}: fd00:: fd00::1 fd00::2`);
    },
  },
);
