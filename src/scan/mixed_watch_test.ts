import assert from "node:assert/strict";
import type { NetworkWatch } from "./network_watch.ts";
import type { WatchedHop } from "./next_hop_watch.ts";
import type { LinkTrouble, NetworkNews } from "./outage_facts.ts";
import { MixedNetworkWatch } from "./mixed_watch.ts";

const QUIET: NetworkNews = {
  trouble: null,
  flap: null,
  moves: [],
  remark: null,
  isNeighbourChanged: false,
  claims: [],
};
const MAC = Uint8Array.of(2, 0, 0, 0, 0, 9);

class FakeWatch implements NetworkWatch {
  readonly nextHops: readonly WatchedHop[];
  readonly isSplit = false;
  news: NetworkNews = QUIET;
  readonly asked: number[] = [];
  isDisposed = false;

  constructor(hops: number) {
    this.nextHops = Array.from(
      { length: hops },
      (_, i) => ({ address: i, mac: null }),
    );
  }

  look(): NetworkNews {
    return this.news;
  }
  ask(hop: number): void {
    this.asked.push(hop);
  }
  [Symbol.dispose](): void {
    this.isDisposed = true;
  }
}

Deno.test("MixedNetworkWatch has the next hops of both families, IPv4 first", () => {
  const [ipv4, ipv6] = [new FakeWatch(1), new FakeWatch(2)];
  // Of IPv4 one more is known to the senders than can be asked.
  const watch = new MixedNetworkWatch(ipv4, ipv6, 2);
  assert.equal(watch.nextHops.length, 3);
  ipv4.news = { ...QUIET, claims: [{ hop: 0, mac: MAC }] };
  ipv6.news = {
    ...QUIET,
    isNeighbourChanged: true,
    moves: [{ hop: 1, address: 7n }],
    claims: [{ hop: 1, mac: MAC }],
  };
  assert.deepEqual(watch.look(0), {
    ...QUIET,
    isNeighbourChanged: true,
    moves: [{ hop: 2, address: 7n }],
    claims: [{ hop: 0, mac: MAC }, { hop: 2, mac: MAC }],
  });
  for (const hop of [0, 1, 2]) watch.ask(hop);
  assert.deepEqual([ipv4.asked, ipv6.asked], [[0], [0, 1]]);
  assert.deepEqual([0, 1, 2].map((hop) => watch.macIndexOf(hop)), [0, 2, 3]);
  watch[Symbol.dispose]();
  assert.ok(ipv4.isDisposed && ipv6.isDisposed);
});

Deno.test("MixedNetworkWatch.look() tells what is wrong in either family", () => {
  const [ipv4, ipv6] = [new FakeWatch(1), new FakeWatch(1)];
  const watch = new MixedNetworkWatch(ipv4, ipv6, 1);
  const trouble: LinkTrouble = {
    cause: "address",
    text: "it is gone",
    isFinal: false,
  };
  ipv6.news = { ...QUIET, trouble, flap: "a moment" };
  assert.equal(watch.look(0).trouble, trouble);
  assert.equal(watch.look(0).flap, "a moment");
});
