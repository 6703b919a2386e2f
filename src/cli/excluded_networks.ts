import { type Network, parseNetwork } from "../targets/mod.ts";
import type { Taken } from "./list_files.ts";

/**
 * Reads the argument of `--exclude`.
 *
 * @throws {SyntaxError} when an entry does not parse, or is a host name
 * @throws {RangeError} when an octet, a prefix length or the first address of a range is too large
 */
export function parseExcluded(text: string): readonly Network[] {
  return text.split(",").map((entry) => {
    const network = parseNetwork(entry.trim());
    if (network.kind !== "host-name") return network;
    throw new SyntaxError(
      `Cannot exclude "${entry}": only addresses, prefixes and ranges can be`,
    );
  });
}

/** Adds what is excluded to what is blocked; the networks of all ranges are listed later. */
export function addExcluded(
  networks: readonly Network[],
  { ipv6, ranges }: Pick<Taken, "ipv6" | "ranges">,
): void {
  for (const network of networks) {
    if (network.kind === "prefix") ranges.addPrefix(network.prefix);
    else if (network.kind === "range") {
      ranges.addRange(network.range.first, network.range.last);
    } else if (network.kind === "ipv6") ipv6?.addRange(network.range);
  }
}
