import assert from "node:assert/strict";
import { makeNextHopMemory, NextHops } from "../shm/mod.ts";
import { OneHop } from "./one_hop.ts";

Deno.test("OneHop addresses all frames to its gateway, also once that has changed", () => {
  const memory = makeNextHopMemory([Uint8Array.of(2, 0, 0, 0, 0, 1)]);
  const hop = new OneHop(memory);
  const frame = new Uint8Array(8);
  assert.equal(hop.find(), 0);
  hop.write(frame, 1);
  assert.deepEqual([...frame], [0, 2, 0, 0, 0, 0, 1, 0]);
  new NextHops(memory).setMac(0, Uint8Array.of(2, 0, 0, 0, 0, 9));
  hop.update();
  hop.write(frame, 1);
  assert.deepEqual([...frame], [0, 2, 0, 0, 0, 0, 9, 0]);
});
