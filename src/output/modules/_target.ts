import {
  isIpv6Response,
  type Response,
  targetTextOf,
} from "../../probe/mod.ts";
import type { ByteBuffer } from "../byte_buffer.ts";

const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Writes the address that was probed. */
export function writeTarget(buffer: ByteBuffer, response: Response): void {
  if (isIpv6Response(response)) buffer.writeText(targetTextOf(response));
  else buffer.writeIpv4(response.targetAddress);
}

/** Writes the address that was probed as it stands in front of a port: of IPv6 in brackets (RFC 3986 3.2.2). */
export function writeHost(buffer: ByteBuffer, response: Response): void {
  if (isIpv6Response(response)) {
    buffer.writeByte(OPEN_BRACKET);
    buffer.writeText(targetTextOf(response));
    buffer.writeByte(CLOSE_BRACKET);
  } else buffer.writeIpv4(response.targetAddress);
}
