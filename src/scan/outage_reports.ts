import type { OutageMemory } from "../checkpoint/mod.ts";
import type { OutageReport } from "./metadata.ts";
import type { ScanParts } from "./scan_parts.ts";

type OutageParts = Pick<ScanParts, "before" | "clock" | "outages">;

/** The times in which the network did not work, those of earlier runs included. */
export function outageReports(parts: OutageParts): readonly OutageReport[] {
  return outageMemories(parts).map((
    { cause, endedAt, positions, startedAt, text },
  ) => ({
    cause,
    text,
    positions,
    start: new Date(startedAt),
    end: endedAt === "" ? null : new Date(endedAt),
  }));
}

/** The same as plain data. */
export function outageMemories(
  { before, clock, outages }: OutageParts,
): readonly OutageMemory[] {
  const startMs = Date.now() - clock.nowS() * 1000;
  const timeOf = (atS: number): string =>
    new Date(startMs + atS * 1000).toISOString();
  return [
    ...before?.measured.outages ?? [],
    ...outages.list.map(({ cause, endS, positions, startS, text }) => ({
      cause,
      text,
      positions,
      startedAt: timeOf(startS),
      endedAt: endS === null ? "" : timeOf(endS),
    })),
  ];
}
