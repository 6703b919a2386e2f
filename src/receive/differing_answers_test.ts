import assert from "node:assert/strict";
import {
  FrameBuilder,
  requireProbeModule,
  responseColumns,
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
  addressSet,
  Ipv6TargetSpace,
  makeIpv6TargetPlan,
  makeTargetPlan,
  NO_IPV6_ENTRIES,
  parseIpv6Prefix,
  parsePrefix,
  RangeBuilder,
  selectIpv6Addresses,
  TargetSpace,
} from "../targets/mod.ts";
import { ListSource, Slots } from "../../tests/fixtures/link_scene.ts";
import {
  KEY,
  LINK_HEADER,
  makeProbe,
  viewOf,
} from "../../tests/fixtures/probe_scene.ts";
import { makeProbe6, SCANNER6 } from "../../tests/fixtures/probe_scene6.ts";
import { ReceiveLoop } from "./receive_loop.ts";

const SOURCE = 0x0a09_0001;
const COUNT = 4;
const ARGS = { args: "A,example.com", maxProbes: 2 };
const module = requireProbeModule("dns");
const ORDER = { seed: 1n, shards: 1, shard: 0, maxTargets: null };

interface Family {
  readonly name: string;
  /** Where addresses and the UDP header are in a frame. */
  readonly addressAt: number;
  readonly addressBytes: number;
  readonly udpAt: number;
  /** The frames of one probe to each target. */
  frames(probeNumber: number): Uint8Array[];
  receive(packets: readonly Uint8Array[]): number[][];
}

const builder4 = new RangeBuilder();
builder4.addPrefix(parsePrefix("198.18.0.0/30"));
const space4 = new TargetSpace(makeTargetPlan({
  ...{ addresses: addressSet(builder4), ports: Uint16Array.of(53) },
  ...ORDER,
}));
const space6 = new Ipv6TargetSpace(makeIpv6TargetPlan({
  addresses: selectIpv6Addresses({
    allowed: {
      ...NO_IPV6_ENTRIES,
      ranges: [parseIpv6Prefix("2001:db8::/126")],
    },
    listed: null,
    blocked: NO_IPV6_ENTRIES,
    window: null,
  }),
  ports: Uint16Array.of(53),
  ...ORDER,
}));
const probe4 = makeProbe(module, { linkHeader: LINK_HEADER, ...ARGS });
const probe6 = makeProbe6(module, ARGS);

const FAMILIES: readonly Family[] = [
  {
    name: "IPv4",
    addressAt: 26,
    addressBytes: 4,
    udpAt: 34,
    frames: (probeNumber) =>
      framesOf((slots) =>
        new FrameBuilder({
          ...{ slots, probe: probe4, validationKey: KEY, hops: null },
          ...{ space: space4, sourceAddresses: Uint32Array.of(SOURCE) },
        }), probeNumber),
    receive: (packets) =>
      receive(packets, (shared) =>
        new ReceiveLoop({
          ...{ ...shared, space: space4, probe: probe4 },
          ...{ answers: null, hasPorts: false },
        })),
  },
  {
    name: "IPv6",
    addressAt: 22,
    addressBytes: 16,
    udpAt: 54,
    frames: (probeNumber) =>
      framesOf((slots) =>
        new FrameBuilder({
          ...{ slots, probe: probe6, validationKey: KEY },
          ipv6: {
            space: space6,
            sources: { kind: "list", words: SCANNER6 },
            hops: null,
          },
        }), probeNumber),
    receive: (packets) =>
      receive(packets, (shared) =>
        new ReceiveLoop({
          ...shared,
          ipv6: {
            space: space6,
            probe: probe6,
            sources: { kind: "list", words: SCANNER6 },
            answers: null,
          },
        })),
  },
];

function framesOf(
  make: (slots: Slots) => FrameBuilder,
  probeNumber: number,
): Uint8Array[] {
  const slots = new Slots(COUNT);
  const builder = make(slots);
  builder.addRange(0, COUNT, 0, probeNumber);
  builder.finish();
  return Array.from({ length: COUNT }, (_, slot) => slots.frame(slot));
}

type Shared = Pick<
  ConstructorParameters<typeof ReceiveLoop>[0],
  | "control"
  | "counters"
  | "dedup"
  | "filter"
  | "isPortChecked"
  | "queue"
  | "source"
  | "strays"
  | "validationKey"
>;

/** For each record, whether it is a repeat, whether it differs; behind them, how many differ. */
function receive(
  packets: readonly Uint8Array[],
  make: (shared: Shared) => ReceiveLoop,
): number[][] {
  const control = makeControl();
  const counters = makeCounters(RECEIVE_SLOTS);
  const queue = new RecordQueue(makeRecordQueueMemory(14));
  const loop = make({
    source: new ListSource(packets, () => giveCommand(control, Command.stop)),
    ...{ control, counters, queue },
    filter: { isSuccessOnly: false, isUniqueOnly: false },
    validationKey: KEY,
    dedup: { method: "full" },
    isPortChecked: true,
    strays: null,
  });
  assert.equal(loop.run(), null);
  const head = makeRecordHead();
  const records: number[][] = [];
  while (queue.shift(head) >= 0) {
    const has = (flag: number): number => (head.flags & flag) === 0 ? 0 : 1;
    records.push([has(RecordFlag.repeat), has(RecordFlag.differs)]);
    queue.release();
  }
  return [...records, [counters[RECEIVE.differing]!]];
}

/** The answer to a query with one record: an address that ends so. */
function answerTo(
  frame: Uint8Array,
  { addressAt, addressBytes, udpAt }: Family,
  last: number,
): Uint8Array {
  const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, last, 0, 4, 10, 0, 0, last];
  const answer = Uint8Array.of(...frame, ...record);
  const view = viewOf(answer);
  const middle = addressAt + addressBytes;
  answer.copyWithin(addressAt, middle, middle + addressBytes);
  answer.set(frame.subarray(addressAt, middle), middle);
  answer.copyWithin(udpAt, udpAt + 2, udpAt + 4);
  answer.set(frame.subarray(udpAt, udpAt + 2), udpAt + 2);
  view.setUint16(udpAt + 4, view.getUint16(udpAt + 4) + record.length);
  const lengthAt = addressBytes === 4 ? 16 : 18;
  view.setUint16(lengthAt, view.getUint16(lengthAt) + record.length);
  const dns = udpAt + 8;
  view.setUint16(dns + 2, 0x8180);
  view.setUint16(dns + 6, 1);
  return answer;
}

for (const family of FAMILIES) {
  Deno.test(`ReceiveLoop marks answers to one DNS probe that differ: ${family.name}`, () => {
    const [first, other] = family.frames(0);
    const [again] = family.frames(1);
    const answers = [
      answerTo(first!, family, 1),
      answerTo(first!, family, 1),
      answerTo(first!, family, 2),
      answerTo(other!, family, 2),
      // A probe of its own.
      answerTo(again!, family, 3),
      answerTo(again!, family, 4),
    ];
    assert.deepEqual(family.receive(answers), [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
      [1, 0],
      [1, 1],
      [2],
    ]);
  });
}

Deno.test("the column differs says whether an answer differs", () => {
  const column = responseColumns(probe6).find(({ name }) =>
    name === "differs"
  )!;
  const response = {
    view: viewOf(new Uint8Array(40)),
    ...{ at: 0, end: 40, seconds: 0, microseconds: 0 },
    ...{ targetAddress: 8, targetPort: 53, classIndex: 0 },
    ...{ isSuccess: true, isRepeat: true, isCooldown: false },
  };
  assert.equal(column.read(response), false);
  assert.equal(column.read({ ...response, isDiffering: true }), true);
});
