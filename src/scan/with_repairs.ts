import {
  type RepairRanges,
  type UnsettledWork,
  without,
} from "../checkpoint/mod.ts";
import type { RepairWork } from "../loss/mod.ts";

/** Adds what is to be sent again, but for what is sent anyway. */
export function withRepairs(
  { planned, repairs, touched = [] }: UnsettledWork,
  wanted: readonly RepairWork[],
): UnsettledWork {
  const known = [...planned[0] ?? [], ...repairs.flatMap((one) => one.ranges)];
  const added = new Map<number, RepairWork[]>();
  for (const one of wanted) {
    const list = added.get(one.pass) ?? [];
    added.set(one.pass, list);
    list.push(one);
  }
  const all = new Map(repairs.map((one) => [one.pass, one.ranges]));
  for (const [pass, ranges] of added) {
    all.set(pass, [...all.get(pass) ?? [], ...without(ranges, known)]);
  }
  const sorted = [...all].map(([pass, ranges]): RepairRanges => ({
    pass,
    ranges: without(ranges, []),
  }));
  return {
    planned,
    touched,
    repairs: sorted.filter(({ ranges }) => ranges.length > 0)
      .sort((a, b) => a.pass - b.pass),
  };
}
