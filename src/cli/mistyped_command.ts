import { ConfigError } from "../base/mod.ts";
import { nearestName } from "./nearest.ts";

/** A word that may be a command: a host without a domain looks the same. */
const COMMAND_LIKE = /^[a-z][a-z-]{2,}$/i;

/**
 * Refuses a first word that is nearly the name of a command, before it is looked up as a host.
 *
 * @throws {ConfigError} when it is
 */
export function checkMistyped(word: string, commands: Iterable<string>): void {
  if (!COMMAND_LIKE.test(word)) return;
  const nearest = nearestName(word.toLowerCase(), commands);
  if (nearest === null) return;
  throw new ConfigError(
    word,
    "No command has this name",
    `Did you mean pacemap ${nearest}? A host of this name is written "${word}."`,
  );
}
