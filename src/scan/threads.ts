import { requireOutputModule } from "../output/registry.ts";
import { checkDescriptors } from "../preflight/descriptors.ts";
import type { ScanConfig } from "./config.ts";
import { WorkerHandle } from "./worker_handle.ts";

/** The threads of a scan. They load their code as soon as they are made, and run once they are started. */
export interface ScanThreads {
  /** Null in a dry run, where nothing is received. */
  readonly receiver: WorkerHandle | null;
  readonly senders: readonly WorkerHandle[];
}

/**
 * Makes the threads of a scan. They take longer to load than all else at the start, on other processors: this comes
 * first, and whatever else there is to load and to ask goes on meanwhile.
 *
 * @throws {PreflightError} when this process may not open as many files as they need
 */
export function makeThreads(
  { capture, dryRun, outputs, report, send: { senders } }: Pick<
    ScanConfig,
    "capture" | "dryRun" | "outputs" | "report" | "send"
  >,
): ScanThreads {
  const isLive = dryRun === null;
  const { metadataPath, probeCapturePath, statusPath } = report;
  // What takes an encoder's bytes instead of a file has a thread for that.
  const ownSinks = outputs.filter(({ format }) =>
    requireOutputModule(format).openSink !== undefined
  );
  // Each sender appends to the capture file of probes.
  const captures = probeCapturePath === null ? 0 : senders;
  checkDescriptors({
    threads: senders + (isLive ? 1 : 0) + ownSinks.length,
    files: captures +
      [...outputs, metadataPath, statusPath].filter((one) => one !== null)
        .length,
    isLive,
  });
  const receiver = new URL("../receive/worker.ts", import.meta.url);
  const sender = new URL("../send/worker.ts", import.meta.url);
  const usesLibpcap = capture.backend === "pcap";
  const make = (url: URL, role: "receiver" | "sender"): WorkerHandle => {
    const worker = new WorkerHandle(url, role);
    if (isLive) worker.prepare({ kind: "prepare", usesLibpcap });
    return worker;
  };
  return {
    receiver: isLive ? make(receiver, "receiver") : null,
    senders: Array.from({ length: senders }, () => make(sender, "sender")),
  };
}
