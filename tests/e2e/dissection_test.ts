import assert from "node:assert/strict";
import { TSHARK } from "../../src/demo/mod.ts";
import { requireProbeModule } from "../../src/probe/mod.ts";
import {
  DLT_EN10MB,
  IP_PROTOCOL_ICMPV6,
  multicastMac,
  NDP_ADVERTISEMENT,
  NDP_BYTES,
  NDP_HOP_LIMIT,
  NDP_OVERRIDE,
  NDP_SOLICITATION,
  NDP_SOLICITED,
  type NeighborMessage,
  solicitedNodeAddress,
  writeIpv6Header,
  writeNeighborMessage,
} from "../../src/wire/mod.ts";
import { makeProbe, send } from "../fixtures/probe_scene.ts";
import {
  ipv6,
  LINK_HEADER6,
  makeProbe6,
  SCANNER6,
  send6,
} from "../fixtures/probe_scene6.ts";
import { runOutside } from "./namespace.ts";
import { findSkipReason, testUnless } from "./skip.ts";

/** Every kind of probe, and what tshark has to take its packets for. */
const KINDS = [
  { module: "tcp_synscan", args: "windows", port: 80, layers: "tcp" },
  { module: "tcp_synscan", args: "linux", port: 80, layers: "tcp" },
  { module: "tcp_synscan", args: "bsd", port: 80, layers: "tcp" },
  { module: "tcp_synscan", args: "smallest-probes", port: 80, layers: "tcp" },
  { module: "tcp_synackscan", args: "", port: 80, layers: "tcp" },
  { module: "icmp_echoscan", args: "text:ping", port: 0, layers: "icmp:data" },
  { module: "icmp_echo_time", args: "", port: 0, layers: "icmp:data" },
  { module: "udp", args: "text:hello", port: 9, layers: "udp:data" },
  { module: "dns", args: "AAAA,example.com", port: 53, layers: "udp:dns" },
  { module: "ntp", args: "", port: 123, layers: "udp:ntp" },
  { module: "upnp", args: "", port: 1900, layers: "udp:ssdp" },
  { module: "bacnet", args: "", port: 47808, layers: "udp:bvlc:bacnet:bacapp" },
  { module: "ipip", args: "", port: 9, layers: "ip:udp:data" },
] as const;
/** Those that go over IPv6, too. Payloads of odd length have sums of their own. */
const KINDS6 = [
  ...KINDS.filter(({ module }) => !["upnp", "ipip"].includes(module)),
  { module: "udp", args: "payload:sip_5060", port: 5060, layers: "udp:sip" },
  {
    module: "udp",
    args: "payload:pcp_5351",
    port: 5351,
    layers: "udp:portcontrol",
  },
] as const;
/** Source ports by which tshark takes datagrams for no protocol. */
const UNKNOWN_PORTS = { sourcePortFirst: 61_000, sourcePortLast: 61_400 };
/** Probes of each kind: enough for sums that carry twice. */
const COUNT = 2000;
const STEP = 0x0101_0107;
/** Little-endian, microseconds: <https://www.tcpdump.org/manpages/pcap-savefile.5.html>. */
const PCAP_MAGIC = 0xa1b2_c3d4;
const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
/** tshark does not check these sums unless told to; UDP probes over IPv4 have none. */
const CHECKS = ["ip", "tcp", "udp"].flatMap((protocol) => [
  "-o",
  `${protocol}.check_checksum:TRUE`,
]);
const FAULTS = [
  "_ws.malformed",
  "_ws.expert.severity == error",
  ...["ip", "tcp", "udp", "icmp", "icmpv6"].map((one) =>
    `${one}.checksum.status == 0`
  ),
].join(" || ");

const skipReason = await findSkipReason([TSHARK]);

/** Frames of one kind. */
interface Kind {
  readonly name: string;
  /** As tshark names them, below Ethernet. */
  readonly layers: string;
  readonly frameOf: (i: number) => Uint8Array;
}

function nameOf(module: string, args: string): string {
  return `${module} ${args}`.trimEnd();
}

testUnless(
  skipReason,
  "tshark finds no fault in probes of any kind",
  () =>
    checkFrames(KINDS.map(({ args, layers, module, port }) => {
      const probe = makeProbe(requireProbeModule(module), { args });
      return {
        name: nameOf(module, args),
        layers: `ip:${layers}`,
        frameOf: (i) => {
          const address = Math.imul(i + 1, STEP) >>> 0;
          return send(probe, { address, port }).frame.slice();
        },
      };
    })),
);

testUnless(
  skipReason,
  "tshark finds no fault in probes of any kind over IPv6",
  () =>
    checkFrames(KINDS6.map(({ args, layers, module, port }) => {
      const probe = makeProbe6(requireProbeModule(module), {
        args,
        ...UNKNOWN_PORTS,
      });
      return {
        name: nameOf(module, args),
        layers: `ipv6:${layers.replace("icmp", "icmpv6")}`,
        frameOf: (i) => {
          const random = Math.imul(i + 1, STEP) >>> 0;
          const address = Uint32Array.of(0x2001_0db8, i, ~random, random);
          return send6(probe, { address, port }).frame.slice();
        },
      };
    })),
);

testUnless(skipReason, "tshark finds no fault in neighbour discovery", () => {
  const mac = LINK_HEADER6.slice(6, 12);
  const frameOf = (i: number): Uint8Array => {
    const target = Uint32Array.of(0xfe80_0000, 0, i, Math.imul(i, STEP));
    return i % 2 === 0
      ? neighborFrame(
        { type: NDP_SOLICITATION, flags: 0, target, mac },
        solicitedNodeAddress(target),
      )
      : neighborFrame({
        type: NDP_ADVERTISEMENT,
        flags: NDP_SOLICITED | NDP_OVERRIDE,
        target,
        mac,
      }, ipv6("fe80::1"));
  };
  return checkFrames([{ name: "discovery", layers: "ipv6:icmpv6", frameOf }]);
});

function neighborFrame(
  message: NeighborMessage,
  destination: Uint32Array,
): Uint8Array {
  const frame = new Uint8Array(14 + 40 + NDP_BYTES);
  const view = new DataView(frame.buffer);
  frame.set(LINK_HEADER6);
  if (destination[0]! >>> 24 === 0xff) frame.set(multicastMac(destination));
  const pair = { source: SCANNER6, destination };
  const at = writeIpv6Header(view, 14, {
    ...pair,
    trafficClass: 0,
    flowLabel: 0,
    payloadBytes: NDP_BYTES,
    nextHeader: IP_PROTOCOL_ICMPV6,
    hopLimit: NDP_HOP_LIMIT,
  });
  assert.equal(writeNeighborMessage(view, at, message, pair), frame.length);
  return frame;
}

/** Fails unless tshark finds the layers of each kind in `COUNT` frames of it, and no fault. */
async function checkFrames(kinds: readonly Kind[]): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/probes.pcap`;
    const frames = kinds.flatMap(({ frameOf }) =>
      Array.from({ length: COUNT }, (_, i) => frameOf(i))
    );
    await Deno.writeFile(path, captureFile(frames));
    const read = ["tshark", "-n", "-r", path, ...CHECKS];
    const [faults, all] = await Promise.all([
      runOutside([...read, "-Y", FAULTS]),
      runOutside([...read, "-T", "fields", "-e", "frame.protocols"]),
    ]);
    assert.equal(faults.code, 0, faults.stderr);
    assert.equal(faults.stdout.slice(0, 2000), "");
    const lines = all.stdout.trim().split("\n");
    assert.equal(lines.length, frames.length);
    kinds.forEach(({ layers, name }, at) => {
      const own = new Set(lines.slice(at * COUNT, (at + 1) * COUNT));
      assert.deepEqual([...own], [`eth:ethertype:${layers}`], name);
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

testUnless(skipReason, "tshark would find a wrong checksum", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const { frame } = send(makeProbe(requireProbeModule("tcp_synscan")));
    const over6 = ["udp", "icmp_echoscan"].map((name) =>
      send6(makeProbe6(requireProbeModule(name), { args: "text:a" })).frame
    );
    const frames = [frame, ...over6];
    for (const one of frames) one[one.length - 1]! ^= 1;
    await Deno.writeFile(`${directory}/wrong.pcap`, captureFile(frames));
    const { stdout } = await runOutside([
      ...["tshark", "-n", "-r", `${directory}/wrong.pcap`, ...CHECKS],
      ...["-Y", FAULTS],
    ]);
    assert.match(stdout, /TCP.*\n.*UDP.*\n.*ICMPv6/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

/** The frames as a capture file. */
function captureFile(frames: readonly Uint8Array[]): Uint8Array {
  const lengthBytes = frames.reduce(
    (sum, { length }) => sum + PACKET_HEADER_BYTES + length,
    FILE_HEADER_BYTES,
  );
  const view = new DataView(new ArrayBuffer(lengthBytes));
  view.setUint32(0, PCAP_MAGIC, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 65_535, true);
  view.setUint32(20, DLT_EN10MB, true);
  let at = FILE_HEADER_BYTES;
  for (const frame of frames) {
    view.setUint32(at + 8, frame.length, true);
    view.setUint32(at + 12, frame.length, true);
    new Uint8Array(view.buffer).set(frame, at + PACKET_HEADER_BYTES);
    at += PACKET_HEADER_BYTES + frame.length;
  }
  return new Uint8Array(view.buffer);
}
