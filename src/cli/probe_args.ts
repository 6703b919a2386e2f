import { encodeHex } from "../base/mod.ts";
import { splitPayloadArgs } from "../probe/mod.ts";
import { readInput } from "./files.ts";

/** What takes the place of arguments that name a file. */
const INLINE_KINDS: ReadonlyMap<string, string> = new Map([
  ["file", "hex"],
  ["template", "template-hex"],
]);

/**
 * Replaces `file:PATH` and `template:PATH` by the content of the file, as `hex:` and `template-hex:`; probes
 * themselves read no files.
 *
 * @throws {ConfigError} when the file cannot be read
 */
export async function inlineProbeArgs(args: string): Promise<string> {
  const payload = splitPayloadArgs(args);
  const kind = payload === null ? undefined : INLINE_KINDS.get(payload.kind);
  if (payload === null || kind === undefined) return args;
  const path = payload.value;
  const bytes = await readInput({ option: "--probe-args", path });
  return `${kind}:${encodeHex(bytes)}`;
}
