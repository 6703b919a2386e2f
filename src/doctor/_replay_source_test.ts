import assert from "node:assert/strict";
import type { PacketSource } from "../backend/mod.ts";
import { DLT_EN10MB } from "../wire/mod.ts";
import { ReplaySource } from "./_replay_source.ts";

/** Captures packets of a list, of which it keeps no more than the first four bytes. */
class ListCapture implements PacketSource {
  readonly linkType = DLT_EN10MB;
  readonly holdMs = 30;
  readonly seconds = 1;
  readonly microseconds = 2;
  readonly view = new DataView(new ArrayBuffer(8), 2);
  wireBytes = 0;
  readonly packets: number[][] = [];

  next(): number {
    const packet = this.packets.shift();
    if (packet === undefined) return 0;
    const kept = packet.slice(0, 4);
    kept.forEach((byte, at) => this.view.setUint8(at, byte));
    this.wireBytes = packet.length;
    return kept.length;
  }
  lastError(): string {
    return "none";
  }
  wait(): void {
    throw new Error("it has slept");
  }
  stats(out: Float64Array): void {
    out.fill(3);
  }
  close(): void {}
}

/** All that waits: the bytes kept of each packet, and its length on the wire. */
function takeAll(source: PacketSource): [number[], number][] {
  const taken: [number[], number][] = [];
  for (let end = source.next(); end > 0; end = source.next()) {
    const bytes = Array.from(
      { length: end },
      (_, at) => source.view.getUint8(at),
    );
    taken.push([bytes, source.wireBytes]);
  }
  return taken;
}

Deno.test("ReplaySource.next() gives the first packets again, and then new ones", () => {
  const capture = new ListCapture();
  const options = { feed: () => {}, capacity: 2, snapLengthBytes: 4 };
  const source = new ReplaySource(capture, options);
  source.replay();
  assert.deepEqual(takeAll(source), [], "nothing to replay yet");
  const [one, other] = [[[1, 2, 3, 4], 6], [[5, 6], 2]];
  capture.packets.push([1, 2, 3, 4, 5, 6], [5, 6], [9]);
  assert.deepEqual(takeAll(source), [one, other, [[9], 1]]);
  for (let i = 0; i < 2; i++) {
    source.replay();
    assert.deepEqual(takeAll(source), [other, one]);
  }
  capture.packets.push([7, 8, 9]);
  assert.deepEqual(takeAll(source), [[[7, 8, 9], 3]]);
});

Deno.test("ReplaySource.wait() feeds, and the rest is the capture's own", () => {
  let fed = 0;
  const source = new ReplaySource(new ListCapture(), {
    feed: () => fed++,
    capacity: 1,
    snapLengthBytes: 4,
  });
  source.wait(100);
  assert.equal(fed, 1);
  const stats = new Float64Array(3);
  source.stats(stats);
  assert.deepEqual([...stats], [3, 3, 3]);
  const { holdMs, linkType, microseconds, seconds } = source;
  assert.deepEqual(
    { holdMs, linkType, microseconds, seconds },
    { holdMs: 30, linkType: DLT_EN10MB, microseconds: 2, seconds: 1 },
  );
  assert.equal(source.lastError(), "none");
});
