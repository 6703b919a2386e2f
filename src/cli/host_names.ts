import { ConfigError, type Ipv4Address, parseIpv4 } from "../base/mod.ts";

/** Finds all IPv4 addresses of a host; rejects when there are none. */
export type Resolver = (hostName: string) => Promise<readonly Ipv4Address[]>;

/** A host name, and the option or the line that carries it. */
export interface PlacedHostName {
  readonly name: string;
  readonly place: string;
}

/** Asks the system's resolver, which reads `/etc/hosts` too. */
export async function resolveHost(
  hostName: string,
): Promise<readonly Ipv4Address[]> {
  return (await Deno.resolveDns(hostName, "A")).map(parseIpv4);
}

/**
 * Looks a host name up.
 *
 * @throws {ConfigError} when it has no IPv4 address
 */
export async function requireHost(
  { name, place }: PlacedHostName,
  resolve: Resolver,
): Promise<readonly Ipv4Address[]> {
  let cause: unknown;
  try {
    const addresses = await resolve(name);
    if (addresses.length > 0) return addresses;
  } catch (error) {
    cause = error;
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
