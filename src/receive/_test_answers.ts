import {
  type Probe,
  requireProbeModule,
  TARGET_ADDRESS,
  TARGET_PORT,
  TARGET_SLOTS,
  TARGET_SOURCE,
} from "../probe/mod.ts";
import { computeTag } from "../validation/mod.ts";

/** Key of the validation tags. */
export const KEY: Uint32Array = Uint32Array.of(11, 22, 33, 44);
/** Address of the scanner, and the first of its targets. */
export const SCANNER = 0xc000_0201;
export const TARGET = 0xc612_0001;
/** Offsets in a frame, and TCP flags. */
export const IP = 14;
export const TCP = 34;
export const SYN_ACK = 0x12;
export const RST_ACK = 0x14;

/** The probe of the scan. */
export const probe: Probe = requireProbeModule("tcp_synscan").create({
  linkHeader: new Uint8Array(IP),
  sourcePortFirst: 32768,
  sourcePortLast: 61000,
  maxProbes: 1,
  ttl: 64,
  args: "",
});

/** The answer of a target as a frame, built from the probe that it would have got. */
export function answerOf(
  address: number,
  port: number,
  flags: number,
): Uint8Array<ArrayBuffer> {
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
  view.setUint16(12, 0x0800);
  view.setUint32(IP + 12, address);
  view.setUint32(IP + 16, SCANNER);
  const sourcePort = view.getUint16(TCP);
  view.setUint16(TCP, port);
  view.setUint16(TCP + 2, sourcePort);
  view.setUint32(TCP + 8, view.getUint32(TCP + 4) + 1);
  bytes[TCP + 13] = flags;
  return bytes.slice(0, length);
}
