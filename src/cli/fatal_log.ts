import { ConfigError, PreflightError } from "../base/mod.ts";
import { isSpecialFile } from "../link/mod.ts";
import { outputDescriptor } from "../output/mod.ts";
import type { NamedPath } from "./files.ts";
import { formatRecord } from "./logging.ts";

/**
 * Adds the error that ends the program to its log file, behind what is in it: an unattended run has nothing else, and
 * bad input must not cost an older log. False when there is no such file, or it cannot be written.
 */
export function logFailure(file: NamedPath | null, error: unknown): boolean {
  if (
    file === null || outputDescriptor(file.path) !== null ||
    isSpecialFile(file.path)
  ) return false;
  const text = textOf(error);
  const line = formatRecord({
    category: ["pacemap", "cli"],
    level: "fatal",
    message: [text],
    rawMessage: text,
    timestamp: Date.now(),
    properties: {},
  });
  try {
    Deno.writeTextFileSync(file.path, `${line}\n`, { append: true });
    return true;
  } catch {
    return false;
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message } = error;
  const [place, remedy] = error instanceof ConfigError
    ? [`${error.option}: `, error.remedy]
    : error instanceof PreflightError
    ? [`${error.check}: `, error.remedy]
    : ["", ""];
  return `${place}${message}${remedy === "" ? "" : `. ${remedy}`}`;
}
