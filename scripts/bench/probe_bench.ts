/**
 * What a packet costs in tag and probe: `deno bench scripts/bench/probe_bench.ts -- tcp_synscan linux`. Each call handles
 * `PACKETS` packets, so that the cost of the bench itself vanishes; divide the time by that.
 */
import {
  findProbeModule,
  type Probe,
  TARGET_ADDRESS,
  TARGET_PORT,
  TARGET_SLOTS,
  TARGET_SOURCE,
} from "../../src/probe/mod.ts";
import { computeTag, TAG_BLOCK, TagBlock } from "../../src/validation/mod.ts";
import {
  IP_PROTOCOL_TCP,
  TCP_ACK,
  TCP_SYN,
  writeIpv4Header,
  writeTcpHeader,
} from "../../src/wire/mod.ts";

const PACKETS = 1000;
const SLOT_BYTES = 2048;
const SLOTS = 64;
const LINK_BYTES = 14;
const SOURCE = 0x0a000001;
const FIRST_TARGET = 0xc6120000;
const PORT = 80;

const key = crypto.getRandomValues(new Uint32Array(4));
const target = new Uint32Array(TARGET_SLOTS);
target[TARGET_SOURCE] = SOURCE;
target[TARGET_PORT] = PORT;
const tag = new Uint32Array(4);

Deno.bench("computeTag() x 1000", () => {
  for (let i = 0; i < PACKETS; i++) {
    computeTag(key, SOURCE, FIRST_TARGET + i, PORT, tag);
  }
});

for (const vectors of [true, false]) {
  const block = new TagBlock(key, { vectors });
  const name = `TagBlock, ${vectors ? "with" : "without"} vectors, x 1024`;
  Deno.bench(name, () => {
    for (let i = 0; i < 1024; i += TAG_BLOCK) block.compute(TAG_BLOCK);
  });
}

// One kind per process keeps the calls of one shape, as in a worker: name it, and its arguments, behind `--`.
const name = Deno.args[0] ?? "tcp_synscan";
const probe = makeProbe(name, Deno.args[1] ?? "");
const frames = new DataView(new ArrayBuffer(SLOTS * SLOT_BYTES));
for (let slot = 0; slot < SLOTS; slot++) {
  probe.prepare(frames, slot * SLOT_BYTES);
}

Deno.bench(`${name}: patch() x 1000`, () => {
  for (let i = 0; i < PACKETS; i++) {
    target[TARGET_ADDRESS] = FIRST_TARGET + i;
    probe.patch(frames, (i % SLOTS) * SLOT_BYTES, target, tag);
  }
});

Deno.bench(`${name}: computeTag() and patch() x 1000`, () => {
  for (let i = 0; i < PACKETS; i++) {
    const address = FIRST_TARGET + i;
    target[TARGET_ADDRESS] = address;
    computeTag(key, SOURCE, address, PORT, tag);
    probe.patch(frames, (i % SLOTS) * SLOT_BYTES, target, tag);
  }
});

if (name === "tcp_synscan") benchReplies(probe);

function makeProbe(moduleName: string, args: string): Probe {
  const module = findProbeModule(moduleName);
  if (module === undefined) {
    throw new RangeError(`Cannot find probe module "${moduleName}"`);
  }
  return module.create({
    linkHeader: new Uint8Array(LINK_BYTES),
    sourcePortFirst: 32768,
    sourcePortLast: 61000,
    maxProbes: 1,
    ttl: 64,
    args,
  });
}

function benchReplies(tcp: Probe): void {
  const replies = new DataView(new ArrayBuffer(SLOTS * SLOT_BYTES));
  const read = new Uint32Array(TARGET_SLOTS);
  let replyBytes = 0;
  for (let slot = 0; slot < SLOTS; slot++) {
    const at = slot * SLOT_BYTES;
    target[TARGET_ADDRESS] = FIRST_TARGET + slot;
    computeTag(key, SOURCE, FIRST_TARGET + slot, PORT, tag);
    tcp.patch(frames, at, target, tag);
    replyBytes = writeSynAck(replies, at, frames.getUint16(at + 34)) - at;
  }
  Deno.bench(
    "tcp_synscan: identify(), computeTag(), validate(), classify() x 1000",
    () => {
      for (let i = 0; i < PACKETS; i++) {
        const at = (i % SLOTS) * SLOT_BYTES;
        const end = at + replyBytes;
        if (!tcp.identify(replies, at, end, read)) {
          throw new Error("Not identified");
        }
        computeTag(
          key,
          read[TARGET_SOURCE]!,
          read[TARGET_ADDRESS]!,
          read[TARGET_PORT]!,
          tag,
        );
        if (!tcp.validate(replies, at, end, read, tag)) {
          throw new Error("Not valid");
        }
        tcp.classify(replies, at, end, read, tag);
      }
    },
  );
}

/** A SYN-ACK to the probe of the current target and tag; returns the offset behind it. */
function writeSynAck(view: DataView, at: number, ownPort: number): number {
  const tcpAt = writeIpv4Header(view, at, {
    typeOfService: 0,
    totalBytes: 44,
    id: 0,
    mayFragment: false,
    hasMoreFragments: false,
    fragmentBytes: 0,
    ttl: 60,
    protocol: IP_PROTOCOL_TCP,
    source: target[TARGET_ADDRESS]!,
    destination: SOURCE,
  });
  return writeTcpHeader(view, tcpAt, {
    sourcePort: PORT,
    destinationPort: ownPort,
    sequence: 1,
    acknowledgement: (tag[0]! + 1) >>> 0,
    flags: TCP_SYN | TCP_ACK,
    window: 64240,
  }, Uint8Array.of(2, 4, 5, 0xb4));
}
