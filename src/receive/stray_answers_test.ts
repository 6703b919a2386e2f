import assert from "node:assert/strict";
import { Slots } from "../../tests/fixtures/link_scene.ts";
import {
  makeProbe6,
  SCANNER6,
  tcpAnswer6,
} from "../../tests/fixtures/probe_scene6.ts";
import {
  FrameBuilder,
  type Ipv6Sources,
  requireProbeModule,
  TARGET_ADDRESS6,
  TARGET_PORT,
  TARGET_SLOTS,
  TARGET_SOURCE6,
} from "../probe/mod.ts";
import { makeCounters, RECEIVE, RECEIVE_SLOTS } from "../shm/mod.ts";
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
const INTERFACE6 = 9;

/** The SYN-ACK of a target, as an IP packet. */
function packetOf(address: number, port = PORT): Uint8Array<ArrayBuffer> {
  return answerOf(address, port, SYN_ACK).slice(IP);
}

/** Gives the packets it was made with, one after the other. */
class ListSource implements StraySource {
  readonly view = new DataView(new ArrayBuffer(256));
  readonly interfaceIndex: number;
  wireBytes = 0;
  readonly #packets: Uint8Array[];

  constructor(packets: readonly Uint8Array[], interfaceIndex = INTERFACE) {
    this.#packets = [...packets];
    this.interfaceIndex = interfaceIndex;
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
function countersAfter(
  packets: readonly Uint8Array[],
  packets6: readonly Uint8Array[] = [],
): Float64Array {
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
    families: [
      {
        source: new ListSource(packets),
        targets: { space: new TargetSpace(plan), probe },
      },
      {
        source: new ListSource(packets6, INTERFACE6),
        targets: { ipv6: { space: SPACE6, probe: PROBE6, sources: SOURCES6 } },
      },
    ],
    counters,
    validationKey: KEY,
    isPortChecked: true,
  }).poll();
  return counters;
}

const SPACE6 = new Ipv6TargetSpace(makeIpv6TargetPlan({
  addresses: selectIpv6Addresses({
    allowed: {
      ...NO_IPV6_ENTRIES,
      ranges: [parseIpv6Prefix("2001:db8:8000::/120")],
    },
    listed: null,
    blocked: NO_IPV6_ENTRIES,
    window: null,
  }),
  ports: Uint16Array.of(PORT, 443),
  seed: 1n,
  shards: 1,
  shard: 0,
  maxTargets: null,
}));
const PROBE6 = makeProbe6(requireProbeModule("tcp_synscan"));
const SOURCES6: Ipv6Sources = { kind: "list", words: SCANNER6 };

/** The SYN-ACK to the probe of the target at a position, as an IP packet. */
function packetOf6(position: number): Uint8Array {
  const slots = new Slots(1);
  const builder = new FrameBuilder({
    slots,
    probe: PROBE6,
    validationKey: KEY,
    ipv6: { space: SPACE6, sources: SOURCES6, hops: null },
  });
  builder.add(0, position, 0);
  builder.finish();
  const packet = slots.frame(0).slice(IP);
  const view = new DataView(packet.buffer);
  const target = new Uint32Array(TARGET_SLOTS);
  for (let i = 0; i < 4; i++) {
    target[TARGET_ADDRESS6 + i] = view.getUint32(24 + 4 * i);
    target[TARGET_SOURCE6 + i] = view.getUint32(8 + 4 * i);
  }
  target[TARGET_PORT] = view.getUint16(42);
  const sent = { frame: packet, packet, target, tag: new Uint32Array(4) };
  const acknowledgement = view.getUint32(44) + 1;
  return tcpAnswer6(sent, { flags: SYN_ACK, acknowledgement });
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

Deno.test("StrayAnswers.poll() counts valid answers over IPv6 beside those over IPv4", () => {
  const answers = [0, 1, 511].map(packetOf6);
  const counters = countersAfter([packetOf(TARGET)], answers);
  assert.equal(counters[RECEIVE.elsewhere], 4);
  assert.equal(counters[RECEIVE.elsewhereInterface], INTERFACE6);
});

Deno.test("StrayAnswers.poll() counts nothing else over IPv6, whatever its bytes", () => {
  const valid = packetOf6(3);
  const [forged, otherPort, outside] = [48, 41, 20].map((at) => {
    const changed = valid.slice();
    changed[at]! ^= 1;
    return changed;
  });
  const counters = countersAfter([valid], [
    forged!,
    otherPort!,
    outside!,
    packetOf(TARGET),
    ...Array.from(
      { length: valid.length - 1 },
      (_, i) => valid.slice(0, i + 1),
    ),
    new Uint8Array(90).fill(0xff),
  ]);
  assert.equal(counters[RECEIVE.elsewhere], 0);
});
