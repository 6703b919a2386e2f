import {
  type LinkDetails,
  type LinkInfo,
  mtuProblem,
  mtuRemedy,
} from "../link/mod.ts";
import { IPV6_LEAST_MTU } from "../preflight/mod.ts";
import type { IpVersion } from "../probe/mod.ts";
import { type Check, fail, pass, warn } from "./check.ts";
import { bits } from "./_text.ts";

/** What an interface has to be for a scan. */
export interface InterfaceNeed {
  /** Longest IP packet that is sent. */
  readonly packetBytes: number;
  /** Rate asked for; null when it is not fixed. */
  readonly ratePps: number | null;
  /** Of IP. */
  readonly version: IpVersion;
}

/** The least MTU that a link has to have (RFC 8200 section 5); IPv4 can do with any that a probe fits into. */
const LEAST_MTU: Readonly<Record<IpVersion, number>> = {
  4: 0,
  6: IPV6_LEAST_MTU,
};

/** From this rate on a receive ring that is not full size is worth a warning. */
const LARGE_RING_PPS = 200_000;

/** Whether an interface is ready, and what it is made of. */
export function interfaceCheck(
  link: LinkInfo,
  details: LinkDetails | null,
  need: InterfaceNeed,
): Check {
  const name = "interface";
  const found = describeInterface(link, details);
  const leastMtu = Math.max(need.packetBytes, LEAST_MTU[need.version]);
  const needed = `up, carrier, MTU ${leastMtu} or more`;
  if (!link.isUp) {
    const remedy = `Switch it on: ip link set ${link.name} up`;
    return fail(name, { found, needed, remedy });
  }
  if (!link.hasCarrier) {
    const remedy =
      "Connect its cable or its peer, or choose another interface with -i";
    return fail(name, { found, needed, remedy });
  }
  const tooLong = mtuProblem(link, need.packetBytes) ??
    (link.mtuBytes < leastMtu
      ? `IPv${need.version} needs an MTU of ${leastMtu}; ${link.name} has ${link.mtuBytes}`
      : null);
  if (tooLong !== null) {
    const remedy = mtuRemedy(link.name, leastMtu);
    return fail(name, { found: `${tooLong} (${found})`, needed, remedy });
  }
  if (details?.hasXdp) {
    return warn(name, {
      found,
      needed: "no XDP program, which sees answers before the capture does",
      remedy:
        `Make sure that it lets answers pass, or take it off: ip link set ${link.name} xdp off`,
    });
  }
  const rings = details?.rings ?? null;
  const isFast = need.ratePps === null || need.ratePps >= LARGE_RING_PPS;
  if (rings !== null && rings.rx < rings.rxMax && isFast) {
    return warn(name, {
      found,
      needed: `a full receive ring (${rings.rxMax}) at such rates`,
      remedy: `Enlarge it: ethtool -G ${link.name} rx ${rings.rxMax}`,
    });
  }
  return pass(name, found, needed);
}

/** `up0: up, carrier, MTU 1500, 10 Gbit/s, veth, queues 1 tx 1 rx, offloads gro`. */
export function describeInterface(
  link: LinkInfo,
  details: LinkDetails | null,
): string {
  const parts = [
    link.isUp ? "up" : "down",
    link.hasCarrier ? "carrier" : "no carrier",
    `MTU ${link.mtuBytes}`,
  ];
  if (details !== null) {
    const { bus, driver, offloads, rings, rxQueues, speedMbps, txQueues } =
      details;
    parts.push(speedMbps === null ? "speed unknown" : bits(speedMbps * 1e6));
    if (driver !== null) parts.push(bus === null ? driver : `${driver} ${bus}`);
    parts.push(`queues ${txQueues} tx ${rxQueues} rx`);
    if (rings !== null) {
      parts.push(
        `rings ${rings.tx}/${rings.txMax} tx ${rings.rx}/${rings.rxMax} rx`,
      );
    }
    if (offloads.length > 0) parts.push(`offloads ${offloads.join(" ")}`);
    if (details.hasXdp) parts.push("an XDP program");
  }
  return `${link.name}: ${parts.join(", ")}`;
}
