import assert from "node:assert/strict";
import { parseIpv6Words } from "../base/mod.ts";
import { Ipv6Builder } from "./ipv6_builder.ts";
import { makeIpv6TargetPlan } from "./ipv6_plan.ts";
import { parseIpv6Prefix } from "./ipv6_prefix.ts";
import { selectIpv6Addresses } from "./ipv6_selection.ts";
import { Ipv6TargetSpace } from "./ipv6_space.ts";
import { parsePorts } from "./ports.ts";

function spaceOf(
  prefix: string,
  ports: string,
  length: number | null = null,
): Ipv6TargetSpace {
  const builder = new Ipv6Builder();
  builder.addRange(parseIpv6Prefix(prefix));
  const addresses = selectIpv6Addresses({
    allowed: builder.take(),
    listed: null,
    blocked: new Ipv6Builder().take(),
    window: length === null
      ? null
      : { length, rule: { kind: "low" }, seed: 0n },
  });
  return new Ipv6TargetSpace(structuredClone(makeIpv6TargetPlan({
    addresses,
    ports: parsePorts(ports),
    seed: 3n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  })));
}

Deno.test("Ipv6TargetSpace.positionOf() is the inverse of locate() up to 2^48 positions", () => {
  for (const ports of ["80", "1-256", "*"]) {
    const bits = 48 - Math.log2(parsePorts(ports).length);
    const space = spaceOf(`2001::/${64 - bits}`, ports, 64);
    assert.equal(space.positionCount, 2 ** 48);
    const positions = [
      0,
      1,
      2 ** 31,
      2 ** 32 + 1,
      2 ** 47 + 12_345,
      2 ** 48 - 1,
    ];
    const numbers = Float64Array.from(positions);
    const words = new Uint32Array(4 * positions.length);
    const found = new Uint32Array(positions.length);
    space.locate(numbers, positions.length, words, found);
    for (const [i, position] of positions.entries()) {
      assert.equal(space.numberOf(words, 4 * i, found[i]!), numbers[i]);
      assert.equal(space.positionOf(numbers[i]!), position);
    }
  }
});

Deno.test("Ipv6TargetSpace tells which addresses and ports belong to it", () => {
  const space = spaceOf("2001:db8::/120", "0,80");
  const words = new Uint32Array(8);
  parseIpv6Words("2001:db8::ff", words, 0);
  parseIpv6Words("2001:db8::100", words, 4);
  assert.ok(space.containsAddress(words, 0));
  assert.ok(!space.containsAddress(words, 4));
  assert.ok(space.hasPort(0) && space.hasPort(80) && !space.hasPort(443));
  assert.equal(space.portCountOf(511), 2);
  assert.equal(space.portRankOf(511), 1);
  assert.equal(space.addressIndexOf(511), 255);
  assert.equal(space.numberOf(words, 0, 80), 511);
  assert.equal(space.numberOf(words, 0, 443), -1);
  assert.equal(space.numberOf(words, 4, 80), -1);
});

Deno.test("makeIpv6TargetPlan() keeps its tables in shared memory", () => {
  const builder = new Ipv6Builder();
  builder.addRange(parseIpv6Prefix("2001:db8::/48"));
  builder.addRange(parseIpv6Prefix("2001:db9::/126"));
  builder.addRange(parseIpv6Prefix("2001:dba::1"));
  const { parts } = selectIpv6Addresses({
    allowed: builder.take(),
    listed: null,
    blocked: new Ipv6Builder().take(),
    window: { length: 64, rule: { kind: "random" }, seed: 0n },
  });
  const tables = parts.flatMap((part) =>
    part.kind === "list"
      ? [part.list]
      : [part.runs.starts, part.runs.firstIndexes, part.runs.indexTable]
  );
  assert.equal(tables.length, 7);
  for (const table of tables) {
    assert.ok(table.buffer instanceof SharedArrayBuffer);
  }
});
