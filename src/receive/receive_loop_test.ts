import type { PacketSource } from "../backend/mod.ts";
import assert from "node:assert/strict";
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
  type RecordHead,
  RecordQueue,
} from "../shm/mod.ts";
import {
  addressSet,
  makeTargetPlan,
  parsePrefix,
  RangeBuilder,
  TargetSpace,
} from "../targets/mod.ts";
import { DLT_EN10MB } from "../wire/mod.ts";
import type { Dedup, ReceiveFilter } from "./_answer_recorder.ts";
import { ReceiveLoop, type ReceiveParts } from "./receive_loop.ts";
import {
  answerOf,
  IP,
  KEY,
  probe,
  RST_ACK,
  SYN_ACK,
  TARGET,
  TCP,
} from "./_test_answers.ts";

/** Gives the packets it was made with, then orders the loop to stop. */
class ListSource implements PacketSource {
  readonly seconds = 1_700_000_000;
  readonly microseconds = 5;
  readonly linkType = DLT_EN10MB;
  wireBytes = 0;
  readonly view = new DataView(new ArrayBuffer(256));
  readonly #packets: Uint8Array[];
  readonly #atEnd: () => void;

  constructor(packets: readonly Uint8Array[], atEnd: () => void) {
    this.#packets = [...packets];
    this.#atEnd = atEnd;
  }

  next(): number {
    const packet = this.#packets.shift();
    if (packet === undefined) {
      this.#atEnd();
      return 0;
    }
    new Uint8Array(this.view.buffer).set(packet);
    this.wireBytes = packet.length;
    return packet.length;
  }

  lastError(): string {
    return "";
  }
  readonly holdMs = 0;
  wait(): void {}
  stats(out: Float64Array): void {
    out.fill(7);
  }
  close(): void {}
}

function receive(
  packets: readonly Uint8Array[],
  filter: ReceiveFilter = { isSuccessOnly: false, isUniqueOnly: false },
  queueBits = 12,
  more: Partial<ReceiveParts> = {},
): { counters: Float64Array; records: RecordHead[] } {
  const builder = new RangeBuilder();
  builder.addPrefix(parsePrefix("198.18.0.0/15"));
  const plan = makeTargetPlan({
    addresses: addressSet(builder),
    ports: Uint16Array.of(80, 81),
    seed: 1n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  });
  const control = makeControl();
  const counters = makeCounters(RECEIVE_SLOTS);
  const queue = new RecordQueue(makeRecordQueueMemory(queueBits));
  const loop = new ReceiveLoop({
    strays: null,
    source: new ListSource(packets, () => giveCommand(control, Command.stop)),
    space: new TargetSpace(plan),
    probe,
    control,
    counters,
    queue,
    filter,
    answers: null,
    validationKey: KEY,
    hasPorts: true,
    dedup: { method: "full" },
    isPortChecked: true,
    ...more,
  });
  assert.equal(loop.run(), null);
  const head: RecordHead = makeRecordHead();
  const records: RecordHead[] = [];
  while (queue.shift(head) >= 0) {
    records.push({ ...head });
    queue.release();
  }
  assert.equal(
    counters[RECEIVE.seen],
    packets.length,
    "every packet is counted",
  );
  const kinds = [
    RECEIVE.damaged,
    RECEIVE.fragments,
    RECEIVE.otherLink,
    RECEIVE.unrecognised,
    RECEIVE.outside,
    RECEIVE.invalid,
    RECEIVE.valid,
  ];
  assert.equal(
    kinds.reduce((sum, slot) => sum + counters[slot]!, 0),
    packets.length,
    "in exactly one place",
  );
  return { counters, records };
}

function changed(
  packet: Uint8Array,
  change: (view: DataView) => void,
): Uint8Array {
  const copy = packet.slice();
  change(new DataView(copy.buffer));
  return copy;
}

Deno.test("ReceiveLoop.run() hands over a SYN-ACK as a success and its repeat as a repeat", () => {
  const answer = answerOf(TARGET, 80, SYN_ACK);
  const { counters, records } = receive([answer, answer]);
  assert.equal(records.length, 2);
  assert.equal(records[0]!.targetAddress, TARGET);
  assert.equal(records[0]!.targetPort, 80);
  assert.equal(records[0]!.seconds, 1_700_000_000);
  assert.equal(records[0]!.flags, RecordFlag.success);
  assert.equal(records[1]!.flags, RecordFlag.success | RecordFlag.repeat);
  assert.equal(counters[RECEIVE.successUnique], 1);
  assert.equal(counters[RECEIVE.repeats], 1);
  assert.equal(counters[RECEIVE.pcapDropped], 7);
});

Deno.test("ReceiveLoop.run() keeps ports of one address apart", () => {
  const { counters } = receive([
    answerOf(TARGET, 80, SYN_ACK),
    answerOf(TARGET, 81, SYN_ACK),
  ]);
  assert.equal(counters[RECEIVE.successUnique], 2);
});

Deno.test("ReceiveLoop.run() takes answers from other ports only if told to", () => {
  const answers = [answerOf(TARGET, 82, SYN_ACK)];
  assert.equal(receive(answers).counters[RECEIVE.outside], 1);
  const { counters } = receive(answers, undefined, undefined, {
    isPortChecked: false,
  });
  assert.equal(counters[RECEIVE.valid], 1);
});

Deno.test("ReceiveLoop.run() finds repeats by the method it is given", () => {
  const answers = [80, 81, 80].map((port) => answerOf(TARGET, port, SYN_ACK));
  const repeats = (dedup: Dedup): number =>
    receive(answers, undefined, undefined, { dedup })
      .counters[RECEIVE.repeats]!;
  assert.equal(repeats({ method: "full" }), 1);
  assert.equal(repeats({ method: "none" }), 0);
  assert.equal(repeats({ method: "window", size: 2 }), 1);
  assert.equal(repeats({ method: "window", size: 1 }), 0);
});

Deno.test("ReceiveLoop.run() lets no failure suppress a success, whatever finds repeats", () => {
  const answers = [RST_ACK, SYN_ACK, RST_ACK].map((flags) =>
    answerOf(TARGET, 80, flags)
  );
  const methods = [{ method: "full" }, { method: "window", size: 9 }] as const;
  for (const dedup of methods) {
    const { records } = receive(answers, undefined, undefined, { dedup });
    assert.deepEqual(records.map((record) => record.flags), [
      0,
      RecordFlag.success,
      RecordFlag.repeat,
    ]);
  }
});

Deno.test("ReceiveLoop.run() counts application successes, whatever the output wants", () => {
  const answers = [
    answerOf(TARGET, 80, SYN_ACK),
    answerOf(TARGET, 80, SYN_ACK),
    answerOf(TARGET + 1, 80, RST_ACK),
  ];
  const wanted = { isSuccessOnly: true, isUniqueOnly: true };
  const { counters } = receive(answers, wanted, undefined, {
    probe: {
      ...probe,
      classes: probe.classes.map((one, i) => ({
        ...one,
        isAppSuccess: i === 0,
      })),
    },
  });
  assert.equal(counters[RECEIVE.appSuccess], 2);
  assert.equal(counters[RECEIVE.appSuccessUnique], 1);
  assert.equal(receive(answers).counters[RECEIVE.appSuccess], 0);
});

Deno.test("ReceiveLoop.run() takes no failure for a repeat of another, and counts its target once", () => {
  const { counters, records } = receive([
    answerOf(TARGET, 80, RST_ACK),
    answerOf(TARGET, 80, RST_ACK),
  ]);
  assert.deepEqual(records.map((record) => record.flags), [0, 0]);
  assert.equal(counters[RECEIVE.failure], 2);
  assert.equal(counters[RECEIVE.failureUnique], 1);
});

Deno.test("ReceiveLoop.run() counts what the output does not want as filtered", () => {
  const answers = [
    answerOf(TARGET, 80, SYN_ACK),
    answerOf(TARGET, 80, SYN_ACK),
    answerOf(TARGET + 1, 80, RST_ACK),
  ];
  const { counters, records } = receive(answers, {
    isSuccessOnly: true,
    isUniqueOnly: true,
  });
  assert.equal(records.length, 1);
  assert.equal(counters[RECEIVE.filtered], 2);
});

Deno.test("ReceiveLoop.run() counts forged and damaged packets and hands over none", () => {
  const answer = answerOf(TARGET, 80, SYN_ACK);
  const forged = [
    changed(
      answer,
      (view) => view.setUint32(TCP + 8, view.getUint32(TCP + 8) ^ 1),
    ),
    changed(
      answer,
      (view) => view.setUint16(TCP + 2, view.getUint16(TCP + 2) ^ 1),
    ),
    changed(answer, (view) => view.setUint32(IP + 12, TARGET + 1)),
  ];
  const outside = answerOf(0x0808_0808, 80, SYN_ACK);
  const fragment = changed(
    answer,
    (view) => view.setUint16(IP + 6, 0x2000),
  );
  const vlan = changed(answer, (view) => view.setUint16(12, 0x8100));
  const truncated = Array.from(
    { length: answer.length },
    (_, i) => answer.slice(0, i + 1),
  ).filter((packet) => packet.length < TCP + 20);
  const liar = changed(answer, (view) => view.setUint16(IP + 2, 21));
  const { counters, records } = receive([
    ...forged,
    outside,
    fragment,
    vlan,
    ...truncated,
    liar,
  ]);
  assert.deepEqual(records, []);
  assert.equal(counters[RECEIVE.invalid], 3);
  assert.equal(counters[RECEIVE.outside], 1);
  assert.equal(counters[RECEIVE.fragments], 1);
  assert.equal(counters[RECEIVE.otherLink], 1);
  assert.equal(
    counters[RECEIVE.damaged]! + counters[RECEIVE.unrecognised]!,
    truncated.length + 1,
  );
});

Deno.test("ReceiveLoop.run() counts what finds the queue full as lost", () => {
  const answers = Array.from(
    { length: 50 },
    (_, i) => answerOf(TARGET + i, 80, SYN_ACK),
  );
  const { counters, records } = receive(answers, {
    isSuccessOnly: false,
    isUniqueOnly: false,
  }, 8);
  assert.equal(records.length, counters[RECEIVE.handedOver]);
  assert.ok(counters[RECEIVE.lostHandOver]! > 0);
  assert.equal(
    counters[RECEIVE.valid],
    counters[RECEIVE.handedOver]! + counters[RECEIVE.lostHandOver]!,
  );
});
