import assert from "node:assert/strict";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import { parseIpv4, PreflightError } from "../base/mod.ts";
import { LinkReader } from "../link/mod.ts";
import {
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_UDP,
  writeIcmpEcho,
  writeIpv4Header,
} from "../wire/mod.ts";
import type { NetworkPlan } from "./mod.ts";
import { isPingAnswer, type PingQuestion, waitForPing } from "./wait_ping.ts";

const SCANNER = parseIpv4("192.0.2.1");
const HOST = parseIpv4("192.0.2.254");
const QUESTION: PingQuestion = { source: SCANNER, target: HOST, id: 0x1234 };
const SETUP = `ip netns add peer
ip link add up0 type veth peer name down0 netns peer
ip addr add 192.0.2.1/24 dev up0; ip link set up0 up
ip -n peer addr add 192.0.2.254/24 dev down0; ip -n peer link set down0 up`;

/** How a packet differs from the answer to `QUESTION`. */
interface Answer {
  readonly source?: number;
  readonly destination?: number;
  readonly protocol?: number;
  readonly fragmentBytes?: number;
  readonly type?: number;
  readonly id?: number;
}

function packetOf(
  {
    source = HOST,
    destination = SCANNER,
    protocol = IP_PROTOCOL_ICMP,
    fragmentBytes = 0,
    type = ICMP_ECHO_REPLY,
    id = QUESTION.id,
  }: Answer = {},
): DataView {
  const view = new DataView(new ArrayBuffer(28));
  const at = writeIpv4Header(view, 0, {
    typeOfService: 0,
    totalBytes: view.byteLength,
    id: 7,
    mayFragment: true,
    hasMoreFragments: false,
    fragmentBytes,
    ttl: 64,
    protocol,
    source,
    destination,
  });
  writeIcmpEcho(
    view,
    at,
    { type, code: 0, id, sequence: 3 },
    new Uint8Array(0),
  );
  return view;
}

Deno.test("isPingAnswer() takes the reply to the question and nothing else", () => {
  const view = packetOf();
  assert.equal(isPingAnswer(view, view.byteLength, QUESTION), true);
  for (let end = 0; end < view.byteLength; end++) {
    assert.equal(isPingAnswer(view, end, QUESTION), false);
  }
  const others: Answer[] = [
    { source: HOST + 1 },
    { destination: SCANNER + 1 },
    { protocol: IP_PROTOCOL_UDP },
    { fragmentBytes: 8 },
    { type: ICMP_ECHO_REQUEST },
    { id: 0x1235 },
  ];
  for (const other of others) {
    const view = packetOf(other);
    assert.equal(isPingAnswer(view, view.byteLength, QUESTION), false);
  }
});

/** The way through an interface, with the kernel's help. */
function planOf(interfaceName: string, source: number): NetworkPlan {
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
    for (
      const [network, address] of [
        [planOf("up0", SCANNER), HOST],
        [planOf("lo", parseIpv4("127.0.0.1")), parseIpv4("127.0.0.1")],
      ] as const
    ) {
      assert.equal(await waitForPing({ address, network, signal }), true);
    }
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
      const options = { address: HOST, network, signal: abort.signal };
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
