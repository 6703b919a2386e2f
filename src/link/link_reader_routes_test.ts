import assert from "node:assert/strict";
import { namespaceTest } from "../../tests/e2e/namespace.ts";
import { formatIpv4, parseIpv4 } from "../base/mod.ts";
import { LinkReader, type Prefix } from "./mod.ts";
import { ROUTER_SETUP } from "./_test_router.ts";

namespaceTest(
  import.meta,
  "LinkReader.routedPrefixes() reads routes of all tables, and rules for destinations",
  {
    setup: `${ROUTER_SETUP}
ip route add 10.1.0.0/16 via 192.0.2.254
ip route add 10.2.0.0/16 via 192.0.2.254
ip route add 10.2.0.0/16 via 192.0.2.253 metric 9
ip route add 10.3.0.0/16 via 192.0.2.253
ip route add 10.4.0.0/16 via 192.0.2.254 table 1000
ip route add blackhole 10.5.0.0/16
ip rule add to 10.6.0.0/16 lookup 1000
ip rule add from 192.0.2.1 lookup 1000`,
    run(): void {
      using reader = LinkReader.open();
      const isTen = ({ address }: Prefix): boolean => address >>> 24 === 10;
      const found = reader.routedPrefixes(isTen);
      const names = found.map(({ address, prefixLength, table }) =>
        `${formatIpv4(address)}/${prefixLength} ${table}`
      ).sort();
      assert.deepEqual(names, [
        "10.1.0.0/16 254",
        "10.2.0.0/16 254",
        "10.3.0.0/16 254",
        "10.4.0.0/16 1000",
        "10.5.0.0/16 254",
        "10.6.0.0/16 rule 0",
      ]);
      const hopOf = (address: string): string =>
        found.find((one) => one.address === parseIpv4(address))!.nextHop;
      const hops = ["10.1.0.0", "10.2.0.0", "10.3.0.0", "10.5.0.0"].map(hopOf);
      assert.equal(new Set(hops).size, 4, "all differ");
      assert.ok(hops[1]!.startsWith(hops[0]!), "the second has a route more");
    },
  },
);

namespaceTest(
  import.meta,
  "LinkReader.lookupRoute() tells groups of hosts from hosts",
  {
    setup: ROUTER_SETUP,
    run(): void {
      using reader = LinkReader.open();
      const isGroup = (address: string): boolean =>
        reader.lookupRoute(parseIpv4(address))!.isGroup;
      assert.deepEqual(
        ["192.0.2.255", "224.0.0.1", "192.0.2.7", "198.18.0.1"].map(isGroup),
        [true, true, false, false],
      );
    },
  },
);
