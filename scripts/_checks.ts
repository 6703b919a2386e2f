// deno-lint-ignore-file no-console
import { markdownTable, type ScanMetadata } from "./_lab.ts";

/** Something that has to hold after a scan. */
export interface Check {
  readonly name: string;
  /** What was seen of it. */
  readonly seen: string;
  readonly isMet: boolean;
}

/** Checks that two counts are equal. */
export function equal(name: string, left: number, right: number): Check {
  return { name, seen: `${left} = ${right}`, isMet: left === right };
}

/** The equations of a ledger that hold after every scan. */
export function ledgerChecks({ ledger }: ScanMetadata): readonly Check[] {
  const { output, receive, send } = ledger;
  return [
    equal(
      "made = accepted + abandoned + pending",
      send.made!,
      sum(send, "accepted abandoned pending"),
    ),
    equal(
      "seen = sum of its kinds",
      receive.seen!,
      sum(
        receive,
        "damaged fragments otherLink unrecognised outside invalid valid",
      ),
    ),
    equal(
      "valid = filtered + handed over + lost + follow-ups",
      receive.valid!,
      sum(receive, "filtered handedOver lostHandOver followUps"),
    ),
    equal(
      "handed over = rows + not wanted + interrupted",
      receive.handedOver!,
      sum(output, "rows filtered interrupted"),
    ),
  ];
}

/** Prints what was checked; false unless all of it is met. */
export function printChecks(checks: readonly Check[]): boolean {
  console.log(markdownTable(
    ["check", "seen", "verdict"],
    checks.map(({ isMet, name, seen }) => [
      name,
      seen,
      isMet ? "met" : "**missed**",
    ]),
  ));
  return checks.every(({ isMet }) => isMet);
}

function sum(counts: Readonly<Record<string, number>>, names: string): number {
  return names.split(" ").reduce((total, name) => total + counts[name]!, 0);
}
