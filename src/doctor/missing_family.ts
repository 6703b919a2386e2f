import { formatCount } from "../base/mod.ts";
import { type Check, pass, warn } from "./check.ts";
import type { Diagnosis } from "./diagnosis.ts";

/** The families that are checked further, and what is said of one that this host lacks. */
export interface FamiliesLeft {
  readonly families: readonly Diagnosis[];
  readonly missing: readonly Check[];
}

/**
 * Leaves out a family that this host lacks, as a scan does, where it has the other one. Where it has neither, the first
 * one tells why.
 *
 * @param areAssumed whether nobody has named targets
 */
export function leaveOutMissing(
  families: readonly Diagnosis[],
  areAssumed: boolean,
): FamiliesLeft {
  const left = families.filter(({ lack }) => lack === null);
  if (left.length === 0) {
    return {
      families: areAssumed ? families.slice(0, 1) : families,
      missing: [],
    };
  }
  const missing = families.flatMap(({ lack, situation }) =>
    lack === null ? [] : [missingCheck(situation, lack, areAssumed)]
  );
  return { families: left, missing };
}

function missingCheck(
  { scan: { version }, targetCount }: Diagnosis["situation"],
  { found, name, remedy }: Check,
  areAssumed: boolean,
): Check {
  const family = version;
  if (areAssumed) {
    return { ...pass(name, `${found}; IPv${version} is not checked`), family };
  }
  const targets = targetCount === 1 ? "target is" : "targets are";
  const complaint = {
    found: `${found}; ${
      formatCount(targetCount)
    } IPv${version} ${targets} skipped`,
    needed: "a way to the targets",
    remedy,
  };
  return { ...warn(name, complaint), family };
}
