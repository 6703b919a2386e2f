import assert from "node:assert/strict";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import { indexOf } from "../../tests/ffi/frames.ts";
import { parseIpv6 } from "../base/mod.ts";
import { type IpAddress, LinkReader } from "../link/mod.ts";
import {
  ARP_BYTES,
  ARP_REPLY,
  ARP_REQUEST,
  type ArpMessage,
  ETHERNET_HEADER_BYTES,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  writeArp,
  writeEthernetHeader,
} from "../wire/mod.ts";
import { ARP } from "./arp.ts";
import {
  IPV4_NETWORK,
  IPV6_NETWORK,
  type NetworkFamily,
} from "./network_family.ts";
import {
  claimsOf,
  type NeighbourClaim,
  NeighbourWatch,
} from "./neighbour_watch.ts";

const OWN_MAC = Uint8Array.of(2, 0, 0, 0, 0, 1);
const MAC = Uint8Array.of(2, 0, 0, 0, 0, 0xfe);
const NEIGHBOUR = 0xc00002fe;
const ANSWER: ArpMessage = {
  operation: ARP_REPLY,
  senderMac: MAC,
  senderAddress: NEIGHBOUR,
  targetMac: OWN_MAC,
  targetAddress: 0xc0000201,
};
const FRAME_BYTES = ETHERNET_HEADER_BYTES + ARP_BYTES;

function arpClaim(
  message: ArpMessage,
  { type = ETHERTYPE_ARP, end = FRAME_BYTES } = {},
): NeighbourClaim | null {
  const view = new DataView(new ArrayBuffer(FRAME_BYTES));
  writeEthernetHeader(view, 0, { destination: OWN_MAC, source: MAC, type });
  writeArp(view, ETHERNET_HEADER_BYTES, message);
  const word = ARP.readWord(view, end);
  return claimsOf(word, [0xc00002fd, NEIGHBOUR])[0] ?? null;
}

Deno.test("ARP.readWord() takes answers, requests and announcements of the neighbours", () => {
  const claim = { neighbour: 1, mac: MAC };
  assert.deepEqual(arpClaim(ANSWER), claim);
  assert.deepEqual(arpClaim({ ...ANSWER, operation: ARP_REQUEST }), claim);
  const announced = { ...ANSWER, targetAddress: NEIGHBOUR };
  assert.deepEqual(arpClaim(announced), claim);
});

Deno.test("ARP.readWord() is null for anything else", () => {
  assert.equal(arpClaim({ ...ANSWER, senderAddress: 0xc0000263 }), null);
  assert.equal(arpClaim({ ...ANSWER, senderMac: new Uint8Array(6) }), null);
  const group = Uint8Array.of(1, 0, 0x5e, 0, 0, 1);
  assert.equal(arpClaim({ ...ANSWER, senderMac: group }), null);
  assert.equal(arpClaim(ANSWER, { type: ETHERTYPE_IPV4 }), null);
  for (let end = 0; end < FRAME_BYTES; end++) {
    assert.equal(arpClaim(ANSWER, { end }), null, `cut off at ${end}`);
  }
});

/** A neighbour at the other end of "up0". */
const PEER_SETUP = `ip netns add peer
ip link add up0 type veth peer name down0 netns peer
ip addr add 192.0.2.1/24 dev up0; ip addr add fe80::1/64 dev up0 nodad
ip -n peer addr add 192.0.2.254/24 dev down0; ip -n peer addr add fe80::fe/64 dev down0 nodad
ip link set up0 up; ip -n peer link set down0 up`;

/** Watches the neighbour while it moves and while the link is down. */
async function checkWatch<A extends IpAddress>(
  family: NetworkFamily<A>,
  neighbour: A,
): Promise<void> {
  using reader = LinkReader.open();
  const interfaceIndex = indexOf("up0");
  const { macAddress } = reader.readLink(interfaceIndex)!;
  using watch = NeighbourWatch.open(family.neighbours, {
    interfaceIndex,
    sourceMac: macAddress!,
    neighbours: [neighbour],
    addresses: family.readerOf(reader).readAddresses(interfaceIndex),
    sourceAddress: family.ip.first,
  });
  const ask = async (): Promise<string> => {
    for (let looks = 0;; looks++) {
      // The link may lose what is sent before the kernel has noticed that it is up.
      if (looks % 20 === 0) assert.equal(watch.ask(0), true);
      const claim = watch.take().at(-1);
      if (claim !== undefined) return claim.mac.join();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const peer = async (...args: string[]): Promise<void> => {
    await run("ip", "-n", "peer", "link", "set", "dev", "down0", ...args);
    watch.take();
  };
  await peer("address", "02:00:00:00:00:fe");
  assert.equal(await ask(), MAC.join());
  await peer("address", "02:00:00:00:00:fd");
  assert.equal(await ask(), "2,0,0,0,0,253");
  await run("ip", "link", "set", "up0", "down");
  assert.equal(watch.ask(0), false);
  assert.deepEqual(watch.take(), []);
  await run("ip", "link", "set", "up0", "up");
  // IPv6 of the kernel takes the addresses of an interface that is down from it.
  await run("sh", "-c", "ip addr replace fe80::1/64 dev up0 nodad");
  assert.equal(await ask(), "2,0,0,0,0,253");
}

namespaceTest(import.meta, "NeighbourWatch hears a neighbour that has moved", {
  setup: PEER_SETUP,
  run: () => checkWatch(IPV4_NETWORK, NEIGHBOUR),
});

namespaceTest(
  import.meta,
  "NeighbourWatch hears a neighbour of IPv6 that has moved",
  {
    setup: PEER_SETUP,
    run: () => checkWatch(IPV6_NETWORK, parseIpv6("fe80::fe")!),
  },
);
