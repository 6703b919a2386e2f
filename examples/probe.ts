// deno-lint-ignore-file no-console
// Builds the probe of a TCP SYN scan to a target, and reads it again: deno run probe.ts 192.0.2.7 443
import { formatIpv4, parseIpv4 } from "@pacemap/pacemap/base";
import { requireProbeModule, TARGET_SLOTS } from "@pacemap/pacemap/probe";
import { computeTag, TAG_WORDS } from "@pacemap/pacemap/validation";
import { ipv4PayloadAt, parseTcpHeader } from "@pacemap/pacemap/wire";

const [address = "192.0.2.7", port = "443"] = Deno.args;
const [target, source] = [parseIpv4(address), parseIpv4("192.0.2.1")];
const ports = { sourcePortFirst: 40000, sourcePortLast: 40000 };
const options = { linkHeader: new Uint8Array(0), maxProbes: 1, ttl: 64 };
const probe = requireProbeModule("tcp_synscan")
  .create({ ...options, ...ports, args: "" });
const tag = new Uint32Array(TAG_WORDS);
computeTag(Uint32Array.of(1, 2, 3, 4), source, target, Number(port), tag);
const view = new DataView(new ArrayBuffer(probe.maxFrameBytes));
probe.prepare(view, 0);
const slots = new Uint32Array(TARGET_SLOTS);
slots.set([target, Number(port), source]);
const length = probe.patch(view, 0, slots, tag);
const tcpAt = ipv4PayloadAt(view, 0, length);
const tcp = parseTcpHeader(view, tcpAt, length);
console.log(`${length} bytes to ${formatIpv4(target)}`, tcp);
