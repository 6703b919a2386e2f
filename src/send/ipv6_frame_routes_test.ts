import assert from "node:assert/strict";
import { Slots } from "../../tests/fixtures/link_scene.ts";
import { makeProbe6, SCANNER6 } from "../../tests/fixtures/probe_scene6.ts";
import {
  formatIpv6Words,
  IPV6_WORDS,
  ipv6OfWords,
  parseIpv6,
  storeIpv6,
} from "../base/mod.ts";
import { FrameBuilder, requireProbeModule } from "../probe/mod.ts";
import { makeNextHopMemory, NextHops } from "../shm/mod.ts";
import {
  type Ipv6AddressSet,
  ipv6AddressSet,
  Ipv6TargetSpace,
  makeIpv6Neighbours,
  makeIpv6Runs,
  makeIpv6TargetPlan,
  MULTICAST,
  NO_HOP,
  ON_LINK,
} from "../targets/mod.ts";
import { readIpv6Address } from "../wire/mod.ts";
import { Ipv6FrameRoutes } from "./ipv6_frame_routes.ts";

const GATEWAYS = [2, 3].map((last) => Uint8Array.of(2, 0, 0, 0, 0, last));
const DESTINATION = 14 + 24;
/** Addresses in each of the ranges below. */
const SIZE = 40;
const FIRSTS = ["2001:db8::", "2001:db8:1::", "2001:db8:2::", "ff05::100"];
const ranges = FIRSTS.map((text) => {
  const first = parseIpv6(text)!;
  return { first, last: first + BigInt(SIZE - 1) };
});

function setOf(...wanted: readonly (typeof ranges)[number][]): Ipv6AddressSet {
  return ipv6AddressSet([{ kind: "ranges", runs: makeIpv6Runs(wanted, 0) }]);
}

/** One range behind each of two gateways, one on the link of which each third host is known, and a group. */
function makeRoutes(): {
  memory: ReturnType<typeof makeNextHopMemory>;
  routes: Ipv6FrameRoutes;
} {
  const neighbours = makeIpv6Neighbours(setOf(ranges[2]!));
  for (let i = 0; i < SIZE; i += 3) {
    neighbours.macs.fill(100 + i, i * 6, i * 6 + 6);
  }
  const starts = [0n, ...ranges.map(({ first }) => first)];
  const words = new Uint32Array(starts.length * IPV6_WORDS);
  starts.forEach((start, i) => storeIpv6(start, words, i * IPV6_WORDS));
  const hops = Int32Array.of(NO_HOP, 0, 1, ON_LINK, MULTICAST);
  const memory = makeNextHopMemory(GATEWAYS);
  const routes = new Ipv6FrameRoutes(memory, {
    starts: words,
    hops,
    neighbours,
  });
  return { memory, routes };
}

/** The hardware address that a frame to this target has to have; null: there is none. */
function wantedMac(address: bigint): number[] | null {
  const range = ranges.findIndex(({ first, last }) =>
    first <= address && address <= last
  );
  const index = Number(address - ranges[range]!.first);
  if (range < 2) return [...GATEWAYS[range]!];
  if (range === 3) return [0x33, 0x33, 0, 0, 1, index];
  return index % 3 === 0 ? Array(6).fill(100 + index) : null;
}

Deno.test("Ipv6FrameRoutes addresses each frame to its own next hop, and passes over targets that have none", () => {
  const addresses = setOf(...ranges);
  const space = new Ipv6TargetSpace(makeIpv6TargetPlan({
    addresses,
    ports: Uint16Array.of(80),
    seed: 3n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  }));
  const count = addresses.count;
  const slots = new Slots(count);
  const builder = new FrameBuilder({
    slots,
    probe: makeProbe6(requireProbeModule("tcp_synscan")),
    validationKey: Uint32Array.of(1, 2, 3, 4),
    ipv6: {
      space,
      sources: { kind: "list", words: SCANNER6 },
      hops: makeRoutes().routes,
    },
  });
  builder.begin();
  builder.addRange(0, count, 0, 0);
  builder.finish();
  const without = SIZE - Math.ceil(SIZE / 3);
  assert.equal(builder.filled, count - without);
  const seen = new Set<string>();
  for (let slot = 0; slot < builder.filled; slot++) {
    const frame = slots.frame(slot);
    const words = readIpv6Address(new DataView(frame.buffer), DESTINATION);
    assert.deepEqual(
      [...frame.subarray(0, 6)],
      wantedMac(ipv6OfWords(words, 0)),
    );
    seen.add(formatIpv6Words(words, 0));
    // The order of a frame is the position of its target here.
    const number = space.numberOf(words, 0, 80);
    assert.equal(builder.orderAt(slot), space.positionOf(number));
  }
  assert.equal(seen.size, count - without);
  assert.equal(builder.orderAt(builder.filled), count);
});

Deno.test("Ipv6FrameRoutes.update() follows a gateway that changes its hardware address", () => {
  const { memory, routes } = makeRoutes();
  const address = new Uint32Array(IPV6_WORDS);
  storeIpv6(ranges[1]!.first, address, 0);
  const bytes = new Uint8Array(6);
  const hop = routes.find(address, 0);
  routes.write(bytes, 0, hop, address, 0);
  assert.deepEqual(bytes, GATEWAYS[1]);
  const moved = Uint8Array.of(2, 9, 9, 9, 9, 9);
  new NextHops(memory).setMac(1, moved);
  routes.update();
  routes.write(bytes, 0, hop, address, 0);
  assert.deepEqual(bytes, moved);
});
