import assert from "node:assert/strict";
import { PacketCapture } from "../../ffi/packet_capture.ts";
import { captureProgram, type SendBackend } from "../../src/backend/mod.ts";
import {
  makeSharedBucketMemory,
  type SendOptions,
} from "../../src/send/mod.ts";
import {
  Command,
  giveCommand,
  makeControl,
  makeCounters,
  makeRecordQueueMemory,
  makeWorkQueueMemory,
  type RecordQueueMemory,
  SEND,
  SEND_SLOTS,
  WorkQueue,
} from "../../src/shm/mod.ts";
import {
  addressSet,
  makeTargetPlan,
  RangeBuilder,
} from "../../src/targets/mod.ts";
import { namespaceTest, run } from "../e2e/namespace.ts";
import { indexOf, VETH_SETUP } from "./frames.ts";

const TARGETS = 20_000;
const FIRST_TARGET = 0xc612_0000; // 198.18.0.0/15 is for tests, RFC 2544
const SOURCE = 0xc000_0201;
const RATE_PPS = 40_000;
const DESTINATION_AT = 14 + 16;
const LINK_HEADER = Uint8Array.of(2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0);
const BACKENDS = ["sendmmsg", "ring", "xdp"] as const;

/** A sender's worker, with the memory that it shares. */
class Sender {
  readonly counters = makeCounters(SEND_SLOTS);
  readonly records = makeRecordQueueMemory(10);
  readonly #control = makeControl();
  readonly #worker = new Worker(
    new URL("../../src/send/worker.ts", import.meta.url),
    { type: "module" },
  );
  readonly #ends = Promise.withResolvers<void>();
  backend = "";

  /** Starts the worker, which then has all targets to send to, and waits. */
  async start(backend: SendBackend): Promise<void> {
    const builder = new RangeBuilder();
    builder.addRange(FIRST_TARGET, FIRST_TARGET + TARGETS - 1);
    const queue = makeWorkQueueMemory();
    new WorkQueue(queue).push(
      { first: 0, end: TARGETS, probeNumber: 0 },
      this.#control,
    );
    const options: SendOptions = {
      sendBackend: backend,
      processor: null,
      deviceQueue: 0,
      layer: "ethernet",
      interfaceName: "up0",
      interfaceIndex: indexOf("up0"),
      sourceAddresses: [SOURCE],
      probeModule: "tcp_synscan",
      probeOptions: {
        linkHeader: LINK_HEADER,
        sourcePortFirst: 32768,
        sourcePortLast: 61000,
        maxProbes: 1,
        ttl: 64,
        args: "",
      },
      validationKey: Uint32Array.of(1, 2, 3, 4),
      targets: makeTargetPlan({
        addresses: addressSet(builder),
        ports: Uint16Array.of(80),
        seed: 7n,
        shards: 1,
        shard: 0,
        maxTargets: null,
      }),
      batch: 64,
      nextHops: null,
      records: this.records,
      routes: null,
      retries: 10,
      control: this.#control,
      counters: this.counters,
      queue,
      followUps: makeWorkQueueMemory(),
      bucket: makeSharedBucketMemory(RATE_PPS),
      dryRun: null,
    };
    const ready = Promise.withResolvers<void>();
    this.#worker.onmessage = ({ data }): void => {
      if (data.kind === "ready") this.backend = data.backend;
      if (data.kind === "ready") ready.resolve();
      else if (data.kind === "done") this.#ends.resolve();
      else ready.reject(data.cause);
    };
    this.#worker.postMessage(options);
    await ready.promise;
  }

  go(): void {
    giveCommand(this.#control, Command.run);
  }

  async stop(): Promise<void> {
    giveCommand(this.#control, Command.stop);
    await this.#ends.promise;
    this.#worker.terminate();
  }

  /** Waits until so many frames were taken. */
  async reach(accepted: number): Promise<void> {
    while (this.counters[SEND.accepted]! < accepted) await pause(5);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Captures probes, with room for all. */
function openCapture(): PacketCapture {
  return PacketCapture.open({
    interfaceName: "up1",
    filter: (linkType) =>
      captureProgram("ip and ip proto 6", { linkType, snapLengthBytes: 64 }),
    snapLengthBytes: 64,
    bufferBytes: 1 << 24,
  });
}

/** How often each target was sent to. */
function countFrames(capture: PacketCapture): Map<number, number> {
  const counts = new Map<number, number>();
  for (let quiet = 0; quiet < 3;) {
    const captured = capture.next();
    if (captured === 0) {
      quiet++;
      capture.wait(50);
      continue;
    }
    assert.ok(captured > 0, capture.lastError());
    const target = capture.view.getUint32(DESTINATION_AT);
    counts.set(target, (counts.get(target) ?? 0) + 1);
  }
  const stats = new Float64Array(3);
  capture.stats(stats);
  assert.equal(stats[1], 0, "the capture has lost nothing");
  return counts;
}

for (const backend of BACKENDS) {
  namespaceTest(
    import.meta,
    `A sender with ${backend} sends each target once while the interface goes down and up`,
    {
      setup: VETH_SETUP,
      async run(): Promise<void> {
        using capture = openCapture();
        const sender = new Sender();
        await sender.start(backend);
        assert.ok(sender.backend.startsWith(backend));
        sender.go();
        for (let part = 1; part <= 3; part++) {
          await sender.reach(TARGETS / 5 * part);
          await run("ip", "link", "set", "up0", "down");
          await pause(60);
          await run("ip", "link", "set", "up0", "up");
          await sender.reach(TARGETS / 5 * part + 500);
          // Past the queue, frames without a carrier are refused. Through it, the device drops them.
          if (backend === "sendmmsg") continue;
          await run("ip", "link", "set", "up1", "down");
          await pause(30);
          await run("ip", "link", "set", "up1", "up");
        }
        await sender.reach(TARGETS);
        await sender.stop();
        const { counters } = sender;
        assert.equal(counters[SEND.made], TARGETS);
        assert.equal(counters[SEND.accepted], TARGETS);
        assert.equal(counters[SEND.abandoned], 0);
        assert.equal(counters[SEND.pending], 0);
        assert.ok(counters[SEND.refused]! > 0);
        const counts = countFrames(capture);
        assert.deepEqual(
          [...counts.values()].filter((count) => count !== 1),
          [],
        );
        // Through a socket, frames may still be dropped while the link goes: the driver's loss, not the sender's.
        const mayDrop = backend === "sendmmsg" ? TARGETS / 20 : 0;
        assert.ok(counts.size >= TARGETS - mayDrop, `${counts.size} arrived`);
      },
    },
  );

  namespaceTest(
    import.meta,
    `A sender with ${backend} counts exactly what was sent when the interface is removed`,
    {
      setup: VETH_SETUP,
      async run(): Promise<void> {
        using capture = openCapture();
        const sender = new Sender();
        await sender.start(backend);
        sender.go();
        await sender.reach(TARGETS / 2);
        // A frame on its way into a pair that is taken apart may be lost: what was sent is read first.
        const { counters } = sender;
        await run("ip", "link", "set", "up0", "down");
        await pause(50);
        const sent = [...countFrames(capture).values()]
          .reduce((sum, count) => sum + count, 0);
        await run("ip", "link", "del", "up0");
        await pause(100);
        await sender.stop();
        // Through a socket, frames may still be dropped while the link goes: the driver's loss, not the sender's.
        const mayDrop = backend === "sendmmsg" ? TARGETS / 20 : 0;
        const accepted = counters[SEND.accepted]!;
        assert.ok(accepted >= sent && accepted - sent <= mayDrop);
        assert.equal(
          counters[SEND.made],
          accepted + counters[SEND.abandoned]! + counters[SEND.pending]!,
        );
        assert.ok(counters[SEND.refused]! > 0);
        assert.equal(counters[SEND.abandoned], 0);
      },
    },
  );

  namespaceTest(
    import.meta,
    `A sender with ${backend} pauses by itself while responses pile up, whatever the main thread does`,
    {
      setup: VETH_SETUP,
      async run(): Promise<void> {
        using capture = openCapture();
        const sender = new Sender();
        const { counters, records } = sender;
        const half = records.words.length / 2;
        await sender.start(backend);
        sender.go();
        await sender.reach(TARGETS / 4);
        fill(records, half + 1);
        while (counters[SEND.held] !== 1) await pause(1);
        const accepted = counters[SEND.accepted]!;
        await pause(100);
        assert.equal(counters[SEND.accepted], accepted);
        fill(records, half / 2 - 1);
        await sender.reach(TARGETS);
        await sender.stop();
        assert.equal(counters[SEND.held], 0);
        assert.equal(counters[SEND.holds], 1);
        assert.equal(countFrames(capture).size, TARGETS);
      },
    },
  );
}

/** Makes a queue look as if responses of so many words waited in it. */
function fill({ ends }: RecordQueueMemory, words: number): void {
  Atomics.store(ends, 1, (Atomics.load(ends, 0) + words) | 0);
}
