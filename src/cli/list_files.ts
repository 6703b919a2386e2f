import { ConfigError, formatCount, type Ipv4Address } from "../base/mod.ts";
import {
  AddressListReader,
  type AddressListRest,
  type AddressSet,
  addressSet,
  type Ipv6Builder,
  type ListHeader,
  type ListOptions,
  type NetworkList,
  type PairSink,
  PrefixListReader,
  RangeBuilder,
  type ZonedNetwork,
} from "../targets/mod.ts";
import { inputName, type NamedPath, readPieces } from "./files.ts";
import type { PendingHost } from "./host_lookup.ts";
import type { Skip } from "./skip.ts";

/** Where what was read goes. */
export interface Taken {
  readonly ranges: RangeBuilder;
  /** What is from IPv6; null to skip it with a warning. */
  readonly ipv6: Ipv6Builder | null;
  /** Ends that warning. */
  readonly skipReason: string;
  /** Entries of IPv6 with a zone, which are in `ipv6`, too. */
  readonly zoned: ZonedNetwork[];
  readonly networks: NetworkList | null;
  readonly skip: Skip | null;
  readonly warnings: string[];
}

/**
 * Reads an allowlist or a blocklist; returns the host names in it, which are still to be looked up.
 *
 * @throws {ConfigError} when it cannot be read or does not parse
 */
export async function readPrefixes(
  file: NamedPath,
  { ipv6, mustRead = false, ranges, skip, skipReason, warnings, zoned }:
    & Taken
    & Pick<ListOptions, "mustRead">,
  signal: AbortSignal | null = null,
): Promise<PendingHost[]> {
  const name = inputName(file.path);
  const reader = new PrefixListReader({
    name,
    ranges,
    ipv6,
    mustRead,
    ...(skip === null ? {} : { onError: skip }),
  });
  await readPieces(file, (piece) => reader.push(piece), signal);
  const { header, hostNames, ipv6Count, zoned: found } = reader.finish();
  zoned.push(...found);
  if (header !== null) {
    warnings.push(
      `${
        headerSkipped(name, header)
      }; a host of this name is written with a dot behind it`,
    );
  }
  if (ipv6Count > 0 && ipv6 === null) {
    warnings.push(ipv6Skipped(name, ipv6Count, skipReason));
  }
  return hostNames.map(({ line, ...host }) => ({
    ...host,
    place: `${name}:${line}`,
  }));
}

/**
 * Reads a list of addresses; those of IPv6 go to `taken`.
 *
 * @throws {ConfigError} when it cannot be read, does not parse, or is empty
 */
export async function readAddresses(
  file: NamedPath,
  { isTarget, ipv6, pairs, skip, skipReason, warnings, zoned }: Omit<
    Taken & {
      readonly pairs: PairSink | null;
      /** Whether an address may be one; pairs of others are forgotten. */
      readonly isTarget: (address: Ipv4Address) => boolean;
    },
    "networks" | "ranges"
  >,
  signal: AbortSignal | null = null,
): Promise<{ readonly addresses: AddressSet; readonly count: number }> {
  const ranges = new RangeBuilder();
  const name = inputName(file.path);
  const reader = new AddressListReader({
    name,
    ranges,
    ipv6,
    pairs,
    ...(skip === null ? {} : { onError: skip }),
  });
  await readPieces(file, (piece) => reader.push(piece), signal);
  const rest = reader.finish();
  const { addressCount: count, header, ipv6Count, zoned: found } = rest;
  warnings.push(...recordWarnings(name, rest, pairs !== null));
  zoned.push(...found);
  if (header !== null) warnings.push(headerSkipped(name, header));
  if (count + ipv6Count === 0) throw emptyList(file, "address");
  if (ipv6Count > 0 && ipv6 === null) {
    warnings.push(ipv6Skipped(name, ipv6Count, skipReason));
  }
  const addresses = pairs?.ipv4.takeAddresses(isTarget) ?? takeSet(ranges);
  return { addresses, count };
}

function recordWarnings(
  name: string,
  { failedCount, portCount }: AddressListRest,
  takesPairs: boolean,
): string[] {
  const warnings: string[] = [];
  if (portCount > 0 && !takesPairs) {
    warnings.push(
      `${name}: Ports have no effect, of which this list has ${
        formatCount(portCount)
      }: without --target-ports, a probe with ports goes to each address on its own port`,
    );
  }
  if (failedCount > 0) {
    warnings.push(
      `${name}: Results whose success is 0 skipped: ${
        formatCount(failedCount)
      }`,
    );
  }
  return warnings;
}

function headerSkipped(name: string, { line, text }: ListHeader): string {
  return `${name}:${line}: ${JSON.stringify(text)} skipped as a header`;
}

/** Makes a set of ranges that are not needed any more. */
export function takeSet(ranges: RangeBuilder): AddressSet {
  const addresses = addressSet(ranges);
  ranges.clear();
  return addresses;
}

/** The warning for entries that are left out because IPv6 is not scanned. */
export function ipv6Skipped(
  place: string,
  count: number,
  reason: string,
): string {
  return `${place}: ${entries(count, "IPv6")} skipped${reason}`;
}

/** The warning for entries that are left out because IPv4 is not scanned. */
export function ipv4Skipped(
  place: string,
  count: number,
  reason: string,
): string {
  return `${place}: ${entries(count, "IPv4")} skipped${reason}`;
}

function entries(count: number, family: string): string {
  return count === 1
    ? `1 entry of ${family}`
    : `${formatCount(count)} entries of ${family}`;
}

/** The error for a list that has to have something. */
export function emptyList(
  { option, path }: NamedPath,
  what: string,
): ConfigError {
  return new ConfigError(
    inputName(path),
    `No ${what} in this ${option}`,
    "Give a list with at least one",
  );
}
