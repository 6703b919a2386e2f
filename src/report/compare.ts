/** The answers of a scan as a file of results has them: what each target was found to be, by its name. */
export type Results = ReadonlyMap<string, string>;

/** A target that answered in both scans, and not the same. */
export interface MovedTarget {
  readonly target: string;
  readonly before: string;
  readonly after: string;
}

/** Two scans side by side. */
export interface ScanComparison {
  readonly before: number;
  readonly after: number;
  readonly both: number;
  readonly gained: readonly string[];
  readonly lost: readonly string[];
  readonly moved: readonly MovedTarget[];
}

/** Compares what two scans have found. Lists are in the order of the files. */
export function compareScans(before: Results, after: Results): ScanComparison {
  const gained: string[] = [];
  const lost: string[] = [];
  const moved: MovedTarget[] = [];
  for (const [target, answer] of after) {
    const earlier = before.get(target);
    if (earlier === undefined) gained.push(target);
    else if (earlier !== answer) {
      moved.push({ target, before: earlier, after: answer });
    }
  }
  for (const target of before.keys()) if (!after.has(target)) lost.push(target);
  return {
    before: before.size,
    after: after.size,
    both: after.size - gained.length,
    gained,
    lost,
    moved,
  };
}
