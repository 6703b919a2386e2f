import { formatIpv4, type Ipv4Address } from "../base/mod.ts";
import {
  addressAt,
  type AddressSelection,
  intersect,
  parsePrefix,
  parsePrefixList,
  type Prefix,
  prefixRange,
  RangeBuilder,
  SPECIAL_PURPOSE_BLOCKS,
} from "../targets/mod.ts";
import { inputName, isRereadable, type NamedPath, readInput } from "./files.ts";

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
  const name = inputName(blocklist.path);
  return {
    place: line === null ? name : `${name}:${line}`,
    message: `The blocklist covers ${targets}` +
      (wanted.count > 1 && line !== null
        ? `; this line covers ${formatIpv4(first)}`
        : ""),
    remedy: "Take the targets out of the blocklist, or name other targets",
  };
}

/** First line of a blocklist that covers the address; null when a host name does, or nothing can be read again. */
async function findLine(
  blocklist: NamedPath,
  address: Ipv4Address,
): Promise<number | null> {
  if (!await isRereadable(blocklist.path)) return null;
  const text = new TextDecoder().decode(await readInput(blocklist));
  const ranges = new RangeBuilder();
  const options = { name: blocklist.path, ranges, onError: (): void => {} };
  const index = text.split(/\r\n|\r|\n/).findIndex((line) => {
    const { length } = ranges;
    parsePrefixList(line, options);
    if (ranges.length === length) return false;
    const { first, last } = ranges.rangeAt(length);
    return first <= address && address <= last;
  });
  return index < 0 ? null : index + 1;
}

function isInPrefix(address: Ipv4Address, prefix: Prefix): boolean {
  const { first, last } = prefixRange(prefix);
  return first <= address && address <= last;
}
