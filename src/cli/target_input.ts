import { ConfigError } from "../base/mod.ts";
import {
  AddressListReader,
  type AddressSelection,
  type AddressSet,
  addressSet,
  hasBadLength,
  parseNetwork,
  PrefixListReader,
  RangeBuilder,
  selectAddresses,
  specialPurposePrefixes,
} from "../targets/mod.ts";
import { blockedReason } from "./blocked_reason.ts";
import { type NamedPath, readPieces } from "./files.ts";
import {
  type PlacedHostName,
  requireHost,
  type Resolver,
} from "./host_names.ts";

/** Host names that are looked up at once. */
const PARALLEL_LOOKUPS = 16;

/** A file, or the built-in list of special-purpose prefixes. */
export type Blocklist = NamedPath | "special-purpose";

/** Where the addresses of a scan come from. */
export interface TargetSources {
  /** Addresses, prefixes and host names of the command line. */
  readonly targets: readonly string[];
  readonly allowlist: NamedPath | null;
  /** Null: nothing is blocked but 0.0.0.0. */
  readonly blocklist: Blocklist | null;
  readonly addressList: NamedPath | null;
  readonly resolve: Resolver;
  /** Skips what does not parse and hosts without an address, and warns of it. */
  readonly isLenient: boolean;
}

/** The addresses of a scan, and what is to be said about how they were found. */
export interface TargetSelection {
  readonly addresses: AddressSet;
  /** Addresses in the `--list-of-ips-file`, repeats included; null without one. */
  readonly listedCount: number | null;
  readonly warnings: readonly string[];
}

/** A host name with the prefix length that was written behind it. */
interface PendingHost extends PlacedHostName {
  readonly length: number;
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
  const { listedCount, selection, warnings } = await readSelection(sources);
  const [remedy = ""] = warnings;
  try {
    const addresses = selectAddresses(selection);
    return { addresses, listedCount, warnings };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw await nothingLeft(sources, selection, { error, remedy });
  }
}

/** What says which addresses are scanned, read, and what is to be said about it. */
export interface ReadSelection {
  readonly selection: AddressSelection;
  readonly listedCount: number | null;
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
  const { allowlist, addressList, blocklist, targets } = sources;
  const warnings: string[] = [];
  const skip = sources.isLenient ? makeSkip(warnings) : null;
  const allowed = new RangeBuilder();
  const hosts = addWords(targets, { ranges: allowed, warnings, skip });
  if (allowlist !== null) {
    const count = allowed.length + hosts.length;
    hosts.push(
      ...await readPrefixes(allowlist, { ranges: allowed, warnings, skip }),
    );
    if (allowed.length + hosts.length === count) {
      throw emptyList(allowlist, "address or prefix");
    }
  }
  const blocked = new RangeBuilder();
  // Never a target: as a destination it means this host (RFC 1122 3.2.1.3).
  blocked.addAddress(0);
  const { resolve } = sources;
  await addHosts(hosts, allowed, { resolve, skip });
  if (blocklist === "special-purpose") {
    for (const prefix of specialPurposePrefixes()) blocked.addPrefix(prefix);
  } else if (blocklist !== null) {
    await addHosts(
      await readPrefixes(blocklist, { ranges: blocked, warnings, skip }),
      blocked,
      { resolve, skip },
    );
  }
  const listed = addressList === null ? null : await readAddresses(addressList);
  const isAllAllowed = targets.length === 0 && allowlist === null;
  const selection = {
    allowed: isAllAllowed ? null : addressSet(allowed),
    listed: listed === null ? null : addressSet(listed.ranges),
    blocked: addressSet(blocked),
  };
  return { selection, listedCount: listed?.count ?? null, warnings };
}

/** Notes an error and goes on. */
type Skip = (error: ConfigError) => void;

function makeSkip(warnings: string[]): Skip {
  return ({ message, option }) =>
    warnings.push(`Skipped: ${option}: ${message}`);
}

/** Runs `read`; with `skip` an error of the user's is noted, and the result is null. */
function skipping<T>(skip: Skip | null, read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (skip === null || !(error instanceof ConfigError)) throw error;
    skip(error);
    return null;
  }
}

function rethrow(error: unknown): never {
  throw error;
}

/** Where what was read goes. */
interface Taken {
  readonly ranges: RangeBuilder;
  readonly skip: Skip | null;
  readonly warnings: string[];
}

/** Adds the words of the command line to the ranges; returns the host names among them. */
function addWords(
  words: readonly string[],
  { ranges, skip, warnings }: Taken,
): PendingHost[] {
  const hosts: PendingHost[] = [];
  let ipv6Count = 0;
  for (const word of words) {
    const network = skipping(
      hasBadLength(word) ? null : skip,
      () => parseWord(word),
    );
    if (network === null) continue;
    if (network.kind === "prefix") ranges.addPrefix(network.prefix);
    else if (network.kind === "ipv6") ipv6Count++;
    else hosts.push({ ...network, place: "target" });
  }
  if (ipv6Count > 0) warnings.push(ipv6Skipped("target", ipv6Count));
  return hosts;
}

function ipv6Skipped(place: string, count: number): string {
  return `${place}: IPv6 is not supported, ${count} entries skipped`;
}

function parseWord(word: string): ReturnType<typeof parseNetwork> {
  try {
    return parseNetwork(word);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) {
      throw error;
    }
    const remedy = "Give targets as 192.0.2.1, 192.0.2.0/24 or a host name";
    throw new ConfigError("target", error.message, remedy, error);
  }
}

async function readPrefixes(
  file: NamedPath,
  { ranges, skip, warnings }: Taken,
): Promise<PendingHost[]> {
  const reader = new PrefixListReader({
    name: file.path,
    ranges,
    ...(skip === null ? {} : { onError: skip }),
  });
  await readPieces(file, (piece) => reader.push(piece));
  const { hostNames, ipv6Count } = reader.finish();
  if (ipv6Count > 0) warnings.push(ipv6Skipped(file.path, ipv6Count));
  return hostNames.map(({ name, length, line }) => ({
    name,
    length,
    place: `${file.path}:${line}`,
  }));
}

async function readAddresses(
  file: NamedPath,
): Promise<{ readonly ranges: RangeBuilder; readonly count: number }> {
  const ranges = new RangeBuilder();
  const reader = new AddressListReader({ name: file.path, ranges });
  await readPieces(file, (piece) => reader.push(piece));
  const count = reader.finish();
  if (count === 0) throw emptyList(file, "address");
  return { ranges, count };
}

async function addHosts(
  hosts: readonly PendingHost[],
  ranges: RangeBuilder,
  { resolve, skip }: {
    readonly resolve: Resolver;
    readonly skip: Skip | null;
  },
): Promise<void> {
  for (let at = 0; at < hosts.length; at += PARALLEL_LOOKUPS) {
    await Promise.all(
      hosts.slice(at, at + PARALLEL_LOOKUPS).map(async (host) => {
        const addresses = await requireHost(host, resolve).catch(
          (error: unknown) => skipping(skip, () => rethrow(error)),
        );
        for (const address of addresses ?? []) {
          ranges.addPrefix({ address, length: host.length });
        }
      }),
    );
  }
}

function emptyList({ option, path }: NamedPath, what: string): ConfigError {
  return new ConfigError(
    path,
    `No ${what} in this ${option}`,
    "Give a list with at least one",
  );
}

async function nothingLeft(
  sources: TargetSources,
  selection: AddressSelection,
  { error, remedy }: { readonly error: RangeError; readonly remedy: string },
): Promise<ConfigError> {
  const place = sources.addressList?.path ?? sources.allowlist?.path ??
    "target";
  const reason = await blockedReason(selection, sources.blocklist);
  if (reason === null) {
    return new ConfigError(place, error.message, remedy, error);
  }
  return new ConfigError(reason.place, reason.message, reason.remedy, error);
}
