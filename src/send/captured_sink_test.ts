import assert from "node:assert/strict";
import type { PacketSink } from "../backend/mod.ts";
import { pcapCapturedBytes } from "../wire/mod.ts";
import { CapturedSink } from "./captured_sink.ts";

/** A sink that takes as many frames as it is told, and more while it is drained. */
class FakeSink implements PacketSink, Disposable {
  readonly view = new DataView(new ArrayBuffer(8 * 64));
  readonly capacity = 8;
  takes = 8;
  late = 0;
  isClosed = false;

  begin(most: number): number {
    return Math.min(most, this.capacity);
  }
  frameAt(slot: number): number {
    return slot * 64;
  }
  setFrame(): void {}
  send(_first: number, count: number): number {
    return this.takes < 0 ? this.takes : Math.min(this.takes, count);
  }
  waitWritable(): boolean {
    return true;
  }
  drain(): number {
    return this.late;
  }
  close(): void {
    this.isClosed = true;
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

interface Scene {
  readonly sink: FakeSink;
  readonly captured: CapturedSink;
  /** First byte of each frame that was written. */
  written(): number[];
  missed: number;
}

function setUp(write: (bytes: Uint8Array) => void = () => {}): Scene {
  const sink = new FakeSink();
  const chunks: Uint8Array[] = [];
  const scene: Scene = {
    sink,
    captured: new CapturedSink({
      sink,
      wallClock: (out) => out.set([1_700_000_000, 7]),
      write: (bytes) => {
        write(bytes);
        chunks.push(bytes.slice());
      },
      onMissed: (frames) => scene.missed += frames,
      close: () => {},
    }),
    written: () =>
      chunks.flatMap((bytes) => {
        const view = new DataView(bytes.buffer);
        const firsts: number[] = [];
        for (let at = 0; at < bytes.length;) {
          assert.equal(view.getUint32(at, true), 1_700_000_000);
          firsts.push(bytes[at + 16]!);
          at += 16 + pcapCapturedBytes(view, at);
        }
        return firsts;
      }),
    missed: 0,
  };
  for (let slot = 0; slot < 8; slot++) {
    sink.view.setUint8(slot * 64, 100 + slot);
    scene.captured.setFrame(slot, 60 - slot, 0);
  }
  return scene;
}

Deno.test("CapturedSink writes the frames that were taken, and no others", () => {
  const { captured, sink, written } = setUp();
  sink.takes = 3;
  assert.equal(captured.send(0, 8), 3);
  sink.takes = -11;
  assert.equal(captured.send(3, 5), -11);
  sink.takes = 2;
  assert.equal(captured.send(3, 5), 2);
  // Taken late: those behind.
  sink.late = 1;
  assert.equal(captured.drain(0), 1);
  captured.close();
  assert.deepEqual(written(), [100, 101, 102, 103, 104, 105]);
  assert.ok(sink.isClosed);
});

Deno.test("CapturedSink counts what cannot be written, and writes nothing behind it", () => {
  let fails = false;
  const scene = setUp(() => {
    if (fails) throw new Error("No space left on device");
  });
  scene.captured.send(0, 8);
  scene.captured.drain(0);
  fails = true;
  scene.captured.send(0, 4);
  scene.captured.drain(0);
  fails = false;
  scene.captured.send(0, 2);
  scene.captured.close();
  assert.equal(scene.written().length, 8);
  assert.equal(scene.missed, 6);
});

Deno.test("CapturedSink writes all of many frames", () => {
  const { captured, written } = setUp();
  for (let i = 0; i < 2000; i++) captured.send(0, 8);
  captured.close();
  assert.equal(written().length, 16_000);
});
