import { formatIpv4, type Ipv4Address } from "../base/mod.ts";
import {
  addressAt,
  type AddressSelection,
  intersect,
  parseNetwork,
  parsePrefix,
  type Prefix,
  prefixRange,
  SPECIAL_PURPOSE_BLOCKS,
} from "../targets/mod.ts";
import { type NamedPath, readInput } from "./files.ts";

/** Why no address is left to scan, in the parts of an error. */
export interface BlockedReason {
  readonly place: string;
  readonly message: string;
  readonly remedy: string;
}

/**
 * Names the entry of the blocklist that covers the first target, for a selection all of which is blocked.
 * Null when the selection is empty for another reason.
 *
 * @param blocklist the file, the built-in list, or null for none
 */
export async function blockedReason(
  selection: AddressSelection,
  blocklist: NamedPath | "special-purpose" | null,
): Promise<BlockedReason | null> {
  const { allowed, listed } = selection;
  const wanted = allowed === null || listed === null
    ? listed ?? allowed
    : intersect(allowed, listed);
  if (wanted === null || wanted.count === 0) return null;
  const first = addressAt(wanted, 0);
  const targets = wanted.count === 1
    ? `the only target, ${formatIpv4(first)}`
    : `all ${wanted.count} targets`;
  if (blocklist === null) return null;
  if (blocklist === "special-purpose") {
    const block = SPECIAL_PURPOSE_BLOCKS.findLast(({ prefix }) =>
      isInPrefix(first, parsePrefix(prefix))
    );
    const entry = block === undefined
      ? ""
      : `; ${block.prefix} is ${block.name} (${block.reference})`;
    return {
      place: "target",
      message: `The built-in blocklist covers ${targets}${entry}`,
      remedy:
        "To scan special-purpose addresses, name a blocklist of your own: --blocklist-file FILE",
    };
  }
  const line = await findLine(blocklist, first);
  return {
    place: line === null ? blocklist.path : `${blocklist.path}:${line}`,
    message: `The blocklist covers ${targets}` +
      (wanted.count > 1 && line !== null
        ? `; this line covers ${formatIpv4(first)}`
        : ""),
    remedy: "Take the targets out of the blocklist, or name other targets",
  };
}

/** First line of a blocklist with a prefix that covers the address; null when a host name does. */
async function findLine(
  blocklist: NamedPath,
  address: Ipv4Address,
): Promise<number | null> {
  const text = new TextDecoder().decode(await readInput(blocklist));
  const index = text.split("\n").findIndex((line) => {
    const word = /^\s*([^\s#]+)/.exec(line)?.[1];
    const network = word === undefined ? null : parseNetwork(word);
    return network?.kind === "prefix" && isInPrefix(address, network.prefix);
  });
  return index < 0 ? null : index + 1;
}

function isInPrefix(address: Ipv4Address, prefix: Prefix): boolean {
  const { first, last } = prefixRange(prefix);
  return first <= address && address <= last;
}
