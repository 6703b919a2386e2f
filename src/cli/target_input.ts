import { ConfigError, type Ipv4Address } from "../base/mod.ts";
import {
  type AddressSelection,
  type AddressSet,
  addressSet,
  allAddresses,
  contains,
  type Ipv6AddressSet,
  Ipv6Builder,
  type Ipv6Entries,
  type Ipv6Selection,
  ipv6SpecialPurposeRanges,
  type Ipv6Window,
  type Network,
  NetworkList,
  NO_IPV6_ENTRIES,
  type PairSink,
  RangeBuilder,
  selectAddresses,
  specialPurposePrefixes,
  subtract,
  type ZonedNetwork,
} from "../targets/mod.ts";
import { blockedReason } from "./blocked_reason.ts";
import { checkInputs, inputName, type NamedPath } from "./files.ts";
import { addHosts, type PendingHost } from "./host_lookup.ts";
import type { Families, HostLookup } from "./host_names.ts";
import { chooseIpv6, withoutIpv6 } from "./ipv6_input.ts";
import {
  emptyList,
  ipv4Skipped,
  readAddresses,
  readPrefixes,
  type Taken,
  takeSet,
} from "./list_files.ts";
import { makePairSink, type SelectedPairs, selectPairs } from "./pair_input.ts";
import { makeSkip, type Skip, skipWithoutAddress } from "./skip.ts";
import { parseWords } from "./target_words.ts";

/** A file, or the built-in list of special-purpose prefixes. */
export type Blocklist = NamedPath | "special-purpose";

/** Where the addresses of a scan come from. */
export interface TargetSources {
  /** Addresses, prefixes, ranges and host names of the command line. */
  readonly targets: readonly string[];
  readonly allowlist: NamedPath | null;
  /** Null: nothing is blocked but 0.0.0.0. */
  readonly blocklist: Blocklist | null;
  readonly addressList: NamedPath | null;
  /** How host names are looked up; its signal ends the reading of files, too. */
  readonly lookup: HostLookup;
  /** Skips what does not parse and hosts without an address, and warns of it. */
  readonly isLenient: boolean;
  /**
   * Whether the prefixes are wanted one by one, too.
   *
   * @default {false}
   */
  readonly hasNetworkLists?: boolean;
  /**
   * Families to scan; what lists have of the other is skipped.
   *
   * @default {IPV4_ONLY}
   */
  readonly families?: Families;
  /**
   * Ends the warning that entries of a family are skipped.
   *
   * @default {""}
   */
  readonly skipReason?: string;
  /**
   * How IPv6 prefixes are cut into windows; null: all of their addresses are meant.
   *
   * @default {null}
   */
  readonly window?: Ipv6Window | null;
  /**
   * Whether each entry of the `addressList` names the port that it is probed on.
   *
   * @default {false}
   */
  readonly takesPairs?: boolean;
}

/** What is scanned unless asked otherwise. */
export const IPV4_ONLY: Families = { ipv4: true, ipv6: false };

/** Prefixes one by one, in the order in which ZMap applies them; null unless they were asked for. */
export interface NetworkLists {
  /** Those of the allowlist, then those of the command line. */
  readonly allowed: NetworkList | null;
  /** Those of the blocklist, then 0.0.0.0. */
  readonly blocked: NetworkList | null;
}

/** The addresses of a scan, and what is to be said about how they were found. */
export interface TargetSelection {
  /** IPv4; empty when there are only IPv6 addresses. */
  readonly v4: AddressSet;
  /** IPv6, or null when there is none. */
  readonly v6: Ipv6AddressSet | null;
  /** The ports of each address; null: all have the same. */
  readonly pairs: SelectedPairs | null;
  /** Addresses of IPv6 that are never probed. */
  readonly blocked6: Ipv6Entries;
  /** Entries of IPv6 that name an interface. */
  readonly zoned: readonly ZonedNetwork[];
  /** IPv4 addresses that are allowed and not blocked, whether or not the `--list-of-ips-file` has them. */
  readonly allowedCount: number;
  readonly networks: NetworkLists;
  /** IPv4 addresses in the `--list-of-ips-file`, repeats included; null without one. */
  readonly listedCount: number | null;
  readonly warnings: readonly string[];
}

/**
 * Reads all that says which addresses to scan and which not.
 *
 * @throws {ConfigError} when something does not parse, cannot be read or looked up, is empty, or when no
 * address is left
 */
export async function readTargets(
  sources: TargetSources,
): Promise<TargetSelection> {
  const { pairs, ...read } = await readSelection(sources);
  const chosen = await chooseAddresses(sources, read);
  return {
    ...chosen,
    pairs: pairs === null ? null : selectPairs(pairs, chosen),
  };
}

async function chooseAddresses(
  sources: TargetSources,
  { ipv6, selection, ...read }: Omit<ReadSelection, "pairs">,
): Promise<Omit<TargetSelection, "pairs">> {
  const rest = { ...read, blocked6: ipv6?.blocked ?? NO_IPV6_ENTRIES };
  const { families = IPV4_ONLY } = sources;
  const v6 = await chooseIpv6(sources, ipv6);
  if (v6 instanceof ConfigError && !families.ipv4) throw v6;
  if (v6 === null && !families.ipv4) throw withoutIpv6(sources, rest.warnings);
  const v4 = families.ipv4 ? chooseIpv4(selection) : null;
  if (v4 instanceof RangeError || v4 === null) {
    if (v6 instanceof ConfigError) throw v6;
    const [remedy = ""] = rest.warnings;
    const error = v4 === null || (v6 !== null && !namesIpv4(selection))
      ? null
      : await nothingLeft(sources, selection, { error: v4, remedy });
    if (v6 === null) throw error;
    const warnings = error === null
      ? rest.warnings
      : [...rest.warnings, `${error.option}: ${error.message}`];
    return { v4: NO_ADDRESSES, v6, allowedCount: 0, ...rest, warnings };
  }
  if (!(v6 instanceof ConfigError)) return { ...v4, v6, ...rest };
  const warnings = [...rest.warnings, `${v6.option}: ${v6.message}`];
  return { ...v4, v6: null, ...rest, warnings };
}

/** The IPv4 addresses of a scan, or why there are none. */
function chooseIpv4(
  selection: AddressSelection,
): { readonly v4: AddressSet; readonly allowedCount: number } | RangeError {
  try {
    const v4 = selectAddresses(selection);
    const { allowed, blocked, listed } = selection;
    const allowedCount = listed === null
      ? v4.count
      : subtract(allowed ?? allAddresses(), blocked).count;
    return { v4, allowedCount };
  } catch (error) {
    if (error instanceof RangeError) return error;
    throw error;
  }
}

/** Whether there was an IPv4 address before the blocklist. */
function namesIpv4({ allowed, listed }: AddressSelection): boolean {
  return (listed ?? allowed)?.count !== 0;
}

const NO_ADDRESSES = addressSet(new RangeBuilder());

/** What says which addresses are scanned, read, and what is to be said about it. */
export interface ReadSelection {
  readonly selection: AddressSelection;
  /** The same for IPv6; null when it is not asked for. */
  readonly ipv6: Ipv6Selection | null;
  /** The pairs of the list; null: its ports do not count. */
  readonly pairs: PairSink | null;
  readonly zoned: readonly ZonedNetwork[];
  readonly listedCount: number | null;
  readonly networks: NetworkLists;
  readonly warnings: readonly string[];
}

/**
 * As `readTargets`, but leaves it to the caller to put the parts together, which may leave nothing.
 *
 * @throws {ConfigError} when something does not parse, cannot be read or looked up, or is empty
 */
export async function readSelection(
  sources: TargetSources,
): Promise<ReadSelection> {
  const { addressList, allowlist, blocklist, lookup, targets } = sources;
  checkInputs(
    [allowlist, blocklist, addressList].filter((file) =>
      file !== null && file !== "special-purpose"
    ),
  );
  const warnings: string[] = [];
  const skip = sources.isLenient ? makeSkip(warnings) : null;
  const allowed = startList(sources, warnings, skip);
  await readAllowed(sources, allowed);
  const blocked = startList(sources, warnings, skip);
  await readBlocked(sources, blocked);
  const list = startList(sources, warnings, skip);
  const { families = IPV4_ONLY } = sources;
  const isAllAllowed = targets.length === 0 && allowlist === null;
  const allowed4 = isAllAllowed ? null : takeSet(allowed.ranges);
  const blocked4 = takeSet(blocked.ranges);
  const isTarget = (address: Ipv4Address): boolean =>
    (allowed4 === null || contains(allowed4, address)) &&
    !contains(blocked4, address);
  const pairs = sources.takesPairs === true ? makePairSink(families) : null;
  const listed = addressList === null ? null : await readAddresses(
    addressList,
    { ...list, isTarget, pairs },
    lookup.signal,
  );
  if (!families.ipv4 && listed !== null && listed.count > 0) {
    const name = inputName(addressList!.path);
    warnings.push(ipv4Skipped(name, listed.count, allowed.skipReason));
  }
  const selection = {
    allowed: allowed4,
    listed: listed?.addresses ?? null,
    blocked: blocked4,
  };
  const ipv6 = allowed.ipv6 === null ? null : {
    allowed: isAllAllowed ? null : allowed.ipv6.take(),
    listed: list.ipv6 === null || listed === null ? null : list.ipv6.take(),
    blocked: blocked.ipv6?.take() ?? NO_IPV6_ENTRIES,
    window: sources.window ?? null,
  };
  return {
    selection,
    ipv6,
    pairs,
    zoned: [...allowed.zoned, ...list.zoned],
    listedCount: listed?.count ?? null,
    networks: { allowed: allowed.networks, blocked: blocked.networks },
    warnings,
  };
}

function startList(
  { families = IPV4_ONLY, hasNetworkLists, skipReason = "" }: TargetSources,
  warnings: string[],
  skip: Skip | null,
): Taken {
  return {
    ranges: new RangeBuilder(),
    ipv6: families.ipv6 ? new Ipv6Builder() : null,
    skipReason,
    zoned: [],
    networks: hasNetworkLists ? new NetworkList() : null,
    skip,
    warnings,
  };
}

/** The allowlist, and behind it the words of the command line. */
async function readAllowed(
  { allowlist, families = IPV4_ONLY, lookup, targets }: TargetSources,
  taken: Taken,
): Promise<void> {
  const { ipv6, ranges, zoned } = taken;
  const words = parseWords(targets, taken);
  const hosts: PendingHost[] = [];
  if (allowlist !== null) {
    hosts.push(...await readPrefixes(allowlist, taken, lookup.signal));
    if (!families.ipv4 && ranges.length > 0) {
      const name = inputName(allowlist.path);
      taken.warnings.push(ipv4Skipped(name, ranges.length, taken.skipReason));
    }
    if (ranges.length + hosts.length + (ipv6?.length ?? 0) === 0) {
      throw emptyList(allowlist, "address or prefix");
    }
  }
  for (const network of words) {
    const rangesBefore = ranges.length;
    if (network.kind === "prefix") ranges.addPrefix(network.prefix);
    else if (network.kind === "range") {
      ranges.addRange(network.range.first, network.range.last);
    } else if (network.kind === "ipv6") {
      const { range, zone } = network;
      ipv6?.addRange(range);
      if (zone !== null) zoned.push({ range, zone });
    } else hosts.push({ ...network, place: "target", rangesBefore });
  }
  const skipped = families.ipv4 ? 0 : words.filter(isIpv4).length;
  if (skipped > 0) {
    taken.warnings.push(ipv4Skipped("target", skipped, taken.skipReason));
  }
  await addHosts(hosts, { ...taken, hasIpv4: families.ipv4, lookup });
}

function isIpv4({ kind }: Network): boolean {
  return kind === "prefix" || kind === "range";
}

/** The blocklist, and behind it the addresses that are never a target. */
async function readBlocked(
  { blocklist, families = IPV4_ONLY, lookup }: TargetSources,
  taken: Taken,
): Promise<void> {
  const { ipv6, networks, ranges } = taken;
  let hosts: readonly PendingHost[] = [];
  if (blocklist === "special-purpose") {
    for (const prefix of specialPurposePrefixes()) ranges.addPrefix(prefix);
    if (ipv6 !== null) {
      for (const range of ipv6SpecialPurposeRanges()) ipv6.addRange(range);
    }
  } else if (blocklist !== null) {
    const read = { ...taken, mustRead: true };
    hosts = await readPrefixes(blocklist, read, lookup.signal);
  }
  const skip = taken.skip === null ? null : skipWithoutAddress(taken.skip);
  await addHosts(hosts, { ...taken, skip, hasIpv4: families.ipv4, lookup });
  // As destinations they mean this host (RFC 1122 section 3.2.1.3) or must not occur (RFC 4291 section 2.5.2).
  ranges.addAddress(0);
  ipv6?.addRange({ first: 0n, last: 0n });
  networks?.add({ address: 0, length: 32 });
}

async function nothingLeft(
  sources: TargetSources,
  selection: AddressSelection,
  { error, remedy }: { readonly error: RangeError; readonly remedy: string },
): Promise<ConfigError> {
  const file = sources.addressList ?? sources.allowlist;
  const place = file === null ? "target" : inputName(file.path);
  const reason = await blockedReason(selection, sources.blocklist);
  if (reason === null) {
    return new ConfigError(place, error.message, remedy, error);
  }
  return new ConfigError(reason.place, reason.message, reason.remedy, error);
}
