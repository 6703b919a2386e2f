import assert from "node:assert/strict";
import { describeFrame } from "./describe.ts";
import { requireProbeModule } from "./registry.ts";

const TARGET = Uint32Array.of(0xc000_0206, 80, 0x0a01_0203, 0, 0, 0);
const TAG = Uint32Array.of(2448179054, 0, 0, 0xffff_0000);
const LINK_HEADER = Uint8Array.of(
  ...[0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x02, 0, 0, 0, 0, 0x01, 0x08, 0x00],
);

function describe(name: string, linkHeader: Uint8Array): string {
  const probe = requireProbeModule(name).create({
    linkHeader,
    sourcePortFirst: 46621,
    sourcePortLast: 46621,
    maxProbes: 1,
    ttl: 64,
    args: "",
  });
  const view = new DataView(new ArrayBuffer(256));
  const frameAt = 64;
  probe.prepare(view, frameAt);
  const lengthBytes = probe.patch(view, frameAt, TARGET, TAG);
  const linkBytes = linkHeader.length;
  return describeFrame(probe, { view, frameAt, lengthBytes, linkBytes });
}

Deno.test("describeFrame() prints TCP, IP and Ethernet as ZMap does", () => {
  const lines = describe("tcp_synscan", LINK_HEADER).split("\n");
  assert.match(
    lines[0]!,
    /^tcp \{ source: 46621 \| dest: 80 \| seq: 2448179054 \| checksum: 0X[0-9A-F]{2,4} \}$/,
  );
  assert.match(
    lines[1]!,
    /^ip \{ saddr: 10\.1\.2\.3 \| daddr: 192\.0\.2\.6 \| checksum: 0X[0-9A-F]{2,4} \}$/,
  );
  assert.equal(
    lines[2],
    "eth { shost: 02:00:00:00:00:01 | dhost: 00:11:22:33:44:55 }",
  );
  assert.equal(lines[3], "-".repeat(54));
  assert.deepEqual(lines.slice(4), [""]);
});

Deno.test("describeFrame() leaves Ethernet out where there is none", () => {
  const text = describe("icmp_echoscan", new Uint8Array(0));
  assert.match(
    text,
    /^icmp \{ type: 8 \| code: 0 \| checksum: 0X[0-9A-F]+ \| id: [0-9]+ \| seq: [0-9]+ \}\nip /,
  );
  assert.equal(text.includes("eth"), false);
});
