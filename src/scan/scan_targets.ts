import type { FamilyTargets, ScannedFamilies } from "../monitor/mod.ts";
import type { IpVersion } from "../probe/mod.ts";
import { countMixedBefore } from "../targets/mod.ts";
import type { ScanTargets } from "./config.ts";

/** The families of the targets, IPv4 first. */
export function familiesOf({ ipv4, ipv6 }: ScanTargets): readonly IpVersion[] {
  return [
    ...ipv4 === null ? [] : [4 as const],
    ...ipv6 === null ? [] : [6 as const],
  ];
}

/** The same for who tells of them. */
export function scannedFamilies({ ipv4, ipv6 }: ScanTargets): ScannedFamilies {
  return ipv6 === null ? "ipv4" : ipv4 === null ? "ipv6" : "both";
}

/** Targets of each family that are planned, and that are probed once so many are of all. */
export function targetsByFamily(
  targets: ScanTargets,
  probed: number,
): Record<"ipv4" | "ipv6", FamilyTargets> {
  const position = targets.firstPosition + probed;
  return {
    ipv4: {
      planned: countOfFamily(targets, 4),
      probed: countUpTo(targets, 4, position),
    },
    ipv6: {
      planned: countOfFamily(targets, 6),
      probed: countUpTo(targets, 6, position),
    },
  };
}

/** How many targets of a family are planned. */
export function countOfFamily(targets: ScanTargets, family: IpVersion): number {
  const plan = family === 4 ? targets.ipv4 : targets.ipv6;
  return plan === null ? 0 : plan.endPosition - plan.firstPosition;
}

/** How many of the targets of this shard that lie before `position` are of a family. */
function countUpTo(
  { firstPosition, ipv4, ipv6, mix }: ScanTargets,
  family: IpVersion,
  position: number,
): number {
  const plan = family === 4 ? ipv4 : ipv6;
  if (plan === null) return 0;
  return mix === null
    ? position - firstPosition
    : countMixedBefore(mix, family, position) - plan.firstPosition;
}

/** The targets of one family alone, with its own positions. */
export function onlyFamily(
  targets: ScanTargets,
  family: IpVersion,
): ScanTargets {
  const ipv4 = family === 4 ? targets.ipv4 : null;
  const ipv6 = family === 6 ? targets.ipv6 : null;
  const { endPosition, firstPosition } = (ipv4 ?? ipv6)!;
  return { ipv4, ipv6, mix: null, firstPosition, endPosition };
}
