import { describeFileError } from "../output/mod.ts";
import { READER_GONE } from "./hooks.ts";
import type { ScanParts } from "./scan_parts.ts";
import type { Stop } from "./stop_rules.ts";

/** Why a result file takes no more rows, or null. */
export function outputEnd(files: ScanParts["files"]): string | null {
  for (const { failure, status } of files) {
    if (status === "reader-gone") return READER_GONE;
    if (status === "failed") {
      return `cannot write results: ${describeFileError(failure)}`;
    }
  }
  return null;
}

/** Why a scan that has done everything is not complete: an output could not take the last rows. Null: it is. */
export function lateStop({ files }: Pick<ScanParts, "files">): Stop | null {
  const failed = files.filter(({ status }) => status === "failed");
  const reason = outputEnd(failed);
  return reason === null ? null : { kind: "aborted", reason };
}

/** Why no more targets can be read, or null. */
export function inputEnd({ stream }: Pick<ScanParts, "stream">): string | null {
  const failure = stream?.failure ?? null;
  return failure === null ? null : `cannot read targets: ${failure}`;
}
