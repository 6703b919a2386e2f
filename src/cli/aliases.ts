import { ConfigError, IPV6_WORDS, ipv6OfWords } from "../base/mod.ts";
import { ALIASED_COLUMN } from "../probe/mod.ts";
import type { AliasConfig, OutputConfig } from "../scan/mod.ts";
import {
  Ipv6Builder,
  type Ipv6Entries,
  type Ipv6Range,
  mergeIpv6Ranges,
  RangeBuilder,
} from "../targets/mod.ts";
import { inputName, type NamedPath } from "./files.ts";
import { emptyList, readPrefixes } from "./list_files.ts";
import type { AliasValues } from "./options/aliases.ts";

/** What decides about aliased prefixes. */
export interface AliasChoice {
  readonly values: AliasValues;
  /** Whether IPv6 is scanned. */
  readonly hasIpv6: boolean;
  /** Addresses that are never probed. */
  readonly blocked: Ipv6Entries;
  readonly outputs: readonly Pick<OutputConfig, "fields" | "filter">[];
  /** Ends the reading of the file. */
  readonly signal?: AbortSignal | null;
}

/** As a word of a filter. */
const ALIASED_WORD = new RegExp(`\\b${ALIASED_COLUMN}\\b`);

/**
 * What is done about aliased prefixes: null where there is nothing to do. They are tested only where that makes a
 * difference to some output.
 *
 * @throws {ConfigError} when their file cannot be read or has something else than prefixes of IPv6
 */
export async function chooseAliases(
  { blocked, hasIpv6, outputs, signal = null, values }: AliasChoice,
): Promise<AliasConfig | null> {
  const { aliased: mode, aliasedPrefixes: path } = values;
  const known = path === null
    ? []
    : await readKnown({ option: "--aliased-prefixes", path }, signal);
  const isAsked = outputs.some(({ fields, filter }) =>
    fields.includes(ALIASED_COLUMN) || ALIASED_WORD.test(filter)
  );
  const isTested = mode === "drop" || (mode === "flag" && isAsked);
  if (!hasIpv6 || (!isTested && known.length === 0)) return null;
  const { list, ranges } = blocked;
  return {
    mode,
    isTested,
    known,
    blocked: { list, ranges: mergeIpv6Ranges(ranges) },
  };
}

/** What is odd about the options where IPv6 is not scanned. */
export function aliasWarnings(
  given: ReadonlySet<string>,
  hasIpv6: boolean,
): string[] {
  const isGiven = given.has("aliased") || given.has("aliasedPrefixes");
  return isGiven && !hasIpv6
    ? [
      "--aliased and --aliased-prefixes have no effect without IPv6 targets",
    ]
    : [];
}

async function readKnown(
  file: NamedPath,
  signal: AbortSignal | null,
): Promise<readonly Ipv6Range[]> {
  const ipv6 = new Ipv6Builder();
  const ranges = new RangeBuilder();
  const hosts = await readPrefixes(file, {
    ...{ ipv6, ranges, skipReason: "", zoned: [] },
    ...{ networks: null, skip: null, warnings: [] },
  }, signal);
  if (hosts.length > 0 || ranges.length > 0) {
    throw new ConfigError(
      hosts[0]?.place ?? inputName(file.path),
      hosts.length > 0
        ? `Host name ${JSON.stringify(hosts[0]!.name)} is no prefix of IPv6`
        : "It has addresses of IPv4, and only prefixes of IPv6 are tested",
      "Give prefixes of IPv6, for example 2001:db8::/64",
    );
  }
  if (ipv6.length === 0) throw emptyList(file, "prefix of IPv6");
  const { list, ranges: found } = ipv6.take();
  const single: Ipv6Range[] = [];
  for (let at = 0; at < list.length; at += IPV6_WORDS) {
    const address = ipv6OfWords(list, at);
    single.push({ first: address, last: address });
  }
  return mergeIpv6Ranges([...found, ...single]);
}
