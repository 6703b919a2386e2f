import type { IpVersion } from "../probe/mod.ts";

/** How a check came out: an error means that the scan cannot run. */
export type CheckStatus = "ok" | "warning" | "error";

/** One thing that was looked at. Plain data; texts are parts of sentences without a final period. */
export interface Check {
  /** What was looked at: `interface`, `memory`. */
  readonly name: string;
  readonly status: CheckStatus;
  readonly found: string;
  /** What the scan needs; empty when there is nothing to say. */
  readonly needed: string;
  /** What the user can do about it; empty when the status is "ok". */
  readonly remedy: string;
  /** Version of IP, where it is about the probes of one family alone; absent otherwise. */
  readonly family?: IpVersion;
}

/** A check that came out well. */
export function pass(name: string, found: string, needed = ""): Check {
  return { name, status: "ok", found, needed, remedy: "" };
}

/** What is said of a check that did not come out well. */
export interface Complaint {
  readonly found: string;
  readonly needed: string;
  readonly remedy: string;
}

/** A check with a result that will cost something. */
export function warn(name: string, complaint: Complaint): Check {
  return { name, status: "warning", ...complaint };
}

/** A check with a result that the scan cannot run with. */
export function fail(name: string, complaint: Complaint): Check {
  return { name, status: "error", ...complaint };
}

/** The worst status of all. */
export function worstStatus(checks: readonly Check[]): CheckStatus {
  if (checks.some(({ status }) => status === "error")) return "error";
  return checks.some(({ status }) => status === "warning") ? "warning" : "ok";
}

/**
 * The checks of all families, one family after the other, each with its family. What came out the same for several is
 * there once, without.
 */
export function joinFamilies(
  families: readonly {
    readonly version: IpVersion;
    readonly checks: readonly Check[];
  }[],
): Check[] {
  const joined: Check[] = [];
  for (const { checks, version } of families) {
    for (const check of checks) {
      const at = joined.findIndex((one) => isSame(one, check));
      if (at < 0) joined.push({ ...check, family: version });
      else {
        const { family: _, ...shared } = joined[at]!;
        joined[at] = shared;
      }
    }
  }
  return joined;
}

function isSame(a: Check, b: Check): boolean {
  return a.name === b.name && a.status === b.status && a.found === b.found &&
    a.needed === b.needed && a.remedy === b.remedy;
}
