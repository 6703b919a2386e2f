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
