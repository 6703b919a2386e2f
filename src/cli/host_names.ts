import { ConfigError, type Ipv4Address, parseIpv4 } from "../base/mod.ts";
import { untilAborted } from "./until_aborted.ts";

/** Finds all IPv4 addresses of a host; rejects when there are none. */
export type Resolver = (hostName: string) => Promise<readonly Ipv4Address[]>;

/** How host names are looked up. */
export interface HostLookup {
  readonly resolve: Resolver;
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
  /** Called with a line for the log while the resolver is silent, once in `silenceMs` at most. */
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

/**
 * Looks a host name up.
 *
 * @throws {ConfigError} when it has no IPv4 address
 * @throws the reason of the signal when that aborts
 */
export async function requireHost(
  { name, place }: PlacedHostName,
  { resolve, signal = null }: HostLookup,
): Promise<readonly Ipv4Address[]> {
  let cause: unknown;
  try {
    const addresses = await untilAborted(resolve(name), signal);
    if (addresses.length > 0) return addresses;
  } catch (error) {
    signal?.throwIfAborted();
    cause = error;
  }
  if (cause instanceof Deno.errors.TimedOut) {
    throw new ConfigError(
      place,
      `Cannot find the address of host "${name}": the resolver does not answer`,
      "Check the name servers of /etc/resolv.conf, or give addresses",
      cause,
    );
  }
  const code = cause instanceof Error && "code" in cause
    ? ` (${cause.code})`
    : "";
  throw new ConfigError(
    place,
    `Cannot find an IPv4 address of host "${name}"${code}`,
    "Check the name, or give an address; a file of targets is read with --allowlist-file",
    cause,
  );
}
