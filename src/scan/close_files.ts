import type { ScanConfig } from "./config.ts";
import { outputFault, type ResultFile } from "../output/mod.ts";
import { OutputWatch } from "./output_watch.ts";
import type { ScanParts } from "./scan_parts.ts";

/** How often a file that is waited for is looked at. */
const LOOK_MS = 50;

/** What closing files needs of a scan. */
type ClosingParts = Pick<ScanParts, "clock" | "logger"> & {
  readonly config: {
    readonly limits: Pick<ScanConfig["limits"], "outputWaitMs">;
  };
  readonly hooks: Pick<ScanParts["hooks"], "signal">;
  /** The outputs: where one has waited for space in vain, nothing else does. */
  readonly files: readonly Pick<ResultFile, "status">[];
};

/**
 * Waits until a file has done what was asked of it, and says so when that takes long. It is given up when a signal
 * has come, or if `isImpatient`, and it takes nothing any more.
 */
export async function settled(
  file: ResultFile,
  task: Promise<unknown>,
  { clock, config, files, hooks, isImpatient = false, logger }: ClosingParts & {
    readonly isImpatient?: boolean;
  },
): Promise<void> {
  const watch = new OutputWatch({
    files: [file],
    signal: hooks.signal,
    logger,
    isImpatient,
    spaceWaitS: files.some(({ status }) => status === "failed")
      ? 0
      : config.limits.outputWaitMs / 1000,
  });
  let isDone = false;
  task.then(() => isDone = true);
  while (!isDone) {
    watch.update(clock.nowS());
    await clock.rest(LOOK_MS, task);
  }
}

/** Closes files that rows were written to; returns what is wrong with each. */
export async function closeFiles(
  files: readonly ResultFile[],
  parts: ClosingParts & { readonly isImpatient?: boolean },
): Promise<string[]> {
  for (const file of files) await settled(file, file.close(), parts);
  return files.map((file) => outputFault(file)).filter((fault) =>
    fault !== null
  );
}
