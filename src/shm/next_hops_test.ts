import assert from "node:assert/strict";
import { makeNextHopMemory, NextHops, sliceNextHops } from "./next_hops.ts";

const FIRST = Uint8Array.of(2, 0, 0, 0, 0, 1);
const SECOND = Uint8Array.of(2, 0, 0, 0, 0, 2);

Deno.test("NextHops.read() gives all addresses and their version", () => {
  const memory = makeNextHopMemory([FIRST, SECOND]);
  const [writer, reader] = [new NextHops(memory), new NextHops(memory)];
  const macs = new Uint8Array(12);
  const version = reader.read(macs);
  assert.equal(reader.count, 2);
  assert.deepEqual([...macs], [...FIRST, ...SECOND]);
  assert.equal(reader.version, version);
  writer.setMac(0, SECOND);
  assert.notEqual(reader.version, version);
  assert.equal(reader.read(macs), reader.version);
  assert.deepEqual([...macs], [...SECOND, ...SECOND]);
});

Deno.test("sliceNextHops() has a part of the next hops, which follows changes of the whole", () => {
  const memory = makeNextHopMemory([FIRST, FIRST, SECOND]);
  const writer = new NextHops(memory);
  const [head, tail] = [
    new NextHops(sliceNextHops(memory, 0, 1)),
    new NextHops(sliceNextHops(memory, 1)),
  ];
  assert.deepEqual([head.count, tail.count], [1, 2]);
  const { version } = tail;
  writer.setMac(1, SECOND);
  assert.notEqual(tail.version, version);
  const macs = new Uint8Array(12);
  tail.read(macs);
  assert.deepEqual([...macs], [...SECOND, ...SECOND]);
});
