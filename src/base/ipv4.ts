/** An IPv4 address as an unsigned 32-bit number in host order. */
export type Ipv4Address = number;

const DECIMAL_OCTET = /^(?:0|[1-9][0-9]{0,2})$/;

/**
 * Reads a dotted-quad IPv4 address: four decimal octets without leading zeros, nothing else
 * (RFC 6943 section 3.1.1 explains why the looser forms are ambiguous).
 *
 * @throws {SyntaxError} when the text has any other form
 */
export function parseIpv4(text: string): Ipv4Address {
  const octets = text.split(".");
  let address = 0;
  for (const octet of octets) {
    if (!DECIMAL_OCTET.test(octet) || Number(octet) > 255) {
      throw new SyntaxError(`Cannot parse IPv4 address "${text}"`);
    }
    address = address * 256 + Number(octet);
  }
  if (octets.length !== 4) {
    throw new SyntaxError(`Cannot parse IPv4 address "${text}"`);
  }
  return address;
}

/** Writes an address in host order as a dotted quad. */
export function formatIpv4(address: Ipv4Address): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${
    (address >>> 8) & 255
  }.${address & 255}`;
}
