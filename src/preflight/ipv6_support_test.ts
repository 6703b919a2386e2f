import assert from "node:assert/strict";
import { namespaceTest } from "../../tests/e2e/namespace.ts";
import { PreflightError } from "../base/mod.ts";
import { ipv6Problem } from "./ipv6_support.ts";
import { resolve6 } from "./_test_network6.ts";

const LINK = { name: "eth0", mtuBytes: 1500 };

function files(texts: Record<string, string>): (path: string) => string | null {
  return (path) => texts[path] ?? null;
}

const READABLE = {
  "/proc/self/net/dev": "",
  "/proc/self/net/if_inet6": "",
  "/proc/sys/net/ipv6/conf/all/disable_ipv6": "0\n",
  "/proc/sys/net/ipv6/conf/eth0/disable_ipv6": "0\n",
};

Deno.test("ipv6Problem() says why there is no IPv6, and nothing where there is", () => {
  for (const link of [null, LINK, { ...LINK, mtuBytes: 1280 }]) {
    assert.equal(ipv6Problem(link, files(READABLE)), null);
    assert.equal(ipv6Problem(link, files({})), null, "nothing can be read");
  }
  const off = (where: string): Record<string, string> => ({
    ...READABLE,
    [`/proc/sys/net/ipv6/conf/${where}/disable_ipv6`]: "1\n",
  });
  const cases = [
    [
      ipv6Problem(LINK, files({ "/proc/self/net/dev": "" })),
      /kernel has no/,
      /-4/,
    ],
    [
      ipv6Problem({ ...LINK, mtuBytes: 1279 }, files(READABLE)),
      /"eth0" .*an MTU of 1280: it has 1279/,
      /mtu 1500/,
    ],
    [ipv6Problem(LINK, files(off("eth0"))), /off on interface "eth0"/, /eth0/],
    [ipv6Problem(null, files(off("all"))), /off on this host/, /all/],
  ] as const;
  for (const [problem, message, remedy] of cases) {
    assert.equal(problem?.check, "ipv6");
    assert.match(problem.message, message);
    assert.match(problem.remedy, remedy);
  }
});

namespaceTest(
  import.meta,
  "resolveNetwork6() names an interface without IPv6, and a host",
  {
    setup: `ip link add up0 type veth peer name down0
ip link set up0 up; ip link set down0 up; ip link set up0 mtu 1200
ip link set down0 mtu 1500
echo 1 >/proc/sys/net/ipv6/conf/down0/disable_ipv6`,
    async run(): Promise<void> {
      const resolve = (interfaceName: string | null): Promise<unknown> =>
        resolve6(["2001:db8::1"], { interfaceName });
      for (
        const [name, check, message] of [
          ["up0", "ipv6", /"up0" has no IPv6.* it has 1200/],
          ["down0", "ipv6", /switched off on interface "down0"/],
          [null, "route", /Cannot find a route to 2001:db8::1/],
        ] as const
      ) {
        await assert.rejects(resolve(name), (error) => {
          assert.ok(error instanceof PreflightError);
          assert.equal(error.check, check);
          assert.match(error.message, message);
          return true;
        });
      }
    },
  },
);
