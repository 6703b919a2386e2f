import assert from "node:assert/strict";
import { namespaceTest, run } from "../../tests/e2e/namespace.ts";
import { indexOf } from "../../tests/ffi/frames.ts";
import { LinkReader } from "../link/mod.ts";
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
  claimOf,
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
  return claimOf(ARP.readWord(view, end), [0xc00002fd, NEIGHBOUR]);
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

namespaceTest(import.meta, "NeighbourWatch hears a neighbour that has moved", {
  setup: `ip netns add peer
ip link add up0 type veth peer name down0 netns peer
ip addr add 192.0.2.1/24 dev up0
ip -n peer addr add 192.0.2.254/24 dev down0
ip link set up0 up; ip -n peer link set down0 up`,
  async run(): Promise<void> {
    using reader = LinkReader.open();
    const interfaceIndex = indexOf("up0");
    const { macAddress } = reader.readLink(interfaceIndex)!;
    const options = {
      interfaceIndex,
      sourceMac: macAddress!,
      neighbours: [NEIGHBOUR],
      addresses: reader.readAddresses(interfaceIndex),
      sourceAddress: 0,
    };
    using watch = NeighbourWatch.open(ARP, options);
    const ask = async (): Promise<string> => {
      assert.equal(watch.ask(0), true);
      for (;;) {
        const [claim] = watch.take();
        if (claim !== undefined) return claim.mac.join();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const peer = async (...args: string[]): Promise<void> => {
      await run("ip", "-n", "peer", "link", "set", "dev", "down0", ...args);
    };
    await peer("address", "02:00:00:00:00:fe");
    assert.equal(await ask(), MAC.join());
    await peer("address", "02:00:00:00:00:fd");
    assert.equal(await ask(), "2,0,0,0,0,253");
    await run("ip", "link", "set", "up0", "down");
    assert.equal(watch.ask(0), false);
    assert.deepEqual(watch.take(), []);
    await run("ip", "link", "set", "up0", "up");
    assert.equal(await ask(), "2,0,0,0,0,253");
  },
});
