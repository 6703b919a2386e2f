import assert from "node:assert/strict";
import { ipv6OfWords, parseIpv6, storeIpv6 } from "../base/mod.ts";
import { ALIAS_CHILDREN, AliasAddresses, type Response } from "../probe/mod.ts";
import { makeRecordHead, SEND, WorkQueue } from "../shm/mod.ts";
import {
  type Ipv6Entries,
  type Ipv6TargetPlan,
  type Ipv6Window,
  makeIpv6TargetPlan,
  NO_IPV6_ENTRIES,
  parseIpv6Prefix,
  selectIpv6Addresses,
} from "../targets/mod.ts";
import {
  aliasPrefixes,
  AliasWatch,
  type AliasWatchParts,
} from "./alias_watch.ts";
import type { AliasConfig } from "./config.ts";
import { makeScanMemory, type ScanMemory } from "./scan_memory.ts";

const SEED = 3n;
const HEADER_BYTES = 40;
const SOURCE = 8;
const FLAG: AliasConfig = {
  mode: "flag",
  isTested: true,
  known: [],
  blocked: NO_IPV6_ENTRIES,
};

function planOf(
  targets: readonly string[],
  window: Ipv6Window | null = null,
): Ipv6TargetPlan {
  return makeIpv6TargetPlan({
    addresses: selectIpv6Addresses({
      allowed: { ...NO_IPV6_ENTRIES, ranges: targets.map(parseIpv6Prefix) },
      listed: null,
      blocked: NO_IPV6_ENTRIES,
      window,
    }),
    ports: Uint16Array.of(0),
    seed: SEED,
    shards: 1,
    shard: 0,
    maxTargets: null,
  });
}

interface Scene {
  readonly watch: AliasWatch;
  readonly memory: ScanMemory;
}

function watchOf(
  targets: readonly string[],
  changes: Partial<AliasWatchParts> & { readonly window?: Ipv6Window } = {},
): Scene {
  const { window, ...rest } = changes;
  const memory = makeScanMemory({ layer: "ip", nextHops: [] }, {
    senders: 1,
    ratePps: 0,
    aliasCapacity: 1024,
  });
  const watch = new AliasWatch({
    config: FLAG,
    plan: planOf(targets, window),
    table: memory.aliasTable!,
    senders: memory.senders,
    onLink: [],
    waitS: 2,
    ...rest,
  });
  return { watch, memory };
}

/** A packet that comes from this address. */
function packetFrom(address: string | bigint): DataView {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES));
  const words = new Uint32Array(4);
  const value = typeof address === "string" ? parseIpv6(address)! : address;
  storeIpv6(value, words, 0);
  words.forEach((word, i) => view.setUint32(SOURCE + 4 * i, word));
  return view;
}

function answerOf(address: string, changes: Partial<Response> = {}): Response {
  return {
    view: packetFrom(address),
    at: 0,
    end: HEADER_BYTES,
    seconds: 0,
    microseconds: 0,
    targetAddress: SOURCE,
    targetPort: 0,
    classIndex: 0,
    isSuccess: true,
    isRepeat: false,
    isCooldown: false,
    ...changes,
  };
}

/** Sends all that waits. */
function send({ memory, watch }: Scene, nowS: number): number {
  watch.update(nowS);
  const [sender] = memory.senders;
  const queue = new WorkQueue(sender!.aliases!);
  const work = { first: 0, end: 0, probeNumber: 0 };
  let count = 0;
  while (queue.shift(work)) count++;
  sender!.counters[SEND.aliases]! += count;
  watch.update(nowS);
  return count;
}

/** All addresses that are asked answer. */
function answerAll({ watch }: Scene, prefix: string): void {
  const [high, low] = wordsOf(prefix);
  const words = new Uint32Array(4);
  for (let child = 0; child < ALIAS_CHILDREN; child++) {
    new AliasAddresses(SEED).store(high!, low!, child, words, 0);
    watch.answered(packetFrom(ipv6OfWords(words, 0)), 0);
  }
}

function wordsOf(address: string): Uint32Array {
  const words = new Uint32Array(4);
  storeIpv6(parseIpv6(address)!, words, 0);
  return words;
}

/** The verdicts of the rows that wait no longer. */
function released(watch: AliasWatch): (boolean | null)[] {
  const verdicts: (boolean | null)[] = [];
  for (let row = watch.shift(); row !== null; row = watch.shift()) {
    verdicts.push(row.verdict);
  }
  return verdicts;
}

Deno.test("AliasWatch lets rows wait until it is known whether their prefix is aliased", () => {
  const scene = watchOf(["2001:db8:0:1::/120", "2001:db8:0:2::/120"]);
  const { watch } = scene;
  const answers = ["2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:1::2"]
    .map((address) => answerOf(address));
  for (const answer of answers) {
    assert.equal(watch.verdictOf(answer), undefined);
    watch.hold(makeRecordHead(), answer);
  }
  assert.equal(send(scene, 0), 2 * ALIAS_CHILDREN);
  answerAll(scene, "2001:db8:0:1::");
  assert.deepEqual(released(watch), [true, true]);
  assert.equal(watch.verdictOf(answers[2]!), true);
  assert.equal(watch.verdictOf(answers[1]!), undefined);
  assert.equal(watch.isEmpty, false);
  watch.update(2);
  assert.deepEqual(released(watch), [false]);
  assert.equal(watch.verdictOf(answers[1]!), false);
  assert.equal(watch.isEmpty, true);
  assert.equal(send(scene, 3), 0);
  assert.deepEqual(watch.counts, {
    ...{ tested: 2, aliased: 1, undecided: 0 },
    ...{ unfit: 0, unheld: 0, dropped: 0 },
  });
});

Deno.test("AliasWatch tests a prefix with several targets, or a window, once it has a success", () => {
  const { watch } = watchOf(["2001:db8:0:1::/120", "2001:db8:0:2::1/128"]);
  assert.equal(watch.verdictOf(answerOf("2001:db8:0:2::1")), null);
  const failure = answerOf("2001:db8:0:1::1", { isSuccess: false });
  assert.equal(watch.verdictOf(failure), null);
  assert.equal(watch.verdictOf(answerOf("2001:db8:0:1::1")), undefined);
  // From then on it is the same for all of its answers.
  assert.equal(watch.verdictOf(failure), undefined);
  const windows = watchOf(["2001:db8::/56"], {
    window: { length: 64, rule: { kind: "low" }, seed: SEED },
  });
  const hit = answerOf("2001:db8:0:7::1");
  assert.equal(windows.watch.verdictOf(hit), undefined);
});

Deno.test("AliasWatch tests no prefix whose addresses must not or cannot be probed", () => {
  const addresses = new Uint32Array(4);
  const [high, low] = wordsOf("2001:db8:0:1::");
  new AliasAddresses(SEED).store(high!, low!, 9, addresses, 0);
  const ninth = ipv6OfWords(addresses, 0);
  const blocks: Ipv6Entries[] = [
    { list: addresses, ranges: [] },
    { ...NO_IPV6_ENTRIES, ranges: [{ first: ninth - 5n, last: ninth }] },
  ];
  const hit = answerOf("2001:db8:0:1::1");
  for (const blocked of blocks) {
    const config = { ...FLAG, blocked };
    const { watch } = watchOf(["2001:db8:0:1::/120"], { config });
    assert.equal(watch.verdictOf(hit), null);
  }
  const onLink = [parseIpv6Prefix("2001:db8:0:1::/64")];
  const { watch } = watchOf(["2001:db8:0:1::/120"], { onLink });
  assert.equal(watch.verdictOf(hit), null);
  assert.equal(watch.counts.tested, 0);
});

Deno.test("AliasWatch knows prefixes of a list, and tests none where nothing is to be tested", () => {
  const known = [parseIpv6Prefix("2001:db8:0:1::/64")];
  const config = { ...FLAG, mode: "drop", known } as const;
  const { watch } = watchOf(["2001:db8:0:1::/120"], { config, table: null });
  const verdict = watch.verdictOf(answerOf("2001:db8:0:1::1"));
  assert.equal(verdict, true);
  assert.equal(watch.drops(verdict), true);
  assert.equal(watch.verdictOf(answerOf("2001:db8:0:2::1")), null);
  assert.equal(watch.drops(null), false);
  assert.equal(watch.counts.dropped, 1);
  assert.equal(watch.needsSenders(0), false);
});

Deno.test("AliasWatch needs senders for probes that wait, and a second for late successes", () => {
  const scene = watchOf(["2001:db8:0:1::/120"]);
  assert.equal(scene.watch.needsSenders(10), true);
  scene.watch.verdictOf(answerOf("2001:db8:0:1::1"));
  assert.equal(scene.watch.needsSenders(12), true);
  send(scene, 12);
  assert.equal(scene.watch.needsSenders(12), false);
});

Deno.test("AliasWatch loses no row when too many wait, or at the end", () => {
  const prefixes = [1, 2].map((n) => `2001:db8:0:${n}::`);
  const { watch } = watchOf(prefixes.map((prefix) => `${prefix}/112`), {
    mostHeldBytes: 600 * 540,
  });
  let count = 0;
  for (const prefix of prefixes) {
    const answer = answerOf(`${prefix}1`);
    for (let i = 0; i < 500; i++) {
      const verdict = watch.verdictOf(answer);
      if (verdict !== undefined) continue;
      watch.hold(makeRecordHead(), answer);
      count++;
    }
  }
  assert.equal(count, 1000);
  assert.deepEqual(new Set(released(watch)), new Set([null]));
  assert.equal(watch.counts.unheld, 500);
  watch.finish();
  assert.equal(released(watch).length, 500);
  assert.equal(watch.isEmpty, true);
  assert.equal(watch.counts.undecided, 2);
});

Deno.test("AliasWatch tests no more prefixes than there is room for, and counts what it leaves", () => {
  const { watch } = watchOf(["2001:db8::/32"], {
    window: { length: 64, rule: { kind: "low" }, seed: SEED },
    plan: planOf(["2001:db8::/52"], {
      ...{ length: 64, rule: { kind: "low" }, seed: SEED },
    }),
  });
  for (let i = 1; i <= 1030; i++) {
    watch.verdictOf(answerOf(`2001:db8:0:${i.toString(16)}::1`));
  }
  assert.equal(watch.counts.tested, 1024);
  assert.equal(watch.counts.unfit, 6);
});

Deno.test("aliasPrefixes() bounds the extra probes to a quarter of a large scan", () => {
  assert.equal(aliasPrefixes(1), 1024);
  assert.equal(aliasPrefixes(1_000_000), 15_625);
  assert.equal(aliasPrefixes(2 ** 40), 65_536);
});
