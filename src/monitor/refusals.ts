import { sendError } from "../backend/send_errors.ts";
import { errnoName } from "../link/mod.ts";
import { formatCount } from "./format.ts";

/** A full queue's refusal of a frame, <asm-generic/errno.h>. */
export const ENOBUFS = 105;

/** Counts of frames or refusals by errno. */
export type CountByErrno = ReadonlyMap<number, number>;

/** By what each count has grown; what has not is left out. */
export function growth(now: CountByErrno, before: CountByErrno): CountByErrno {
  return new Map(
    [...now].map(([errno, count]) =>
      [errno, count - (before.get(errno) ?? 0)] as const
    ).filter(([, count]) => count > 0),
  );
}

/** What an error number of a send means here; `filter` is what drops frames on their way out, or null. */
export function refusalMeaning(errno: number, filter: string | null): string {
  return errno === ENOBUFS && filter !== null
    ? `${filter} drops the frame`
    : sendError(errno).meaning;
}

/** What can be done about it. */
export function refusalRemedy(errno: number, filter: string | null): string {
  return errno === ENOBUFS && filter !== null
    ? "Let probes pass it (nft list ruleset, tc filter show dev INTERFACE egress)"
    : sendError(errno).remedy;
}

/** `EPERM (the firewall of this host drops the packet), ENOBUFS (…)`, the most frequent first. */
export function refusalCauses(
  counts: CountByErrno,
  filter: string | null,
): string {
  return byFrequency(counts).map((errno) =>
    `${errnoName(errno)} (${refusalMeaning(errno, filter)})`
  ).join(", ");
}

/** The same with numbers, for a table. */
export function refusalCounts(
  counts: CountByErrno,
  filter: string | null,
): string {
  return byFrequency(counts).map((errno) =>
    `${errnoName(errno)} ${formatCount(counts.get(errno)!)} (${
      refusalMeaning(errno, filter)
    })`
  ).join(", ");
}

/** What can be done about the most frequent error. */
export function firstRemedy(
  counts: CountByErrno,
  filter: string | null,
): string {
  const [errno] = byFrequency(counts);
  return errno === undefined ? "" : refusalRemedy(errno, filter);
}

function byFrequency(counts: CountByErrno): number[] {
  return [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)!);
}
