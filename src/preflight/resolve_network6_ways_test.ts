import assert from "node:assert/strict";
import { LinkReader } from "../link/mod.ts";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import { openTun } from "../../tests/ffi/tun.ts";
import { fails } from "./_test_network.ts";
import {
  ipv6,
  resolve6,
  ROUTER_MAC,
  routesOf6,
  SETUP6,
  summary6,
} from "./_test_network6.ts";
import { formatSources, sourcePrefixWarnings } from "./mod.ts";

namespaceTest(
  import.meta,
  "resolveNetwork6() sends to this host's own addresses through lo",
  {
    setup: SETUP6,
    async run(): Promise<void> {
      assert.equal(summary6(await resolve6(["::1"])), "ip lo from ::1 via -");
      assert.equal(
        summary6(await resolve6(["2001:db8::1"])),
        "ip lo from 2001:db8::1 via -",
      );
      const mixed = await resolve6(["2001:db8::1", "2001:db8::2"]);
      assert.equal(summary6(mixed), "ethernet up0 from 2001:db8::1 via -");
      assert.equal(
        routesOf6(mixed),
        ":: none; 2001:db8::2 on link; 1 neighbours",
      );
      await assert.rejects(
        resolve6(["2a00::1"], { interfaceName: "lo" }),
        fails("route", /2a00::1 through interface "lo"/),
      );
    },
  },
);

namespaceTest(
  import.meta,
  "sourcePrefixWarnings() says why answers to a prefix would not arrive",
  {
    setup: SETUP6,
    async run(): Promise<void> {
      const resolve = async (text: string): Promise<[string, string[]]> => {
        const [address, length] = text.split("/");
        const sourcePrefix = {
          address: ipv6(address!),
          prefixLength: Number(length),
        };
        const plan = await resolve6(["2a00::1"], { sourcePrefix });
        assert.deepEqual(formatSources(plan), [text]);
        using reader = LinkReader.open();
        const warnings = sourcePrefixWarnings(reader, sourcePrefix, plan);
        return [summary6(plan), warnings];
      };
      const way = "ethernet up0 from 2001:db8::1 via fe80::fe";
      const [summary, [notLocal, ...more]] = await resolve("2001:db8:7::/64");
      assert.deepEqual([summary, more], [way, []]);
      assert.match(notLocal!, /ip -6 route add local 2001:db8:7::\/64 dev lo/);
      await run(...addLocal("2001:db8:7::/63"));
      assert.deepEqual(await resolve("2001:db8:7::/64"), [way, []]);
      assert.equal((await resolve("2001:db8:6::/63"))[1].length, 1);
      const [, onLink] = await resolve("2001:db8::/64");
      assert.equal(onLink.length, 2);
      await run(...addLocal("2001:db8::8000:0:0:0/65"));
      const [, [neighbours, ...rest]] = await resolve("2001:db8:0:0:8000::/66");
      assert.match(neighbours!, /overlaps 2001:db8::\/64.*neighbour discovery/);
      assert.deepEqual(rest, []);
      // Where the interface has link-local addresses alone, these ask.
      await run("ip", "addr", "del", "2001:db8::1/64", "dev", "up0");
      assert.equal(
        (await resolve("2001:db8:7::/64"))[0],
        "ethernet up0 from fe80::1 via fe80::fe",
      );
    },
  },
);

function addLocal(prefix: string): [string, ...string[]] {
  return ["ip", "-6", "route", "add", "local", prefix, "dev", "lo"];
}

namespaceTest(
  import.meta,
  "resolveNetwork6() sends IP packets through tunnels, and when told to",
  {
    setup: SETUP6,
    async run(): Promise<void> {
      const asked = await resolve6(["2a00::1"], { ipLayer: true });
      assert.equal(summary6(asked), "ip up0 from 2001:db8::1 via fe80::fe");
      assert.deepEqual([...asked.linkHeader], []);
      using tun = openTun("tun0");
      if (tun === null) return;
      await run("ip", "addr", "add", "fd00::1/64", "dev", "tun0", "nodad");
      await run("ip", "link", "set", "tun0", "up");
      await run("ip", "-6", "route", "add", "2a00::/32", "dev", "tun0");
      const plan = await resolve6(["2a00::1"]);
      assert.equal(summary6(plan), "ip tun0 from fd00::1 via -");
      assert.match(plan.reason, /no Ethernet header/);
      const named = await resolve6(["2a02::1"], { interfaceName: "tun0" });
      assert.equal(summary6(named), "ip tun0 from fd00::1 via -");
    },
  },
);

namespaceTest(
  import.meta,
  "resolveNetwork6() wants to know the interface of link-local targets",
  {
    setup: SETUP6,
    async run(): Promise<void> {
      await assert.rejects(
        resolve6(["2001:db8::2", "fe80::fe"]),
        fails("interface", /which link target fe80::fe/, /-i: .*up0, up1/),
      );
      const plan = await resolve6(["fe80::fe"], { interfaceName: "up1" });
      assert.equal(summary6(plan), "ethernet up1 from fe80::1 via -");
      assert.equal(routesOf6(plan), ":: on link; 1 neighbours");
      const group = await resolve6(["ff02::1"], { interfaceName: "up0" });
      assert.match(routesOf6(group), /:: group; 0 neighbours$/);
    },
  },
);

namespaceTest(
  import.meta,
  "resolveNetwork6() waits for duplicate address detection, and checks given addresses",
  {
    setup: `${SETUP6}
sysctl -qw net.ipv6.conf.up0.dad_transmits=2
ip addr add fd00::1/64 dev up0`,
    async run(): Promise<void> {
      const from = (text: string): { sourceAddresses: bigint[] } => ({
        sourceAddresses: [ipv6(text)],
      });
      const plan = await resolve6(["2a00::1"], from("fd00::1"));
      assert.equal(summary6(plan), "ethernet up0 from fd00::1 via fe80::fe");
      await assert.rejects(
        resolve6(["2a00::1"], from("fd00::77")),
        fails("source-address", /fd00::77 is not an address of this host/),
      );
      await run(
        "ip",
        "-6",
        "route",
        "add",
        "local",
        "fd00:7::/64",
        "dev",
        "lo",
      );
      const any = await resolve6(["2a00::1"], from("fd00:7::77"));
      assert.equal(summary6(any), "ethernet up0 from fd00:7::77 via fe80::fe");
      // The router has this one: the kernel finds out.
      await run("ip", "addr", "add", "2001:db8::fe/64", "dev", "up0");
      await assert.rejects(
        resolve6(["2a00::1"], from("2001:db8::fe")),
        fails(
          "source-address",
          /2001:db8::fe .*"up0" is in use by another host/,
        ),
      );
    },
  },
);

namespaceTest(
  import.meta,
  "resolveNetwork6() says that an address is tentative when that does not end",
  {
    setup: `${SETUP6}
ip addr del 2001:db8::1/64 dev up0; ip addr del 2001:db8:0:1::1/64 dev up1
sysctl -qw net.ipv6.conf.up0.dad_transmits=200
ip addr add 2001:db8::1/64 dev up0`,
    async run(): Promise<void> {
      // At the same time, as each waits as long as it can.
      await Promise.all([
        assert.rejects(
          resolve6(["2a00::1"]),
          fails("source-address", /2001:db8::1 .*"up0" is still tentative/),
        ),
        assert.rejects(
          resolve6(["2a00::1"], { sourceAddresses: [ipv6("2001:db8::1")] }),
          fails("source-address", /still tentative/, /-S/),
        ),
      ]);
    },
  },
);

namespaceTest(import.meta, "resolveNetwork6() names what is missing", {
  setup: `${SETUP6}
ip -6 route add blackhole 2a00:9::/112
ip -6 route add 2a00:8::/32 via fe80::fe dev up1
ip link add up2 type veth peer name up3
ip link set up2 addrgenmode none; ip link set up2 up; ip link set up3 up
ip addr add fe80::2/64 dev up2 nodad`,
  async run(): Promise<void> {
    await assert.rejects(
      resolve6(["2a00::1", "2a00:9::/112"]),
      fails(
        "route",
        /65,536 of 65,537 target addresses through interface "up0": no route leads to 2a00:9:: \(2a00:9::\/112\)$/,
        /-b/,
      ),
    );
    await assert.rejects(
      resolve6(["2a00::1", "2a00:8::/120"]),
      fails(
        "route",
        /256 of 257 .*2a00:8:: .* leads through "up1", gateway fe80::fe/,
        /-i up1.*-b/,
      ),
    );
    await assert.rejects(
      resolve6(["2a00::1"], { interfaceName: "up2" }),
      fails("route", /2a00::1 through interface "up2"/, /-G/),
    );
    const given = { gatewayMac: ROUTER_MAC, interfaceName: "up2" };
    await assert.rejects(
      resolve6(["2a00::1"], given),
      fails("source-address", /"up2" has only link-local IPv6/, /-S/),
    );
    await run("ip", "addr", "flush", "dev", "up2");
    await assert.rejects(
      resolve6(["2a00::1"], given),
      fails("source-address", /"up2" has no IPv6 address/, /ip -6 address add/),
    );
    await run("ip", "-6", "route", "flush", "default");
    await assert.rejects(
      resolve6(["2a00::1"]),
      fails(
        "route",
        /find a route to 2a00::1/,
        /ip -6 route add default/,
      ),
    );
  },
});
