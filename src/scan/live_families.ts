import { ipv4ScanOf, ipv6ScanOf, type ScanConfig } from "./config.ts";
import { Ipv4Live } from "./ipv4_live.ts";
import { Ipv6Live } from "./ipv6_live.ts";
import type { LiveFamily } from "./live_family.ts";
import { MixedLive } from "./mixed_live.ts";

/**
 * What depends on the families of the targets in a live scan.
 *
 * @throws {RangeError} when there is no target
 */
export function makeLiveFamily(config: ScanConfig): LiveFamily {
  const ipv4 = ipv4ScanOf(config);
  const ipv6 = ipv6ScanOf(config);
  const { mix } = config.targets;
  if (ipv4 !== null && ipv6 !== null && mix !== null) {
    return new MixedLive({ ...config.targets, mix }, { ipv4, ipv6 });
  }
  if (ipv4 !== null) return new Ipv4Live(ipv4);
  if (ipv6 !== null) return new Ipv6Live(ipv6);
  throw new RangeError("Cannot scan without targets");
}
