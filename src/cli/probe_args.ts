import { encodeHex } from "../base/mod.ts";
import { readInput } from "./files.ts";

const FILE_PREFIX = "file:";

/**
 * Replaces `file:PATH` by the content of the file, as `hex:`; probes themselves read no files.
 *
 * @throws {ConfigError} when the file cannot be read
 */
export async function inlineProbeArgs(args: string): Promise<string> {
  if (!args.startsWith(FILE_PREFIX)) return args;
  const path = args.slice(FILE_PREFIX.length);
  const bytes = await readInput({ option: "--probe-args", path });
  return `hex:${encodeHex(bytes)}`;
}
