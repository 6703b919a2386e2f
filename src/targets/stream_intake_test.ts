import assert from "node:assert/strict";
import {
  addressSet,
  ipv4StreamFilter,
  Ipv6Builder,
  ipv6StreamFilter,
  makeStreamMemory,
  parseAddressList,
  RangeBuilder,
  type StreamFilter,
  StreamIntake,
} from "./mod.ts";

interface Limits {
  readonly words: 1 | 4;
  readonly isAllowed?: StreamFilter;
  readonly isRoutable?: StreamFilter;
  readonly capacity?: number;
}

function takeIn(text: string, limits: Limits): StreamIntake {
  const { capacity = 64, isAllowed, isRoutable, words } = limits;
  const intake = new StreamIntake({
    memory: makeStreamMemory({ words, seed: 3n, capacity, windowSize: 16 }),
    name: "input",
    isAllowed: isAllowed ?? (() => true),
    isRoutable: isRoutable ?? (() => true),
    shards: 1,
    shard: 0,
    skip: () => {},
  });
  intake.push(new TextEncoder().encode(text));
  intake.finish();
  while (intake.hasQueued) intake.admit(7);
  return intake;
}

Deno.test("StreamIntake.admit() counts what does not become a target by its reason", () => {
  const builder = new RangeBuilder();
  builder.addRange(0xc000_0200, 0xc000_020f);
  const { counts } = takeIn(
    "192.0.2.0/28\n192.0.2.3\n192.0.2.200\n2001:db8::/127\nx y\n",
    {
      words: 1,
      isAllowed: ipv4StreamFilter(addressSet(builder)),
      isRoutable: (address) => address[0] !== 0xc000_0205,
    },
  );
  assert.deepEqual(counts, {
    badLines: 1,
    added: 15,
    repeats: 1,
    blocked: 1,
    unroutable: 1,
    otherFamily: 2,
    otherShards: 0,
    full: 0,
  });
});

Deno.test("StreamIntake.admit() adds no more than there is room for, and still knows what it has", () => {
  const intake = takeIn(
    "2001:db8::/124\n2001:db8::20/124\n2001:db8::30/124\n2001:db8::4\n",
    {
      words: 4,
      capacity: 32,
    },
  );
  const { added, full, repeats } = intake.counts;
  assert.deepEqual({ added, full, repeats }, {
    added: 32,
    full: 16,
    repeats: 1,
  });
});

Deno.test("ipv6StreamFilter() allows what is in the allowlist and not blocked", () => {
  const entriesOf = (text: string): ReturnType<Ipv6Builder["take"]> => {
    const ipv6 = new Ipv6Builder();
    parseAddressList(text, { name: "", ranges: new RangeBuilder(), ipv6 });
    return ipv6.take();
  };
  const limits = {
    allowed: entriesOf("2001:db8::-2001:db8::f\n2001:db8:1::1\n"),
    blocked: entriesOf("2001:db8::8-2001:db8::f\n2001:db8::2\n"),
  };
  const text = "2001:db8::/124\n2001:db8:1::/126\n";
  const some = takeIn(text, { words: 4, isAllowed: ipv6StreamFilter(limits) });
  assert.equal(some.counts.added, 7 + 1);
  assert.equal(some.counts.blocked, 9 + 3);
  const all = takeIn(text, {
    words: 4,
    isAllowed: ipv6StreamFilter({ ...limits, allowed: null }),
  });
  assert.equal(all.counts.blocked, 9);
});
