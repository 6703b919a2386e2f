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
import { inputName, type NamedPath } from "./files.ts";
import { findLine } from "./list_lines.ts";

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
  const line = await findLine(blocklist, (text) => isInLine(text, first));
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

/** Whether a line of a blocklist covers the address, other than by a host name. */
function isInLine(line: string, address: Ipv4Address): boolean {
  const ranges = new RangeBuilder();
  parsePrefixList(line, { name: "", ranges, onError: (): void => {} });
  if (ranges.length === 0) return false;
  const { first, last } = ranges.rangeAt(0);
  return first <= address && address <= last;
}

function isInPrefix(address: Ipv4Address, prefix: Prefix): boolean {
  const { first, last } = prefixRange(prefix);
  return first <= address && address <= last;
}
