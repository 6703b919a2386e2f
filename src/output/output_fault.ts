import { formatCount } from "../base/mod.ts";
import { describeFileError } from "./file_error.ts";
import type { ResultFile } from "./result_file.ts";

/** What a fault is told about. */
type FileFacts = Pick<
  ResultFile,
  | "discardedBytes"
  | "discardedRows"
  | "failure"
  | "isDeleted"
  | "missingBytes"
  | "missingRows"
  | "name"
  | "status"
>;

/**
 * What is wrong with an output, and how much is lost; null when it has all that was written to it.
 *
 * @param hasRows tell rows, not only bytes
 */
export function outputFault(file: FileFacts, hasRows = true): string | null {
  const { discardedBytes, failure, name, status } = file;
  const lost = lossText(hasRows ? file.discardedRows : 0, discardedBytes);
  if (status === "failed") {
    return `Cannot write ${name}: ${describeFileError(failure)}; ${lost}`;
  }
  if (status === "reader-gone" && discardedBytes > 0) {
    return `The reader of ${name} has gone; ${lost}`;
  }
  if (file.isDeleted) {
    return `${
      upperFirst(name)
    } was deleted by someone else; what was written to it is lost`;
  }
  if (file.missingBytes > 0) {
    const rows = hasRows ? ` (about ${counted(file.missingRows, "row")})` : "";
    return `${upperFirst(name)} was cut by someone else: ${
      counted(file.missingBytes, "byte")
    } missing${rows}`;
  }
  return null;
}

function lossText(rows: number, lengthBytes: number): string {
  if (lengthBytes === 0) return "nothing lost";
  const bytes = counted(lengthBytes, "byte");
  return rows === 0
    ? `${bytes} lost`
    : `${counted(rows, "row")} lost (${bytes})`;
}

function counted(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? "" : "s"}`;
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
