import assert from "node:assert/strict";
import {
  formatIpv6Words,
  IPV6_WORDS,
  type Ipv6Address,
  parseIpv6,
  storeIpv6,
} from "../base/mod.ts";
import {
  type Ipv6Addresses,
  type Ipv6AddressSet,
  ipv6AddressSet,
} from "./ipv6_address_set.ts";
import { countIpv6Within, firstIpv6From, listIpv6Within } from "./ipv6_rank.ts";
import { makeIpv6Runs } from "./ipv6_runs.ts";
import { makeWindowFill } from "./ipv6_window.ts";

const LIST = ["2001:db8::1", "2001:db8::7", "2001:db8:ffff::1"];

function address(text: string): Ipv6Address {
  return parseIpv6(text)!;
}

function listOf(...texts: string[]): Ipv6Addresses {
  const list = new Uint32Array(texts.length * IPV6_WORDS);
  texts.forEach((text, i) => storeIpv6(address(text), list, i * IPV6_WORDS));
  return { kind: "list", list };
}

/** A list, a range above it, and four windows of length 64 below it. */
function mixedSet(): Ipv6AddressSet {
  const first = address("2001:db8:8000::");
  const window = { length: 64, rule: { kind: "low" }, seed: 0n } as const;
  const firstWindow = address("2001:db0::") >> 64n;
  return ipv6AddressSet([
    listOf(...LIST),
    {
      kind: "ranges",
      runs: makeIpv6Runs([{ first, last: first + 255n }], 0),
    },
    {
      kind: "windows",
      runs: makeIpv6Runs([{ first: firstWindow, last: firstWindow + 3n }], 64),
      fill: makeWindowFill(window),
    },
  ]);
}

Deno.test("countIpv6Within() counts across lists, ranges and windows", () => {
  const set = mixedSet();
  const count = (first: string, last: string): number =>
    countIpv6Within(set, { first: address(first), last: address(last) });
  const top = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
  assert.equal(count("::", top), 3 + 256 + 4);
  assert.equal(count("2001:db8::1", "2001:db8::7"), 2);
  assert.equal(count("2001:db8::2", "2001:db8::6"), 0);
  assert.equal(count("2001:db8::7", "2001:db8:8000::1"), 3);
  assert.equal(count("2001:db8:8000::ff", "2001:db8:8000::ffff"), 1);
  // Of a window only its target counts, "…::1".
  assert.equal(count("2001:db0::", "2001:db0::"), 0);
  assert.equal(count("2001:db0::1", "2001:db0:0:1::"), 1);
  assert.equal(count("2001:db0::2", "2001:db0:0:3::1"), 3);
  assert.equal(count(top, top), 0);
});

Deno.test("firstIpv6From() finds the lowest address from one on", () => {
  const set = mixedSet();
  const from = (text: string): Ipv6Address | null =>
    firstIpv6From(set, address(text));
  assert.equal(from("::"), address("2001:db0::1"));
  assert.equal(from("2001:db0::1"), address("2001:db0::1"));
  assert.equal(from("2001:db0::2"), address("2001:db0:0:1::1"));
  assert.equal(from("2001:db0:0:3::2"), address("2001:db8::1"));
  assert.equal(from("2001:db8::8"), address("2001:db8:8000::"));
  assert.equal(from("2001:db8:8000::100"), address("2001:db8:ffff::1"));
  assert.equal(from("2001:db8:ffff::2"), null);
  assert.equal(firstIpv6From(ipv6AddressSet([]), 0n), null);
});

Deno.test("listIpv6Within() lists addresses of all parts in order", () => {
  const list = (...ranges: [string, string][]): string[] => {
    const words = listIpv6Within(
      mixedSet(),
      ranges.map(([first, last]) => ({
        first: address(first),
        last: address(last),
      })),
    );
    return Array.from(
      { length: words.length / IPV6_WORDS },
      (_, i) => formatIpv6Words(words, i * IPV6_WORDS),
    );
  };
  assert.deepEqual(
    list(["2001:db0::2", "2001:db8::7"], ["2001:db8:8000::fe", "2001:dff::"]),
    [
      "2001:db0:0:1::1",
      "2001:db0:0:2::1",
      "2001:db0:0:3::1",
      "2001:db8::1",
      "2001:db8::7",
      "2001:db8:8000::fe",
      "2001:db8:8000::ff",
      "2001:db8:ffff::1",
    ],
  );
  assert.deepEqual(list(), []);
  assert.deepEqual(list(["::", "2000::"]), []);
});
