// HOT PATH: what ipv4Completer() makes runs per packet.

import {
  foldSum,
  IPV4_CHECKSUM,
  IPV4_DESTINATION,
  IPV4_ID,
  IPV4_SOURCE,
  sumOfUint32,
  writeBytes,
  writeIpv4Header,
} from "../wire/mod.ts";
import { type ProbeOptions, TARGET_ADDRESS, TARGET_SOURCE } from "./probe.ts";

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

/**
 * Completes the IPv4 header of the frame at `frameAt` for `target`; returns the sum of both addresses.
 *
 * @param headerSum sum of the words of the header that stand already
 */
type Ipv4Completer = (
  view: DataView,
  frameAt: number,
  headerSum: number,
  id: number,
  target: Uint32Array,
) => number;

/**
 * Makes the function that completes the IPv4 header of each frame from `writeFrameStart`: identification,
 * addresses, checksum.
 *
 * @param ipAt offset of the header in a frame
 */
export function ipv4Completer(ipAt: number): Ipv4Completer {
  // Numbers of our own are compiled into the code; imported ones are read and checked at each use (0.4 ns).
  const idAt = ipAt + IPV4_ID;
  const checksumAt = ipAt + IPV4_CHECKSUM;
  const sourceAt = ipAt + IPV4_SOURCE;
  const destinationAt = ipAt + IPV4_DESTINATION;
  const [sourceSlot, addressSlot] = [TARGET_SOURCE, TARGET_ADDRESS];
  return (view, frameAt, headerSum, id, target) => {
    // Signed numbers stay integers in the processor; unsigned ones above 2^31 become floating-point.
    const source = target[sourceSlot]! | 0;
    const destination = target[addressSlot]! | 0;
    const addressSum = sumOfUint32(source) + sumOfUint32(destination);
    view.setUint16(frameAt + idAt, id);
    view.setUint16(
      frameAt + checksumAt,
      foldSum(headerSum + id + addressSum) ^ 0xffff,
    );
    view.setInt32(frameAt + sourceAt, source);
    view.setInt32(frameAt + destinationAt, destination);
    return addressSum;
  };
}
