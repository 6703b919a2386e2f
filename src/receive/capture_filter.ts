import { formatIpv4 } from "../base/mod.ts";

/**
 * Limits a probe's capture filter (`pcap-filter(7)`) to IPv4 packets sent to the scanner, and to those that are
 * too short to tell.
 */
export function captureFilter(
  probeFilter: string,
  sourceAddresses: readonly number[],
): string {
  const hosts = sourceAddresses.map((address) =>
    `dst host ${formatIpv4(address)}`
  ).join(" or ");
  return `ip and (len < 34 or ${hosts}) and (${probeFilter})`;
}
