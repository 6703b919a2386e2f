import type { Logger } from "@logtape/logtape";
import { MetadataFile } from "../output/mod.ts";
import type { Probe } from "../probe/mod.ts";
import type { ReportConfig } from "./config.ts";
import { finishOutputs, type Output, type Waiting } from "./outputs.ts";
import { openStatusFile, type StatusFile } from "./status_file.ts";
import type { Transport } from "./transport.ts";

/** All files of a scan, open; closed when they are disposed of. */
export interface ScanFiles extends AsyncDisposable {
  readonly outputs: readonly Output[];
  readonly statusFile: StatusFile | null;
  readonly metadataFile: MetadataFile | null;
}

/**
 * Opens all files of a scan; null when the signal comes before a pipe among them has a reader.
 *
 * @throws {ConfigError} when one cannot be opened
 */
export async function openFiles(
  { isContinued = false, logger, probe, report, signal, transport }: {
    readonly report: Pick<ReportConfig, "metadataPath" | "statusPath">;
    /** Whether an earlier run has written status rows that stay. */
    readonly isContinued?: boolean;
    readonly transport: Pick<Transport, "openOutputs">;
    readonly probe: Probe;
    readonly signal: AbortSignal;
    readonly logger: Logger;
  },
): Promise<ScanFiles | null> {
  const waiting: Waiting = {
    signal,
    onWait: (text) => logger.info("{text}; Ctrl-C ends it", { text }),
  };
  const close: (() => Promise<void>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const one of close) await one();
  };
  try {
    const { metadataPath, statusPath } = report;
    const metadataFile = metadataPath === null
      ? null
      : await MetadataFile.open(metadataPath, {
        ...waiting,
        waitsForSpace: true,
      });
    if (metadataFile !== null) close.push(() => metadataFile.close());
    const statusFile = await openStatusFile(statusPath, {
      ...waiting,
      isContinued,
    });
    if (statusFile !== null) close.push(() => statusFile.file.close());
    // Last, since a dry run writes a header at once.
    const outputs = await transport.openOutputs(probe, waiting);
    // Also where the scan fails before it begins: what has a header gets its footer.
    close.push(() => Promise.resolve(finishOutputs(outputs)));
    close.push(...outputs.map(({ file }) => () => file.close()));
    return {
      outputs,
      statusFile,
      metadataFile,
      [Symbol.asyncDispose]: closeAll,
    };
  } catch (error) {
    await closeAll();
    if (signal.aborted && error === signal.reason) return null;
    throw error;
  }
}
