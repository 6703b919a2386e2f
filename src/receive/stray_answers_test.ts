import assert from "node:assert/strict";
import {
  requireProbeModule,
  TARGET_ADDRESS,
  TARGET_PORT,
  TARGET_SLOTS,
  TARGET_SOURCE,
} from "../probe/mod.ts";
import { makeCounters, RECEIVE, RECEIVE_SLOTS } from "../shm/mod.ts";
import {
  addressSet,
  makeTargetPlan,
  parsePrefix,
  RangeBuilder,
  TargetSpace,
} from "../targets/mod.ts";
import { computeTag } from "../validation/mod.ts";
import { StrayAnswers, type StraySource } from "./stray_answers.ts";

const KEY = Uint32Array.of(11, 22, 33, 44);
const SCANNER = 0xc000_0201;
const TARGET = 0xc612_0001;
const PORT = 80;
const TCP = 20;
const INTERFACE = 7;

const probe = requireProbeModule("tcp_synscan").create({
  linkHeader: new Uint8Array(0),
  sourcePortFirst: 32768,
  sourcePortLast: 61000,
  maxProbes: 1,
  ttl: 64,
  args: "",
});

/** The SYN-ACK of a target, as an IP packet. */
function answerOf(address: number, port = PORT): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(256);
  const view = new DataView(bytes.buffer);
  const target = new Uint32Array(TARGET_SLOTS);
  const tag = new Uint32Array(4);
  target[TARGET_ADDRESS] = address;
  target[TARGET_PORT] = port;
  target[TARGET_SOURCE] = SCANNER;
  computeTag(KEY, SCANNER, address, port, tag);
  probe.prepare(view, 0);
  const length = probe.patch(view, 0, target, tag);
  view.setUint32(12, address);
  view.setUint32(16, SCANNER);
  const sourcePort = view.getUint16(TCP);
  view.setUint16(TCP, port);
  view.setUint16(TCP + 2, sourcePort);
  view.setUint32(TCP + 8, view.getUint32(TCP + 4) + 1);
  bytes[TCP + 13] = 0x12;
  return bytes.slice(0, length);
}

/** Gives the packets it was made with, one after the other. */
class ListSource implements StraySource {
  readonly view = new DataView(new ArrayBuffer(256));
  readonly interfaceIndex = INTERFACE;
  wireBytes = 0;
  readonly #packets: Uint8Array[];

  constructor(packets: readonly Uint8Array[]) {
    this.#packets = [...packets];
  }

  next(): number {
    const packet = this.#packets.shift();
    if (packet === undefined) return 0;
    new Uint8Array(this.view.buffer).set(packet);
    this.wireBytes = packet.length;
    return packet.length;
  }
}

/** Counters after these packets came elsewhere. */
function countersAfter(packets: readonly Uint8Array[]): Float64Array {
  const builder = new RangeBuilder();
  builder.addPrefix(parsePrefix("198.18.0.0/15"));
  const plan = makeTargetPlan({
    addresses: addressSet(builder),
    ports: Uint16Array.of(PORT),
    seed: 1n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  });
  const counters = makeCounters(RECEIVE_SLOTS);
  new StrayAnswers({
    source: new ListSource(packets),
    space: new TargetSpace(plan),
    probe,
    counters,
    validationKey: KEY,
    isPortChecked: true,
  }).poll();
  return counters;
}

Deno.test("StrayAnswers.poll() counts valid answers and remembers their interface", () => {
  const counters = countersAfter([answerOf(TARGET), answerOf(TARGET + 1)]);
  assert.equal(counters[RECEIVE.elsewhere], 2);
  assert.equal(counters[RECEIVE.elsewhereInterface], INTERFACE);
  assert.equal(counters[RECEIVE.seen], 0, "none of them is captured");
});

Deno.test("StrayAnswers.poll() counts nothing else, whatever its bytes", () => {
  const forged = answerOf(TARGET);
  new DataView(forged.buffer).setUint32(TCP + 8, 1);
  const valid = answerOf(TARGET);
  const counters = countersAfter([
    forged,
    answerOf(0x0808_0808),
    answerOf(TARGET, 81),
    ...Array.from(
      { length: valid.length - 1 },
      (_, i) => valid.slice(0, i + 1),
    ),
    new Uint8Array(60).fill(0xff),
  ]);
  assert.equal(counters[RECEIVE.elsewhere], 0);
  assert.equal(counters[RECEIVE.elsewhereInterface], 0);
});
