import { ipv4ScanOf, ipv6ScanOf, type ScanConfig } from "./config.ts";
import { Ipv4Live } from "./ipv4_live.ts";
import { Ipv6Live } from "./ipv6_live.ts";
import type { LiveFamily } from "./live_family.ts";

/**
 * What depends on the family of the targets in a live scan.
 *
 * @throws {RangeError} when there is no target
 */
export function makeLiveFamily(config: ScanConfig): LiveFamily {
  const ipv4 = ipv4ScanOf(config);
  if (ipv4 !== null) return new Ipv4Live(ipv4);
  const ipv6 = ipv6ScanOf(config);
  if (ipv6 !== null) return new Ipv6Live(ipv6);
  throw new RangeError("Cannot scan without targets");
}
