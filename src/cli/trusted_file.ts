import { ConfigError, descriptorOf } from "../base/mod.ts";
import { effectiveUserId, ErrnoError, otherWriters } from "../link/mod.ts";
import { inputName, type NamedPath } from "./files.ts";

const ROOT = 0;
/** `sudo(8)` says in it who has called it. */
const CALLER_VARIABLE = "SUDO_UID";

/**
 * Refuses a file with options that root is to use and that others than root, and the user who has called `sudo`, may write:
 * options name files to write. Nothing is asked where the program is not run by root.
 *
 * @param kind what the file is, for errors
 *
 * @throws {ConfigError} when others may write it; says who
 */
export function checkTrusted(
  { option, path }: NamedPath,
  kind: "configuration file" | "checkpoint" = "configuration file",
): void {
  const isDescriptor = inputName(path) !== path || descriptorOf(path) !== null;
  if (isDescriptor || effectiveUserId() !== ROOT) return;
  const writers = writersOf(path);
  if (writers === null) return;
  throw new ConfigError(
    option,
    `Will not use ${kind} "${path}" as root: it may be written by ${writers}`,
    `Make it root's, and let nobody else write it: chown root "${path}"; chmod go-w "${path}"`,
  );
}

function writersOf(path: string): string | null {
  try {
    return otherWriters(path, [ROOT, ...callers()]);
  } catch (error) {
    // What is wrong with it, reading says better.
    if (error instanceof ErrnoError) return null;
    throw error;
  }
}

function callers(): number[] {
  const variable = { name: "env", variable: CALLER_VARIABLE } as const;
  const { state } = Deno.permissions.querySync(variable);
  const text = state === "granted" ? Deno.env.get(CALLER_VARIABLE) : undefined;
  return text !== undefined && /^\d{1,10}$/.test(text) ? [Number(text)] : [];
}
