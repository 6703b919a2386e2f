import { formatIpv4, type Ipv4Address } from "./ipv4.ts";
import { formatIpv6, type Ipv6Address } from "./ipv6.ts";

/** An address of either family: a number is one of IPv4, a bigint one of IPv6. */
export type IpAddress = Ipv4Address | Ipv6Address;

/** The text of an address. */
export function formatIp(address: IpAddress): string {
  return typeof address === "bigint"
    ? formatIpv6(address)
    : formatIpv4(address);
}
