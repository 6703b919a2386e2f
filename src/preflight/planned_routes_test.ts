import assert from "node:assert/strict";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import { formatIp, type IpAddress, LinkReader } from "../link/mod.ts";
import { ipv4Request, resolve, SETUP } from "./_test_network.ts";
import { ipv6Request, resolve6, SETUP6 } from "./_test_network6.ts";
import { IPV4_NETWORK, IPV6_NETWORK } from "./network_family.ts";
import { PlannedRoutes } from "./planned_routes.ts";

/** What has become of the routes, in words. */
function stateOf<A extends IpAddress, R>(routes: PlannedRoutes<A, R>): string {
  using reader = LinkReader.open();
  const { conflict, gateways, missing } = routes.read(reader);
  return conflict ?? `${gateways.map(formatIp).join(", ")}; ${missing} missing`;
}

namespaceTest(
  import.meta,
  "PlannedRoutes.read() follows gateways whose place others take, and tells what cannot be followed",
  {
    setup: `${SETUP}
ip route add 198.19.0.0/16 via 192.0.2.253
ip -n peer addr add 192.0.2.253/24 dev down0`,
    async run(): Promise<void> {
      const range = "198.18.0.0/15";
      const network = await resolve(range);
      const request = ipv4Request(range);
      const routes = new PlannedRoutes({
        family: IPV4_NETWORK,
        network,
        request,
      });
      const after = async (...route: string[]): Promise<string> => {
        await run("ip", "route", ...route);
        return stateOf(routes);
      };
      assert.equal(stateOf(routes), "192.0.2.254, 192.0.2.253; 0 missing");
      const west = "198.19.0.0/16";
      assert.equal(
        await after("replace", west, "via", "192.0.2.252"),
        "192.0.2.254, 192.0.2.252; 0 missing",
      );
      assert.equal(
        await after("del", west),
        "192.0.2.254, 192.0.2.254; 0 missing",
      );
      const half = "198.18.128.0/17";
      assert.equal(
        await after("add", half, "via", "192.0.2.252"),
        "the routes have changed in a way that a running scan cannot follow: 32,768 target addresses from " +
          "198.18.128.0 on are behind gateway 192.0.2.252 now, others of the same one behind 192.0.2.254",
      );
      assert.match(
        await after("replace", half, "dev", "up0"),
        /cannot follow: 32,768 .* are no longer behind gateway 192\.0\.2\.254$/,
      );
      await after("del", half);
      assert.equal(
        await after("replace", "default", "via", "192.0.2.252"),
        "192.0.2.252, 192.0.2.252; 0 missing",
      );
      assert.equal(
        await after("del", "default", "via", "192.0.2.252"),
        "192.0.2.254, 192.0.2.253; 131072 missing",
        "the other default route leads through another interface",
      );
    },
  },
);

namespaceTest(
  import.meta,
  "PlannedRoutes.read() finds hosts on the link, this host and groups as they were planned",
  {
    setup: SETUP,
    async run(): Promise<void> {
      const range = "192.0.0.0/8";
      const options = {
        family: IPV4_NETWORK,
        network: await resolve(range),
        request: ipv4Request(range),
      };
      const routes = new PlannedRoutes(options);
      assert.equal(stateOf(routes), "192.0.2.254; 0 missing");
      await run("ip", "addr", "add", "192.0.2.9/24", "dev", "up0");
      assert.equal(stateOf(routes), "192.0.2.254; 0 missing", "its own");
      await run("ip", "route", "add", "192.0.2.128/25", "via", "192.0.2.254");
      assert.match(
        stateOf(routes),
        /127 target addresses from 192\.0\.2\.128 on .* no longer on the link/,
      );
    },
  },
);

namespaceTest(
  import.meta,
  "PlannedRoutes.read() follows routers of IPv6",
  {
    setup: `${SETUP6}
ip -n peer addr add fe80::fd/64 dev down0 nodad
ip route add 2a00:1::/32 via fe80::fd dev up0`,
    async run(): Promise<void> {
      const targets = ["2a00::1", "2001:db8::/120", "2a00:1::/120", "fe80::77"];
      const routes = new PlannedRoutes({
        family: IPV6_NETWORK,
        network: await resolve6(targets, { interfaceName: "up0" }),
        request: ipv6Request(targets),
      });
      const after = async (...route: string[]): Promise<string> => {
        await run("ip", "-6", "route", ...route);
        return stateOf(routes);
      };
      assert.equal(stateOf(routes), "fe80::fe, fe80::fd; 0 missing");
      const dev = ["dev", "up0"];
      assert.equal(
        await after("replace", "default", "via", "fe80::fd", ...dev),
        "fe80::fd, fe80::fd; 0 missing",
      );
      assert.match(
        await after("add", "2a00:1::80/121", "via", "fe80::fe", ...dev),
        /128 target addresses from 2a00:1::80 on are behind gateway fe80::fe/,
      );
    },
  },
);
