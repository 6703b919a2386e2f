import { IPV4_CHECKSUM, writeBytes, writeIpv4Header } from "../wire/mod.ts";
import type { ProbeOptions } from "./probe.ts";

/**
 * Writes what all frames start with: the link header, and an IPv4 header whose identification, addresses and
 * checksum are 0. Returns the offset behind it.
 *
 * @param frame has the length of the frame
 */
export function writeFrameStart(
  frame: DataView,
  options: ProbeOptions,
  protocol: number,
): number {
  const at = options.linkHeader.length;
  writeBytes(frame, 0, options.linkHeader);
  const payloadAt = writeIpv4Header(frame, at, {
    typeOfService: 0,
    totalBytes: frame.byteLength - at,
    id: 0,
    mayFragment: true,
    hasMoreFragments: false,
    fragmentBytes: 0,
    ttl: options.ttl,
    protocol,
    source: 0,
    destination: 0,
  });
  frame.setUint16(at + IPV4_CHECKSUM, 0);
  return payloadAt;
}
