import { formatCount } from "../base/mod.ts";
import { formatIp, type IpAddress } from "../link/mod.ts";
import { type Check, pass, warn } from "./check.ts";
import { type FamilyScan, targetCount } from "./family_scan.ts";

/**
 * What is said of a family that this host has no route for, while it has one for the other.
 *
 * @param isAssumed whether nobody has named targets of it
 */
export function missingFamilyCheck<A extends IpAddress, R>(
  scan: FamilyScan<A, R>,
  isAssumed: boolean,
): Check {
  const { family, request, version } = scan;
  const name = "route";
  if (isAssumed) {
    const found = `none to ${family.ip.name} hosts, which are not checked`;
    return { ...pass(name, found), family: version };
  }
  const count = targetCount(scan);
  const targets = count === 1 ? "target" : "targets";
  return {
    ...warn(name, {
      found: `none to ${formatIp(request.firstTarget)}: ${
        formatCount(count)
      } ${family.ip.name} ${targets} cannot be probed`,
      needed: `a route to ${family.ip.name} hosts`,
      remedy:
        `Add a default route (${family.ipCommand} route add default via GATEWAY), or scan without them: -${
          version === 4 ? 6 : 4
        }`,
    }),
    family: version,
  };
}
