import {
  ConfigError,
  type Ipv4Address,
  type Ipv6Address,
  parseIpv4,
  parseIpv6,
} from "../base/mod.ts";
import { untilAborted } from "./until_aborted.ts";

/** Finds all IPv4 addresses of a host; rejects when there are none. */
export type Resolver = (hostName: string) => Promise<readonly Ipv4Address[]>;

/** As `Resolver`, for IPv6. */
export type Ipv6Resolver = (
  hostName: string,
) => Promise<readonly Ipv6Address[]>;

/** Families of addresses that are asked for. */
export interface Families {
  readonly ipv4: boolean;
  readonly ipv6: boolean;
}

/** Addresses of a host, in both families. */
export interface HostAddresses {
  readonly ipv4: readonly Ipv4Address[];
  readonly ipv6: readonly Ipv6Address[];
}

/** How host names are looked up. */
export interface HostLookup {
  readonly resolve: Resolver;
  /**
   * Finds IPv6 addresses.
   *
   * @default {resolveIpv6Host}
   */
  readonly resolveIpv6?: Ipv6Resolver;
  /**
   * Ends the waiting for the resolver.
   *
   * @default {null}
   */
  readonly signal?: AbortSignal | null;
  /**
   * How long the resolver may be silent before it is named.
   *
   * @default {2000}
   */
  readonly silenceMs?: number;
  /** Called with a line for the log while the resolver is silent, once in `silenceMs` at most, and when it stays so. */
  onSilence(line: string): void;
}

/** A host name, and the option or the line that carries it. */
export interface PlacedHostName {
  readonly name: string;
  readonly place: string;
}

/** Asks the system's resolver, which reads `/etc/hosts` too. With a signal of its own Deno would ask but once, for 2 s. */
export async function resolveHost(
  hostName: string,
): Promise<readonly Ipv4Address[]> {
  return (await Deno.resolveDns(hostName, "A")).map(parseIpv4);
}

/** As `resolveHost`, for IPv6. */
export async function resolveIpv6Host(
  hostName: string,
): Promise<readonly Ipv6Address[]> {
  return (await Deno.resolveDns(hostName, "AAAA")).map(parseIpv6)
    .filter((address) => address !== null);
}

/**
 * Looks a host name up in the families asked for, in both at once.
 *
 * @throws {ConfigError} when it has an address in none of them
 * @throws the reason of the signal when that aborts
 */
export async function requireHost(
  host: PlacedHostName,
  families: Families,
  lookup: HostLookup,
): Promise<HostAddresses> {
  const { resolve, resolveIpv6 = resolveIpv6Host, signal = null } = lookup;
  const none = { found: [], cause: undefined };
  const [ipv4, ipv6] = await Promise.all([
    families.ipv4 ? resolveOne(resolve, host.name, signal) : none,
    families.ipv6 ? resolveOne(resolveIpv6, host.name, signal) : none,
  ]);
  if (ipv4.found.length + ipv6.found.length > 0) {
    for (
      const [family, { cause }] of [["IPv4", ipv4], ["IPv6", ipv6]] as const
    ) {
      if (!(cause instanceof Deno.errors.TimedOut)) continue;
      lookup.onSilence(
        `Host "${host.name}" is scanned without its ${family} addresses: the resolver does not answer`,
      );
    }
    return { ipv4: ipv4.found, ipv6: ipv6.found };
  }
  throw withoutAddress(host, families, ipv4.cause ?? ipv6.cause);
}

/** What a resolver finds, or why it finds nothing. */
async function resolveOne<T>(
  resolve: (hostName: string) => Promise<readonly T[]>,
  name: string,
  signal: AbortSignal | null,
): Promise<{ readonly found: readonly T[]; readonly cause: unknown }> {
  try {
    return {
      found: await untilAborted(resolve(name), signal),
      cause: undefined,
    };
  } catch (cause) {
    signal?.throwIfAborted();
    return { found: [], cause };
  }
}

function withoutAddress(
  { name, place }: PlacedHostName,
  { ipv4, ipv6 }: Families,
  cause: unknown,
): ConfigError {
  if (cause instanceof Deno.errors.TimedOut) {
    return new ConfigError(
      place,
      `Cannot find the address of host "${name}": the resolver does not answer`,
      "Check the name servers of /etc/resolv.conf, or give addresses",
      cause,
    );
  }
  const code = cause instanceof Error && "code" in cause
    ? ` (${cause.code})`
    : "";
  const wanted = ipv4 && ipv6 ? "address" : `${ipv4 ? "IPv4" : "IPv6"} address`;
  return new ConfigError(
    place,
    `Cannot find an ${wanted} of host "${name}"${code}`,
    "Check the name, or give an address; a file of targets is read with --allowlist-file",
    cause,
  );
}
