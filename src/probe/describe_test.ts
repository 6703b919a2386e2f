import assert from "node:assert/strict";
import { IPV4_MODULES } from "../../tests/fixtures/probe_scene.ts";
import { describeFrame } from "./describe.ts";
import { requireProbeModule } from "./registry.ts";

const TARGET = Uint32Array.of(0xc000_0206, 80, 0x0a01_0203, 0, 0, 0);
const TAG = Uint32Array.of(2448179054, 0, 0, 0xffff_0000);
const LINK_HEADER = Uint8Array.of(
  ...[0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x02, 0, 0, 0, 0, 0x01, 0x08, 0x00],
);

function describe(name: string, linkHeader: Uint8Array): string {
  const module = requireProbeModule(name);
  const probe = module.create({
    linkHeader,
    sourcePortFirst: 46621,
    sourcePortLast: 46621,
    maxProbes: 1,
    ttl: 64,
    args: module.exampleArgs,
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

/** A line that is the same but for its checksums, `#`, and numbers that come from the tag, `*`. */
function pattern(lines: readonly string[]): RegExp {
  const text = lines.map((line) => `${line}\n`).join("")
    .replaceAll(/[.{}|]/g, "\\$&")
    .replaceAll("#", "(?:0X[0-9A-F]{2,4}|0000)")
    .replaceAll("*", "[0-9]+");
  return new RegExp(`^${text}$`);
}

const DASHES = "-".repeat(54);
const IP_LINE = "ip { saddr: 10.1.2.3 | daddr: 192.0.2.6 | checksum: # }";
const ETHERNET_LINE =
  "eth { shost: 02:00:00:00:00:01 | dhost: 00:11:22:33:44:55 }";
const TCP_LINE = "tcp { source: 46621 | dest: 80 | seq: * | checksum: # }";
const ICMP_LINE = "icmp { type: 8 | code: 0 | checksum: # | id: * | seq: * }";
const UDP_LINE = "udp { source: 46621 | dest: 80 | checksum: 0000 }";

/** What each kind of probe prints above the line of the outer IP header. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  tcp_synscan: [TCP_LINE],
  tcp_synackscan: [TCP_LINE],
  icmp_echoscan: [ICMP_LINE],
  icmp_echo_time: [ICMP_LINE],
  udp: [UDP_LINE],
  ntp: ["ntp { LI_VN_MODE: 227 | stratum: 0 | poll: 0 }", UDP_LINE],
  upnp: [UDP_LINE],
  dns: [DASHES, "dns { source: 46621 | dest: 80 | checksum: 0000 }"],
  bacnet: [UDP_LINE],
  ipip: [
    UDP_LINE,
    "ip { saddr: 192.0.2.6 | daddr: 10.1.2.3 | checksum: # }",
  ],
};

Deno.test("describeFrame() prints each kind of probe as ZMap does", () => {
  for (const { name } of IPV4_MODULES) {
    const lines = [...TEXTS[name]!, IP_LINE];
    assert.match(
      describe(name, LINK_HEADER),
      pattern([...lines, ETHERNET_LINE, DASHES]),
      name,
    );
    assert.match(
      describe(name, new Uint8Array(0)),
      pattern([...lines, DASHES]),
      name,
    );
  }
});
