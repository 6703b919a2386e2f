import assert from "node:assert/strict";
import fc from "fast-check";
import {
  formatIpv4,
  formatIpv6,
  ipv6OfWords,
  SeededRandom,
} from "../../src/base/mod.ts";
import {
  allAddresses,
  ipv4TargetsOf,
  ipv6AddressSet,
  ipv6TargetsOf,
  makeIpv6TargetPlan,
  makeStreamMemory,
  makeTargetPlan,
  type OrderOptions,
  StreamIntake,
  type StreamMemory,
} from "../../src/targets/mod.ts";

/** Few enough for windows to fill, tables to grow, and the stream to be full. */
const CAPACITY = 128;
const WINDOW = 8;
const BASE4 = 0x0a00_00f0;

/** A line: `size` addresses from `BASE + first` on; where the window ends behind it, `isLast`. */
const anyLines = fc.array(
  fc.record({
    first: fc.nat(200),
    size: fc.integer({ min: 1, max: WINDOW }),
    isLast: fc.boolean(),
  }),
  { maxLength: 80 },
);
const anySetting = fc.record({
  lines: anyLines,
  ports: fc.uniqueArray(fc.nat(65_535), { minLength: 1, maxLength: 5 }),
  seed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  words: fc.constantFrom<1 | 4>(1, 4),
  shards: fc.integer({ min: 1, max: 3 }),
  pieceBytes: fc.integer({ min: 1, max: 50 }),
});
type Setting = typeof anySetting extends fc.Arbitrary<infer T> ? T : never;

function lineOf(words: 1 | 4, first: number, size: number): string {
  const last = first + size - 1;
  if (words === 1) {
    const range = `${formatIpv4(BASE4 + first)}-${formatIpv4(BASE4 + last)}`;
    return size === 1 ? formatIpv4(BASE4 + first) : range;
  }
  // Across the edge of a word.
  const base = (0x2001_0db8n << 96n) + 2n ** 64n - 128n;
  const from = formatIpv6(base + BigInt(first));
  return size === 1 ? from : `${from}-${formatIpv6(base + BigInt(last))}`;
}

/** Takes in all lines; returns what the shard has. */
function takeIn(
  { lines, pieceBytes, seed, shards, words }: Setting,
  shard: number,
): { readonly memory: StreamMemory; readonly intake: StreamIntake } {
  const memory = makeStreamMemory({
    words,
    seed,
    capacity: CAPACITY,
    windowSize: WINDOW,
  });
  const intake = new StreamIntake({
    memory,
    name: "input",
    isAllowed: () => true,
    isRoutable: () => true,
    shards,
    shard,
    skip: (line, reason) => assert.fail(`${line}: ${reason}`),
  });
  for (const { first, isLast, size } of lines) {
    const bytes = new TextEncoder().encode(`${lineOf(words, first, size)}\n`);
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      intake.push(bytes.subarray(at, at + pieceBytes));
    }
    while (intake.hasQueued) intake.admit(3);
    if (isLast) intake.closeWindow();
  }
  intake.finish();
  intake.closeWindow();
  return { memory, intake };
}

/** What the plan of a stream has beside it. */
function orderOf(ports: Uint16Array): OrderOptions {
  return { ports, seed: 0n, shards: 1, shard: 0, maxTargets: null };
}

/** The targets at all positions, as text, each checked to be found again at its position. */
function targetsOf(memory: StreamMemory, ports: Uint16Array): string[] {
  const count = memory.head[1]! * ports.length;
  const positions = Float64Array.from({ length: count }, (_, i) => i);
  const addresses = new Uint32Array(count * memory.words);
  const found = new Uint32Array(count);
  const order = orderOf(ports);
  if (memory.words === 1) {
    const plan = makeTargetPlan({ ...order, addresses: allAddresses() });
    const space = ipv4TargetsOf({ ...plan, stream: memory });
    space.locate(positions, count, addresses, found);
    return Array.from({ length: count }, (_, i) => {
      const address = addresses[i]!;
      assert.ok(space.contains(address));
      assert.equal(space.positionOf(address, found[i]!), i);
      return `${formatIpv4(address)} ${found[i]}`;
    });
  }
  const list = new Uint32Array(4);
  const one = ipv6AddressSet([{ kind: "list", list }]);
  const plan = makeIpv6TargetPlan({ ...order, addresses: one });
  const space = ipv6TargetsOf({ ...plan, stream: memory });
  space.locate(positions, count, addresses, found);
  return Array.from({ length: count }, (_, i) => {
    const number = space.numberOf(addresses, i * 4, found[i]!);
    assert.equal(number, positions[i]);
    assert.equal(space.positionOf(number), i);
    return `${formatIpv6(ipv6OfWords(addresses, i * 4))} ${found[i]}`;
  });
}

Deno.test("a stream has each pair of address and port once, over all shards, up to its capacity", () => {
  fc.assert(
    fc.property(anySetting, (setting) => {
      const { lines, shards, words } = setting;
      const ports = Uint16Array.from(setting.ports);
      const wanted = new Set(
        lines.flatMap(({ first, size }) =>
          Array.from({ length: size }, (_, i) => lineOf(words, first + i, 1))
        ),
      );
      const found: string[] = [];
      let full = 0;
      for (let shard = 0; shard < shards; shard++) {
        const { intake, memory } = takeIn(setting, shard);
        const targets = targetsOf(memory, ports);
        const { added, otherShards, repeats } = intake.counts;
        assert.equal(targets.length, added * ports.length);
        assert.ok(added <= CAPACITY);
        const all = lines.reduce((sum, { size }) => sum + size, 0);
        full += intake.counts.full;
        assert.equal(added + otherShards + repeats + intake.counts.full, all);
        found.push(...targets);
      }
      const each = new Set(found);
      assert.equal(each.size, found.length);
      for (const target of each) assert.ok(wanted.has(target.split(" ")[0]!));
      if (full === 0) assert.equal(each.size, wanted.size * ports.length);
      else assert.ok(each.size >= CAPACITY * ports.length);
    }),
    { numRuns: 300 },
  );
});

Deno.test("a window of a stream is shuffled by the seed, and mixes with no other", () => {
  const orders = new Set<string>();
  for (let seed = 0n; seed < 50n; seed++) {
    const setting: Setting = {
      lines: [0, 1, 2, 3].map((window) => ({
        first: window * WINDOW,
        size: WINDOW,
        isLast: false,
      })),
      ports: [80],
      seed,
      words: 1,
      shards: 1,
      pieceBytes: 50,
    };
    const order = targetsOf(takeIn(setting, 0).memory, Uint16Array.of(80));
    assert.deepEqual(
      targetsOf(takeIn(setting, 0).memory, Uint16Array.of(80)),
      order,
    );
    for (let first = 0; first < 4 * WINDOW; first += WINDOW) {
      assert.deepEqual(
        order.slice(first, first + WINDOW).sort(),
        Array.from(
          { length: WINDOW },
          (_, i) => `${formatIpv4(BASE4 + first + i)} 80`,
        ).sort(),
      );
    }
    orders.add(order.slice(0, WINDOW).join());
  }
  // Of 8! orders two in 50 are alike once in 30 runs of other seeds; these are fixed.
  assert.ok(orders.size >= 49, `${orders.size} orders`);
});

Deno.test("a stream of random lines is never stopped by one of them", () => {
  const random = new SeededRandom(7n);
  const alphabet = "0123456789.:/-abf# ;,%\r\nx";
  fc.assert(
    fc.property(fc.nat(), () => {
      let bad = 0;
      const intake = new StreamIntake({
        memory: makeStreamMemory({
          words: 4,
          seed: 1n,
          capacity: CAPACITY,
          windowSize: WINDOW,
        }),
        name: "input",
        isAllowed: () => true,
        isRoutable: () => true,
        shards: 1,
        shard: 0,
        skip: () => bad++,
      });
      const text = Array.from(
        { length: 400 },
        () => alphabet[random.nextWord() % alphabet.length],
      ).join("");
      intake.push(new TextEncoder().encode(text));
      intake.push(new TextEncoder().encode("\n2001:db8::1\n"));
      while (intake.hasQueued) intake.admit(10);
      assert.equal(bad, intake.counts.badLines);
      const { added, full, repeats } = intake.counts;
      assert.ok(added + full + repeats > 0);
    }),
    { numRuns: 300 },
  );
});
