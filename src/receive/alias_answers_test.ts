import assert from "node:assert/strict";
import {
  ALIAS_CHILDREN,
  ALIAS_FIRST,
  AliasAddresses,
  AliasFrames,
  FrameBuilder,
  type Ipv6Sources,
  makeAliasTable,
  requireProbeModule,
  setAliasEntry,
  TARGET_ADDRESS6,
  TARGET_PORT,
  TARGET_SLOTS,
  TARGET_SOURCE6,
} from "../probe/mod.ts";
import {
  Command,
  giveCommand,
  makeControl,
  makeCounters,
  makeRecordHead,
  makeRecordQueueMemory,
  RECEIVE,
  RECEIVE_SLOTS,
  RecordFlag,
  RecordQueue,
} from "../shm/mod.ts";
import {
  Ipv6TargetSpace,
  makeIpv6TargetPlan,
  NO_IPV6_ENTRIES,
  parseIpv6Prefix,
  selectIpv6Addresses,
} from "../targets/mod.ts";
import { readIpv6Address } from "../wire/mod.ts";
import { ListSource, Slots } from "../../tests/fixtures/link_scene.ts";
import { KEY, viewOf } from "../../tests/fixtures/probe_scene.ts";
import {
  dataOf6,
  echoAnswer6,
  icmpError6,
  ipv6,
  LINK_HEADER6,
  makeProbe6,
  SCANNER6,
  type Sent6,
  tcpAnswer6,
  udpAnswer6,
} from "../../tests/fixtures/probe_scene6.ts";
import { ReceiveLoop } from "./receive_loop.ts";

const SEED = 11n;
const PORT = 4242;
const SYN_ACK = 0x12;
/** Two prefixes, of which the scan has targets in the first alone. */
const PREFIXES = ["2001:db8:1:2::", "2001:db8:ffff:9::"].map(ipv6);

const SOURCES: readonly Ipv6Sources[] = [
  { kind: "list", words: SCANNER6 },
  { kind: "list", words: Uint32Array.of(...SCANNER6, ...ipv6("2001:db8::9")) },
  { kind: "prefix", prefix: ipv6("2001:db8:a::"), lengthBits: 64, seed: 5n },
];

interface Kind {
  readonly name: string;
  readonly args: string;
  readonly port: number;
  answer(sent: Sent6): Uint8Array;
}

const KINDS: readonly Kind[] = [
  {
    name: "tcp_synscan",
    args: "",
    port: PORT,
    answer: (sent) =>
      tcpAnswer6(sent, {
        flags: SYN_ACK,
        acknowledgement: viewOf(sent.packet).getUint32(44) + 1,
      }),
  },
  {
    name: "icmp6_echoscan",
    args: "",
    port: 0,
    answer: (sent) => echoAnswer6(sent, 129),
  },
  {
    name: "udp",
    args: "text:hello",
    port: PORT,
    answer: (sent) => udpAnswer6(sent, dataOf6(sent)),
  },
];

function targetSpace(port: number): Ipv6TargetSpace {
  return new Ipv6TargetSpace(makeIpv6TargetPlan({
    addresses: selectIpv6Addresses({
      allowed: {
        ...NO_IPV6_ENTRIES,
        ranges: [parseIpv6Prefix("2001:db8:1:2::/120")],
      },
      listed: null,
      blocked: NO_IPV6_ENTRIES,
      window: null,
    }),
    ports: Uint16Array.of(port),
    seed: SEED,
    shards: 1,
    shard: 0,
    maxTargets: null,
  }));
}

/** Probes to all targets, and among them those that test both prefixes, in the order of their children. */
function sendAll(
  { args, name, port }: Kind,
  sources: Ipv6Sources,
): { readonly targets: Sent6[]; readonly tests: Sent6[] } {
  const space = targetSpace(port);
  const table = makeAliasTable(PREFIXES.length);
  PREFIXES.forEach(([high, low], entry) =>
    setAliasEntry(table, entry, [high!, low!], port)
  );
  const count = space.positionCount;
  const testCount = PREFIXES.length * ALIAS_CHILDREN;
  const slots = new Slots(count + testCount);
  const builder = new FrameBuilder({
    slots,
    probe: makeProbe6(requireProbeModule(name), { args }),
    validationKey: KEY,
    ipv6: {
      space,
      sources,
      hops: null,
      aliases: new AliasFrames(table, SEED),
    },
  });
  // One after each few targets, so that blocks have some.
  const testSlots: number[] = [];
  let position = 0;
  for (let slot = 0; slot < count + testCount; slot++) {
    const isTest = slot % 7 === 3 && testSlots.length < testCount;
    const next = isTest ? ALIAS_FIRST + testSlots.length : position++;
    if (isTest) testSlots.push(slot);
    builder.add(slot, next, 0);
  }
  builder.finish();
  assert.equal(testSlots.length, testCount);
  const sent = (slot: number): Sent6 => sentOf(slots.frame(slot), port);
  return {
    tests: testSlots.map(sent),
    targets: Array.from({ length: count + testCount }, (_, slot) => slot)
      .filter((slot) => !testSlots.includes(slot)).map(sent),
  };
}

function sentOf(frame: Uint8Array, port: number): Sent6 {
  const packet = frame.slice(LINK_HEADER6.length);
  const target = new Uint32Array(TARGET_SLOTS);
  target.set(readIpv6Address(viewOf(packet), 8), TARGET_SOURCE6);
  target.set(readIpv6Address(viewOf(packet), 24), TARGET_ADDRESS6);
  target[TARGET_PORT] = port;
  return { frame, packet, target, tag: new Uint32Array(4) };
}

/** What a receiver makes of packets: its counters, and the children of the prefixes that it hands over. */
function receive(
  { args, name, port }: Kind,
  sources: Ipv6Sources,
  packets: readonly Uint8Array[],
): { readonly counters: Float64Array; readonly children: string[] } {
  const control = makeControl();
  const counters = makeCounters(RECEIVE_SLOTS);
  const queue = new RecordQueue(makeRecordQueueMemory(18));
  const frames = packets.map((packet) =>
    Uint8Array.of(...LINK_HEADER6, ...packet)
  );
  const loop = new ReceiveLoop({
    source: new ListSource(frames, () => giveCommand(control, Command.stop)),
    control,
    counters,
    queue,
    filter: { isSuccessOnly: true, isUniqueOnly: true },
    validationKey: KEY,
    dedup: { method: "full" },
    isPortChecked: true,
    strays: null,
    ipv6: {
      space: targetSpace(port),
      probe: makeProbe6(requireProbeModule(name), { args }),
      sources,
      answers: null,
      aliases: new AliasAddresses(SEED),
    },
  });
  assert.equal(loop.run(), null);
  const children: string[] = [];
  const head = makeRecordHead();
  for (let at = queue.shift(head); at >= 0; at = queue.shift(head)) {
    if ((head.flags & RecordFlag.alias) !== 0) {
      const [high, low, third] = readIpv6Address(queue.view, at + 8);
      children.push([high, low, third! >>> 28].join());
    }
    queue.release();
  }
  return { counters, children };
}

for (const kind of KINDS) {
  Deno.test(`ReceiveLoop knows answers to tests of prefixes by their tags: ${kind.name}`, () => {
    for (const sources of SOURCES) {
      const { targets, tests } = sendAll(kind, sources);
      const wanted = PREFIXES.flatMap(([high, low]) =>
        Array.from(
          { length: ALIAS_CHILDREN },
          (_, child) => [high, low, child].join(),
        )
      );
      const answers = tests.map(kind.answer);
      const { children, counters } = receive(kind, sources, [
        ...answers,
        ...targets.map(kind.answer),
      ]);
      assert.deepEqual(children, wanted);
      assert.equal(counters[RECEIVE.aliases], tests.length);
      // They are no results, and those of targets are.
      assert.equal(counters[RECEIVE.successUnique], targets.length);
      assert.equal(counters[RECEIVE.valid], targets.length + tests.length);
      // Whoever did not see the probe cannot answer it.
      for (const answer of answers) answer[24 + 15]! ^= 1;
      const forged = receive(kind, sources, answers);
      assert.deepEqual(forged.children, []);
      assert.equal(forged.counters[RECEIVE.invalid], tests.length);
    }
  });
}

Deno.test("ReceiveLoop takes no router's error for the answer of an address that tests its prefix", () => {
  const [kind] = KINDS;
  const { tests } = sendAll(kind!, SOURCES[0]!);
  const errors = tests.map((sent) => icmpError6(sent, 1, 3));
  const { children, counters } = receive(kind!, SOURCES[0]!, errors);
  assert.deepEqual(children, []);
  assert.equal(counters[RECEIVE.aliases], tests.length);
  assert.equal(counters[RECEIVE.valid], tests.length);
});

Deno.test("AliasAddresses has one address in each child of a prefix, fixed by the seed", () => {
  const texts = (seed: bigint): Set<string> => {
    const addresses = new AliasAddresses(seed);
    const words = new Uint32Array(4);
    const found = new Set<string>();
    for (const [high, low] of PREFIXES) {
      for (let child = 0; child < ALIAS_CHILDREN; child++) {
        addresses.store(high!, low!, child, words, 0);
        assert.equal(words[2]! >>> 28, child);
        assert.equal(addresses.childOf(words, 0), child);
        found.add(words.join());
        words[3]! ^= 1;
        assert.equal(addresses.childOf(words, 0), -1);
      }
    }
    return found;
  };
  assert.equal(texts(1n).size, PREFIXES.length * ALIAS_CHILDREN);
  assert.deepEqual(texts(1n), texts(1n));
  assert.equal(texts(1n).union(texts(2n)).size, 2 * texts(1n).size);
});
