import assert from "node:assert/strict";
import { TSHARK } from "../../src/demo/mod.ts";
import { requireProbeModule } from "../../src/probe/mod.ts";
import { DLT_EN10MB } from "../../src/wire/mod.ts";
import { makeProbe, send } from "../fixtures/probe_scene.ts";
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
/** Probes of each kind: enough for sums that carry twice. */
const COUNT = 2000;
const STEP = 0x0101_0107;
/** Little-endian, microseconds: <https://www.tcpdump.org/manpages/pcap-savefile.5.html>. */
const PCAP_MAGIC = 0xa1b2_c3d4;
const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
/** tshark does not check these sums unless told to, and UDP probes have none. */
const CHECKS = ["ip", "tcp", "udp"].flatMap((protocol) => [
  "-o",
  `${protocol}.check_checksum:TRUE`,
]);
const FAULTS = [
  "_ws.malformed",
  "_ws.expert.severity == error",
  ...["ip", "tcp", "udp", "icmp"].map((one) => `${one}.checksum.status == 0`),
].join(" || ");

const skipReason = await findSkipReason([TSHARK]);

for (const { args, layers, module, port } of KINDS) {
  const name = args === "" ? module : `${module} ${args}`;
  testUnless(
    skipReason,
    `tshark finds no fault in probes of ${name}`,
    async () => {
      const directory = await Deno.makeTempDir();
      try {
        const path = `${directory}/probes.pcap`;
        const probe = makeProbe(requireProbeModule(module), { args });
        const frames = Array.from(
          { length: COUNT },
          (_, i) =>
            send(probe, { address: Math.imul(i + 1, STEP) >>> 0, port }).frame,
        );
        await Deno.writeFile(path, captureFile(frames));
        const read = ["tshark", "-n", "-r", path, ...CHECKS];
        const faults = await runOutside([...read, "-V", "-Y", FAULTS]);
        assert.equal(faults.code, 0, faults.stderr);
        assert.equal(faults.stdout, "");
        const all = await runOutside([
          ...[...read, "-T", "fields", "-e", "frame.protocols"],
        ]);
        const lines = all.stdout.trim().split("\n");
        assert.equal(lines.length, COUNT);
        assert.deepEqual([...new Set(lines)], [
          `eth:ethertype:ip:${layers}`,
        ]);
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  );
}

testUnless(skipReason, "tshark would find a wrong checksum", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const { frame } = send(makeProbe(requireProbeModule("tcp_synscan")));
    frame[frame.length - 1]! ^= 1;
    await Deno.writeFile(`${directory}/wrong.pcap`, captureFile([frame]));
    const { stdout } = await runOutside([
      ...["tshark", "-n", "-r", `${directory}/wrong.pcap`, ...CHECKS],
      ...["-Y", FAULTS],
    ]);
    assert.match(stdout, /TCP/);
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
