import assert from "node:assert/strict";
import { namespaceTest } from "../../tests/e2e/namespace.ts";
import { formatIpv6, IPV6_WORDS, ipv6OfWords } from "../base/mod.ts";
import {
  isKnown,
  makeIpv6TargetPlan,
  storeIpv6Address,
} from "../targets/mod.ts";
import { resolve6, ROUTER_MAC, SETUP6, targetSet6 } from "./_test_network6.ts";
import { askNeighbours6, type NetworkPlan6 } from "./mod.ts";

/** The neighbours whose hardware addresses are known. */
function knownOf({ routes }: NetworkPlan6): string[] {
  const { neighbours } = routes!;
  const words = new Uint32Array(IPV6_WORDS);
  const known: string[] = [];
  for (let index = 0; index < neighbours.addresses.count; index++) {
    if (!isKnown(neighbours, index)) continue;
    storeIpv6Address(neighbours.addresses, index, words, 0);
    known.push(formatIpv6(ipv6OfWords(words, 0)));
  }
  return known;
}

const TARGETS = ["2001:db8::/122", "2001:db8::1:0/122", "2a00::1"];

namespaceTest(
  import.meta,
  "askNeighbours6() fills in who answers on the link, of those that the scan has a position of",
  {
    setup: `${SETUP6}
for host in 5 1:0 1:3f; do ip -n peer addr add 2001:db8::$host/64 dev down0 nodad; done`,
    async run(): Promise<void> {
      const ask = async (shards: number, shard: number): Promise<string[]> => {
        const network = await resolve6(TARGETS);
        const targets = makeIpv6TargetPlan({
          addresses: targetSet6(...TARGETS),
          ports: Uint16Array.of(80),
          seed: 7n,
          shards,
          shard,
          maxTargets: null,
        });
        const { signal } = new AbortController();
        await askNeighbours6({ network, targets, ratePps: 0, signal });
        const { macs } = network.routes!.neighbours;
        const at = 5 * 6;
        if (isKnown({ macs }, 5)) {
          assert.deepEqual(macs.slice(at, at + 6), ROUTER_MAC);
        }
        return knownOf(network);
      };
      const all = ["2001:db8::5", "2001:db8::1:0", "2001:db8::1:3f"];
      assert.deepEqual(await ask(1, 0), all);
      // One after the other, as each hears what the others are told.
      const parts = [await ask(2, 0), await ask(2, 1)].flat();
      assert.deepEqual(parts.toSorted(), all.toSorted(), "each in one shard");
    },
  },
);
