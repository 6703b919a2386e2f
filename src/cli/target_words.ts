import { ConfigError } from "../base/mod.ts";
import { hasBadLength, type Network, parseNetwork } from "../targets/mod.ts";
import { ipv6Skipped, type Taken } from "./list_files.ts";
import { skipping } from "./skip.ts";

/**
 * Reads the words of the command line, and leaves out what is from IPv6 unless that is asked for.
 *
 * @throws {ConfigError} when one does not parse, unless such words are skipped
 */
export function parseWords(
  words: readonly string[],
  { ipv6, skip, skipReason, warnings }: Taken,
): Network[] {
  const networks: Network[] = [];
  let ipv6Count = 0;
  for (const word of words) {
    const network = skipping(
      hasBadLength(word) ? null : skip,
      () => parseWord(word.trim()),
    );
    if (network === null) continue;
    if (network.kind === "ipv6" && ipv6 === null) ipv6Count++;
    else networks.push(network);
  }
  if (ipv6Count > 0) {
    warnings.push(ipv6Skipped("target", ipv6Count, skipReason));
  }
  return networks;
}

/** Units of the values of options, where a blank stands before them. */
const UNIT =
  /^(?:[kmg]|(?:[kmg]i?)?b|[kmg]?pps|[kmg]?b(?:it)?(?:ps|\/s)|ms|s|secs?|seconds?|mins?|minutes?|h|hours?|d|days?|%)$/i;

function parseWord(word: string): Network {
  if (UNIT.test(word)) {
    throw new ConfigError(
      "target",
      `Cannot parse target "${word}": looks like the unit of an option's value`,
      `A unit stands right behind its number: 50k, 5min; a host of this name is written "${word}."`,
    );
  }
  try {
    return parseNetwork(word);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) {
      throw error;
    }
    const remedy =
      "Give targets as 192.0.2.1, 192.0.2.0/24, 192.0.2.1-192.0.2.9, 2001:db8::1 or a host name";
    throw new ConfigError("target", error.message, remedy, error);
  }
}
