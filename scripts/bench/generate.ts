/** How fast packets are made, by the real send loop into nothing. */
import { MonotonicClock } from "../../ffi/clock.ts";
import { SeededRandom } from "../../src/base/mod.ts";
import {
  type AddressSet,
  addressSet,
  RangeBuilder,
  selectAddresses,
  specialPurposePrefixes,
} from "../../src/targets/mod.ts";
import { atLeast, type BenchOptions, type Figure } from "./_report.ts";
import { makeLoop, makeProbe, NoSink, planOf } from "./_send_loop.ts";

const PACKETS = 4_000_000;
const BATCH = 64;
const LISTED = 1_000_000;

/** Packets made per second, one port, many ports, and from a list. */
// deno-lint-ignore require-await
export async function run({ rounds }: BenchOptions): Promise<Figure[]> {
  const internet = publicAddresses();
  const cases = [
    ["IPv4 minus the default blocklist, 1 port", internet, "80", 10e6],
    ["the same, 1,000 ports", internet, "1-1000", 8e6],
    ["a list of 1,000,000 addresses, 1 port", randomAddresses(), "80", 8e6],
  ] as const;
  const loops = cases.map(([, addresses, ports]) =>
    makeLoop(new NoSink(1024), BATCH, {
      plan: planOf(addresses, ports),
      probe: makeProbe(),
    })
  );
  const clock = new MonotonicClock();
  const samples: number[][] = cases.map(() => []);
  for (const loop of loops) loop.send(PACKETS / 4);
  for (let round = 0; round < rounds; round++) {
    loops.forEach((loop, i) => {
      const startNs = clock.nowNs();
      const sent = loop.send(PACKETS);
      samples[i]!.push(sent / (clock.nowNs() - startNs) * 1e9);
    });
  }
  return cases.map(([what, , , least], i) =>
    atLeast(`generate only: ${what}`, samples[i]!, {
      least,
      unit: "packets/s",
    })
  );
}

function publicAddresses(): AddressSet {
  const blocked = new RangeBuilder();
  for (const prefix of specialPurposePrefixes()) blocked.addPrefix(prefix);
  return selectAddresses({
    allowed: null,
    listed: null,
    blocked: addressSet(blocked),
  });
}

function randomAddresses(): AddressSet {
  const random = new SeededRandom(1n);
  const ranges = new RangeBuilder();
  for (let i = 0; i < LISTED; i++) {
    ranges.addPrefix({ address: random.nextWord(), length: 32 });
  }
  return addressSet(ranges);
}
