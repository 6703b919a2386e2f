import { PreflightError } from "../base/mod.ts";
import type { NetworkPlan, NetworkPlan6 } from "../preflight/mod.ts";
import type { ScanNetwork } from "./network.ts";

/**
 * The network of a scan of both families: what is said of one next hop is said of that of IPv4, where it has one.
 *
 * @throws {PreflightError} when one interface does not lead to both
 */
export function mixNetworks(
  ipv4: NetworkPlan,
  ipv6: NetworkPlan6,
): ScanNetwork {
  if (ipv4.interfaceIndex !== ipv6.interfaceIndex) {
    throw new PreflightError(
      "interface",
      `IPv4 targets are reached through ${ipv4.interfaceName}, IPv6 targets through ${ipv6.interfaceName}, and one ` +
        "scan goes through one interface",
      "Scan them one after the other: with -4, then with -6; or name an interface with -i",
    );
  }
  const first: ScanNetwork = ipv4.gatewayAddress === null ? ipv6 : ipv4;
  return {
    ...ipv4,
    sourceAddresses: [...ipv4.sourceAddresses, ...ipv6.sourceAddresses],
    gatewayAddress: first.gatewayAddress,
    gatewayMac: ipv4.gatewayMac ?? ipv6.gatewayMac,
    nextHops: [...ipv4.nextHops, ...ipv6.nextHops],
    routes: null,
    sourceMac: ipv4.sourceMac ?? ipv6.sourceMac,
    reason: ipv4.reason === ipv6.reason
      ? ipv4.reason
      : `IPv4: ${ipv4.reason}; IPv6: ${ipv6.reason}`,
    families: [ipv4, ipv6],
  };
}
