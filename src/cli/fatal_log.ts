import { isSpecialFile, outputNameOf } from "../link/mod.ts";
import { outputDescriptor } from "../output/mod.ts";
import type { NamedPath } from "./files.ts";
import { formatJsonRecord } from "./json_log.ts";
import { formatRecord } from "./logging.ts";
import { errorReport } from "./terminal.ts";

/**
 * Adds the error that ends the program to its log file, behind what is in it: an unattended run has nothing else, and
 * bad input must not cost an older log. False when there is no such file, or it cannot be written.
 *
 * @param isJson whether its lines are JSON
 */
export function logFailure(
  file: NamedPath | null,
  error: unknown,
  isJson: boolean,
): boolean {
  if (
    file === null || outputDescriptor(file.path) !== null ||
    isSpecialFile(file.path)
  ) return false;
  const text = textOf(error);
  const line = (isJson ? formatJsonRecord : formatRecord)({
    category: ["pacemap", "cli"],
    level: "fatal",
    message: [text],
    rawMessage: text,
    timestamp: Date.now(),
    properties: {},
  });
  try {
    const { isThere, path } = outputNameOf(file.path);
    const text = `${line.trimEnd()}\n`;
    Deno.writeTextFileSync(path, text, { append: true, createNew: !isThere });
    return true;
  } catch {
    return false;
  }
}

function textOf(error: unknown): string {
  const { message, place, remedy } = errorReport(error);
  const what = place === "" ? message : `${place}: ${message}`;
  return remedy === "" ? what : `${what}. ${remedy}`;
}
