import assert from "node:assert/strict";
import { makeCounters, RECEIVE, RECEIVE_SLOTS } from "../shm/mod.ts";
import {
  addressSet,
  makeTargetPlan,
  parsePrefix,
  RangeBuilder,
  TargetSpace,
} from "../targets/mod.ts";
import {
  answerOf,
  IP,
  KEY,
  probe,
  SYN_ACK,
  TARGET,
  TCP,
} from "./_test_answers.ts";
import { StrayAnswers, type StraySource } from "./stray_answers.ts";

const PORT = 80;
const INTERFACE = 7;

/** The SYN-ACK of a target, as an IP packet. */
function packetOf(address: number, port = PORT): Uint8Array<ArrayBuffer> {
  return answerOf(address, port, SYN_ACK).slice(IP);
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
  const counters = countersAfter([packetOf(TARGET), packetOf(TARGET + 1)]);
  assert.equal(counters[RECEIVE.elsewhere], 2);
  assert.equal(counters[RECEIVE.elsewhereInterface], INTERFACE);
  assert.equal(counters[RECEIVE.seen], 0, "none of them is captured");
});

Deno.test("StrayAnswers.poll() counts nothing else, whatever its bytes", () => {
  const forged = packetOf(TARGET);
  new DataView(forged.buffer).setUint32(TCP - IP + 8, 1);
  const valid = packetOf(TARGET);
  const counters = countersAfter([
    forged,
    packetOf(0x0808_0808),
    packetOf(TARGET, 81),
    ...Array.from(
      { length: valid.length - 1 },
      (_, i) => valid.slice(0, i + 1),
    ),
    new Uint8Array(60).fill(0xff),
  ]);
  assert.equal(counters[RECEIVE.elsewhere], 0);
  assert.equal(counters[RECEIVE.elsewhereInterface], 0);
});
