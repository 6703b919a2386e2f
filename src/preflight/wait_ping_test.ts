import assert from "node:assert/strict";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import {
  type IpAddress,
  parseIpv4,
  parseIpv6,
  PreflightError,
} from "../base/mod.ts";
import { LinkReader } from "../link/mod.ts";
import {
  type NetworkPlan,
  PING,
  PING6,
  type PingProtocol,
  waitForPing,
} from "./mod.ts";

const SCANNER = parseIpv4("192.0.2.1");
const HOST = parseIpv4("192.0.2.254");
const SETUP = `ip netns add peer
ip link add up0 type veth peer name down0 netns peer
ip addr add 192.0.2.1/24 dev up0; ip link set up0 up
ip -n peer addr add 192.0.2.254/24 dev down0; ip -n peer link set down0 up
ip addr add 2001:db8::1/64 dev up0 nodad
ip -n peer addr add 2001:db8::fe/64 dev down0 nodad`;

/** The way through an interface, with the kernel's help. */
function planOf<A extends IpAddress>(
  interfaceName: string,
  source: A,
): NetworkPlan<A, never> {
  using reader = LinkReader.open();
  const link = reader.readLinks().find(({ name }) => name === interfaceName)!;
  return {
    interfaceName,
    interfaceIndex: link.index,
    sourceAddresses: [source],
    layer: "ip",
    linkHeader: new Uint8Array(0),
    gatewayAddress: null,
    gatewayMac: null,
    nextHops: [],
    routes: null,
    sourceMac: null,
    reason: "",
  };
}

namespaceTest(import.meta, "waitForPing() ends with the first answer", {
  setup: SETUP,
  async run(): Promise<void> {
    const { signal } = new AbortController();
    const wait = async <A extends IpAddress>(
      protocol: PingProtocol<A>,
      [name, source, address]: readonly [name: string, source: A, host: A],
    ): Promise<void> => {
      const network = planOf(name, source);
      const options = { protocol, address, network, signal };
      assert.equal(await waitForPing(options), true);
    };
    const loopback = parseIpv4("127.0.0.1");
    await wait(PING, ["up0", SCANNER, HOST]);
    await wait(PING, ["lo", loopback, loopback]);
    const [scanner6, host6] = ["2001:db8::1", "2001:db8::fe"].map(parseIpv6);
    await wait(PING6, ["up0", scanner6!, host6!]);
    await wait(PING6, ["lo", 1n, 1n]);
  },
});

namespaceTest(
  import.meta,
  "waitForPing() asks each second, and gives up in the end",
  {
    setup: `${SETUP}
ip netns exec peer sh -c "echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all"`,
    async run(): Promise<void> {
      const { signal } = new AbortController();
      const startMs = performance.now();
      await assert.rejects(
        waitForPing({
          protocol: PING,
          address: HOST,
          network: planOf("up0", SCANNER),
          signal,
          limitMs: 2500,
        }),
        (error) => {
          assert.ok(error instanceof PreflightError);
          assert.equal(error.check, "wait-ping");
          assert.match(error.message, /192\.0\.2\.254 answers none of 3 echo/);
          return true;
        },
      );
      const elapsedMs = performance.now() - startMs;
      assert.ok(elapsedMs >= 2500, `${elapsedMs} ms`);
    },
  },
);

namespaceTest(
  import.meta,
  "waitForPing() outlasts a link that is down, and ends when it is told to",
  {
    setup: SETUP,
    async run(): Promise<void> {
      const network = planOf("up0", SCANNER);
      const abort = new AbortController();
      const options = {
        protocol: PING,
        address: HOST,
        network,
        signal: abort.signal,
      };
      await run("ip", "link", "set", "up0", "down");
      const waiting = waitForPing(options);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await run("ip", "link", "set", "up0", "up");
      assert.equal(await waiting, true);
      await run("ip", "link", "set", "up0", "down");
      const given = waitForPing(options);
      abort.abort();
      assert.equal(await given, false);
    },
  },
);
