import { ConfigError } from "../base/mod.ts";
import {
  type AddressSelection,
  type AddressSet,
  allAddresses,
  hasBadLength,
  type Network,
  NetworkList,
  parseNetwork,
  RangeBuilder,
  selectAddresses,
  specialPurposePrefixes,
  subtract,
} from "../targets/mod.ts";
import { blockedReason } from "./blocked_reason.ts";
import { checkInputs, inputName, type NamedPath } from "./files.ts";
import { addHosts, type PendingHost } from "./host_lookup.ts";
import type { HostLookup } from "./host_names.ts";
import {
  emptyList,
  ipv6Skipped,
  readAddresses,
  readPrefixes,
  type Taken,
  takeSet,
} from "./list_files.ts";
import { makeSkip, type Skip, skipping } from "./skip.ts";

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
}

/** Prefixes one by one, in the order in which ZMap applies them; null unless they were asked for. */
export interface NetworkLists {
  /** Those of the allowlist, then those of the command line. */
  readonly allowed: NetworkList | null;
  /** Those of the blocklist, then 0.0.0.0. */
  readonly blocked: NetworkList | null;
}

/** The addresses of a scan, and what is to be said about how they were found. */
export interface TargetSelection {
  readonly addresses: AddressSet;
  /** Addresses that are allowed and not blocked, whether or not the `--list-of-ips-file` has them. */
  readonly allowedCount: number;
  readonly networks: NetworkLists;
  /** Addresses in the `--list-of-ips-file`, repeats included; null without one. */
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
  const { selection, ...rest } = await readSelection(sources);
  const [remedy = ""] = rest.warnings;
  try {
    const addresses = selectAddresses(selection);
    const { allowed, blocked, listed } = selection;
    const allowedCount = listed === null
      ? addresses.count
      : subtract(allowed ?? allAddresses(), blocked).count;
    return { addresses, allowedCount, ...rest };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw await nothingLeft(sources, selection, { error, remedy });
  }
}

/** What says which addresses are scanned, read, and what is to be said about it. */
export interface ReadSelection {
  readonly selection: AddressSelection;
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
  const listed = addressList === null
    ? null
    : await readAddresses(addressList, { signal: lookup.signal, warnings });
  const isAllAllowed = targets.length === 0 && allowlist === null;
  const selection = {
    allowed: isAllAllowed ? null : takeSet(allowed.ranges),
    listed: listed?.addresses ?? null,
    blocked: takeSet(blocked.ranges),
  };
  return {
    selection,
    listedCount: listed?.count ?? null,
    networks: { allowed: allowed.networks, blocked: blocked.networks },
    warnings,
  };
}

function startList(
  { hasNetworkLists }: TargetSources,
  warnings: string[],
  skip: Skip | null,
): Taken {
  const networks = hasNetworkLists ? new NetworkList() : null;
  return { ranges: new RangeBuilder(), networks, skip, warnings };
}

/** The allowlist, and behind it the words of the command line. */
async function readAllowed(
  { allowlist, lookup, targets }: TargetSources,
  taken: Taken,
): Promise<void> {
  const { ranges } = taken;
  const words = parseWords(targets, taken);
  const hosts: PendingHost[] = [];
  if (allowlist !== null) {
    hosts.push(...await readPrefixes(allowlist, taken, lookup.signal));
    if (ranges.length + hosts.length === 0) {
      throw emptyList(allowlist, "address or prefix");
    }
  }
  for (const network of words) {
    const rangesBefore = ranges.length;
    if (network.kind === "prefix") ranges.addPrefix(network.prefix);
    else if (network.kind === "range") {
      ranges.addRange(network.range.first, network.range.last);
    } else hosts.push({ ...network, place: "target", rangesBefore });
  }
  await addHosts(hosts, { ...taken, lookup });
}

/** The blocklist, and behind it 0.0.0.0. */
async function readBlocked(
  { blocklist, lookup }: TargetSources,
  taken: Taken,
): Promise<void> {
  const { networks, ranges } = taken;
  let hosts: readonly PendingHost[] = [];
  if (blocklist === "special-purpose") {
    for (const prefix of specialPurposePrefixes()) ranges.addPrefix(prefix);
  } else if (blocklist !== null) {
    hosts = await readPrefixes(blocklist, taken, lookup.signal);
  }
  await addHosts(hosts, { ...taken, lookup });
  // Never a target: as a destination it means this host (RFC 1122 3.2.1.3).
  ranges.addAddress(0);
  networks?.add({ address: 0, length: 32 });
}

/** Reads the words of the command line, and leaves out what is from IPv6. */
function parseWords(
  words: readonly string[],
  { skip, warnings }: Taken,
): Exclude<Network, { kind: "ipv6" }>[] {
  const networks: Exclude<Network, { kind: "ipv6" }>[] = [];
  let ipv6Count = 0;
  for (const word of words) {
    const network = skipping(
      hasBadLength(word) ? null : skip,
      () => parseWord(word),
    );
    if (network === null) continue;
    if (network.kind === "ipv6") ipv6Count++;
    else networks.push(network);
  }
  if (ipv6Count > 0) warnings.push(ipv6Skipped("target", ipv6Count));
  return networks;
}

function parseWord(word: string): Network {
  try {
    return parseNetwork(word);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) {
      throw error;
    }
    const remedy =
      "Give targets as 192.0.2.1, 192.0.2.0/24, 192.0.2.1-192.0.2.9 or a host name";
    throw new ConfigError("target", error.message, remedy, error);
  }
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
