import {
  ConfigError,
  formatIpv6,
  type Ipv6Address,
  ipv6OfWords,
} from "../base/mod.ts";
import {
  findTooLarge,
  formatIpv6Range,
  IPV6_SPECIAL_PURPOSE_BLOCKS,
  type Ipv6AddressSet,
  Ipv6Builder,
  type Ipv6Entries,
  ipv6ListCount,
  type Ipv6Range,
  ipv6RangeSize,
  type Ipv6Selection,
  parseIpv6Prefix,
  parsePrefixList,
  RangeBuilder,
  selectIpv6Addresses,
} from "../targets/mod.ts";
import { inputName, type NamedPath } from "./files.ts";
import { findLine } from "./list_lines.ts";
import type { TargetSources } from "./target_input.ts";

const WINDOW_REMEDY =
  "To probe one address of each sub-prefix, give the length of these: --v6-window 48, 56 or 64; or give smaller prefixes";

/**
 * The IPv6 addresses of a scan; null when none is named, an error when none is left.
 *
 * @throws {ConfigError} when a range is too large for all of its addresses to be meant
 */
export async function chooseIpv6(
  sources: TargetSources,
  selection: Ipv6Selection | null,
): Promise<Ipv6AddressSet | ConfigError | null> {
  if (selection === null) return null;
  const { allowed, listed } = selection;
  const named = listed ?? allowed;
  if (named === null || isEmpty(named)) return null;
  // The selection uses its lists up.
  const sample = named.ranges[0]?.first ?? ipv6OfWords(named.list, 0);
  const tooLarge = findTooLarge(selection);
  if (tooLarge !== null) throw await tooLargeError(sources, tooLarge);
  try {
    return selectIpv6Addresses(selection);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return await nothingLeft(sources, sample, error);
  }
}

/** The error for a scan of IPv6 alone that names no IPv6 address; the first warning may say why. */
export function withoutIpv6(
  sources: TargetSources,
  [skipped]: readonly string[],
): ConfigError {
  return new ConfigError(
    fileOf(sources)?.name ?? "target",
    "There is no IPv6 target",
    skipped ??
      "Give IPv6 addresses, prefixes or host names; all of IPv6 cannot be scanned",
  );
}

function isEmpty({ list, ranges }: Ipv6Entries): boolean {
  return ranges.length + ipv6ListCount(list) === 0;
}

function fileOf(
  { addressList, allowlist }: TargetSources,
): { readonly file: NamedPath; readonly name: string } | null {
  const file = addressList ?? allowlist;
  return file === null ? null : { file, name: inputName(file.path) };
}

async function tooLargeError(
  sources: TargetSources,
  range: Ipv6Range,
): Promise<ConfigError> {
  const named = fileOf(sources);
  const line = named === null ? null : await findLine(
    named.file,
    (text) => rangesOf(text).some((one) => isSame(one, range)),
  );
  const place = named === null || (line === null && sources.targets.length > 0)
    ? "target"
    : line === null
    ? named.name
    : `${named.name}:${line}`;
  const size = ipv6RangeSize(range);
  const bits = size.toString(2).length - 1;
  const count = size === 1n << BigInt(bits)
    ? `2^${bits}`
    : `more than 2^${bits}`;
  return new ConfigError(
    place,
    `${
      formatIpv6Range(range)
    } has ${count} addresses, too many to probe them all`,
    WINDOW_REMEDY,
  );
}

async function nothingLeft(
  sources: TargetSources,
  sample: Ipv6Address,
  error: RangeError,
): Promise<ConfigError> {
  const place = fileOf(sources)?.name ?? "target";
  const { blocklist } = sources;
  if (blocklist === "special-purpose") {
    const block = IPV6_SPECIAL_PURPOSE_BLOCKS.findLast(({ prefix }) =>
      isIn(parseIpv6Prefix(prefix), sample)
    );
    if (block === undefined) {
      return new ConfigError(place, error.message, WINDOW_REMEDY, error);
    }
    return new ConfigError(
      "target",
      `The built-in blocklist covers all IPv6 targets; ${block.prefix} is ${block.name} (${block.reference})`,
      "To scan special-purpose addresses, name a blocklist of your own: --blocklist-file FILE",
      error,
    );
  }
  const line = blocklist === null ? null : await findLine(
    blocklist,
    (text) => rangesOf(text).some((one) => isIn(one, sample)),
  );
  if (blocklist === null || line === null) {
    return new ConfigError(place, error.message, "", error);
  }
  return new ConfigError(
    `${inputName(blocklist.path)}:${line}`,
    `The blocklist covers all IPv6 targets; this line covers ${
      formatIpv6(sample)
    }`,
    "Take the targets out of the blocklist, or name other targets",
    error,
  );
}

/** What a line of a list names in IPv6. */
function rangesOf(line: string): Ipv6Range[] {
  const ipv6 = new Ipv6Builder();
  const options = { name: "", ranges: new RangeBuilder(), ipv6 };
  parsePrefixList(line, { ...options, onError: (): void => {} });
  const { list, ranges } = ipv6.take();
  if (list.length === 0) return [...ranges];
  const address = ipv6OfWords(list, 0);
  return [...ranges, { first: address, last: address }];
}

function isSame(left: Ipv6Range, right: Ipv6Range): boolean {
  return left.first === right.first && left.last === right.last;
}

function isIn({ first, last }: Ipv6Range, address: Ipv6Address): boolean {
  return first <= address && address <= last;
}
