/**
 * What target generation costs: `deno bench scripts/bench/targets_bench.ts`. The first groups walk 1,000,000
 * positions an iteration, so that a figure in milliseconds is the cost of one target in nanoseconds.
 */
import {
  type AddressSet,
  addressSet,
  allAddresses,
  contains,
  Ipv6Builder,
  type Ipv6Entries,
  Ipv6TargetSpace,
  type Ipv6Window,
  makeIpv6TargetPlan,
  makePermutation,
  makeTargetPlan,
  NO_IPV6_ENTRIES,
  parseAddressList,
  parseIpv6Prefix,
  parsePorts,
  parsePrefixList,
  permute,
  RangeBuilder,
  selectAddresses,
  selectIpv6Addresses,
  specialPurposePrefixes,
  TargetSpace,
} from "../../src/targets/mod.ts";
import { formatIpv4, SeededRandom } from "../../src/base/mod.ts";

const STEPS = 1_000_000;
const IPV6_BLOCK = 64;

/** Calls `walk` with a first position that moves on, so that no two iterations see the same targets. */
function benchWalk(
  group: string,
  name: string,
  size: number,
  walk: (first: number) => number,
): void {
  let first = Math.floor(size / 2);
  Deno.bench({ group, name, warmup: 3 }, () => {
    first = first + 2 * STEPS < size ? first + STEPS : 0;
    sink ^= walk(first);
  });
}

let sink = 0;

function publicAddresses(): AddressSet {
  const blocked = new RangeBuilder();
  for (const prefix of specialPurposePrefixes()) blocked.addPrefix(prefix);
  return selectAddresses({
    allowed: null,
    listed: null,
    blocked: addressSet(blocked),
  });
}

function randomSet(count: number, length: number): AddressSet {
  const random = new SeededRandom(1n);
  const ranges = new RangeBuilder();
  for (let i = 0; i < count; i++) {
    ranges.addPrefix({ address: random.nextWord(), length });
  }
  return addressSet(ranges);
}

function randomLines(count: number, suffix: string): Uint8Array {
  const random = new SeededRandom(2n);
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    lines.push(formatIpv4(random.nextWord()) + suffix);
  }
  return new TextEncoder().encode(lines.join(""));
}

function benchSpace(name: string, addresses: AddressSet, ports: string): void {
  const plan = makeTargetPlan({
    addresses,
    ports: parsePorts(ports),
    seed: 1n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  });
  const space = new TargetSpace(structuredClone(plan));
  const target = new Uint32Array(6);
  benchWalk("position to target", name, plan.positionCount, (first) => {
    let sum = 0;
    for (let position = first; position < first + STEPS; position++) {
      space.at(position, target);
      sum ^= target[0]! ^ target[1]!;
    }
    return sum;
  });
}

function benchIpv6Space(
  name: string,
  allowed: Ipv6Entries,
  window: Ipv6Window | null,
): void {
  const plan = makeIpv6TargetPlan({
    addresses: selectIpv6Addresses({
      allowed,
      listed: null,
      blocked: NO_IPV6_ENTRIES,
      window,
    }),
    ports: parsePorts("80"),
    seed: 1n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  });
  const space = new Ipv6TargetSpace(structuredClone(plan));
  const numbers = new Float64Array(IPV6_BLOCK);
  const words = new Uint32Array(4 * IPV6_BLOCK);
  const ports = new Uint32Array(IPV6_BLOCK);
  benchWalk("position to IPv6 target", name, plan.positionCount, (first) => {
    let sum = 0;
    for (let at = first; at < first + STEPS; at += IPV6_BLOCK) {
      for (let i = 0; i < IPV6_BLOCK; i++) numbers[i] = at + i;
      space.locate(numbers, IPV6_BLOCK, words, ports);
      sum ^= words[3]!;
    }
    return sum;
  });
}

function ipv6Entries(prefix: string): Ipv6Entries {
  return { ...NO_IPV6_ENTRIES, ranges: [parseIpv6Prefix(prefix)] };
}

function randomIpv6(count: number): Ipv6Entries {
  const random = new SeededRandom(3n);
  const builder = new Ipv6Builder();
  const words = Uint32Array.of(0x2001_0db8, 0, 0, 0);
  for (let i = 0; i < count; i++) {
    words[1] = random.nextWord();
    words[3] = random.nextWord();
    builder.addAddress(words, 0);
  }
  return builder.take();
}

function benchPermutation(name: string, size: number): void {
  const permutation = makePermutation(size, 1n);
  benchWalk("permutation", name, size, (first) => {
    let sum = 0;
    for (let position = first; position < first + STEPS; position++) {
      sum += permute(permutation, position);
    }
    return sum;
  });
}

function benchContains(name: string, set: AddressSet): void {
  benchWalk("contains", name, 2 ** 32, (first) => {
    let found = 0;
    let address = first >>> 0;
    for (let i = 0; i < STEPS; i++) {
      address = (Math.imul(address, 1_664_525) + 1_013_904_223) >>> 0;
      if (contains(set, address)) found++;
    }
    return found;
  });
}

const internet = publicAddresses();
const million = randomSet(1_000_000, 32);
const prefixes = randomSet(1_000_000, 24);

benchSpace("IPv4 minus special purpose, 1 port", internet, "80");
benchSpace("IPv4 minus special purpose, 1,000 ports", internet, "1-1000");
benchSpace("1,000,000 addresses, 1 port", million, "80");
benchSpace("1,000,000 addresses, 1,000 ports", million, "1-1000");
benchSpace("1,000,000 prefixes /24, 1 port", prefixes, "80");
benchSpace("all addresses, all ports", allAddresses(), "*");

for (const kind of ["low", "random"] as const) {
  const window: Ipv6Window = { length: 64, rule: { kind }, seed: 1n };
  benchIpv6Space(`2^48 windows, ${kind}`, ipv6Entries("2001::/16"), window);
}
benchIpv6Space("a prefix /80", ipv6Entries("2001:db8::/80"), null);
benchIpv6Space("4,000,000 addresses", randomIpv6(4_000_000), null);

benchPermutation("2^20", 2 ** 20);
benchPermutation("IPv4 minus special purpose", internet.count);
benchPermutation("2^48", 2 ** 48);

benchContains("IPv4 minus special purpose", internet);
benchContains("1,000,000 addresses", million);
benchContains("1,000,000 prefixes /24", prefixes);

const addressLines = randomLines(1_000_000, "\n");
const prefixLines = randomLines(1_000_000, "/24\n");
Deno.bench({ group: "load", name: "1,000,000 lines of addresses" }, () => {
  const ranges = new RangeBuilder();
  parseAddressList(addressLines, { name: "list", ranges });
  sink ^= addressSet(ranges).count;
});
Deno.bench({ group: "load", name: "1,000,000 lines of prefixes" }, () => {
  const ranges = new RangeBuilder();
  parsePrefixList(prefixLines, { name: "list", ranges });
  sink ^= addressSet(ranges).count;
});
Deno.bench(
  { group: "load", name: "plan of all addresses and all ports" },
  () => {
    const plan = makeTargetPlan({
      addresses: allAddresses(),
      ports: parsePorts("*"),
      seed: 1n,
      shards: 1,
      shard: 0,
      maxTargets: null,
    });
    sink ^= plan.firstPosition;
  },
);
