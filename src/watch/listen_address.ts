/** Where the server listens. */
export type ListenAddress =
  | { readonly kind: "tcp"; readonly hostname: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

const MOST_PORT = 65_535;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const UNIX = "unix:";
/** Longest path of a Unix socket, `struct sockaddr_un`. */
const MOST_PATH_BYTES = 107;

/**
 * Reads an address to listen at: `127.0.0.1:8080`, `[::1]:8080`, `localhost:0`, a port alone for loopback, or `unix:/path`.
 *
 * @throws {SyntaxError} when it is none of these
 */
export function parseListenAddress(text: string): ListenAddress {
  if (text.startsWith(UNIX)) return parsePath(text.slice(UNIX.length));
  const match = /^(?:(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]*)):)?(\d{1,5})$/.exec(
    text,
  );
  const port = Number(match?.[3]);
  if (match === null || port > MOST_PORT) {
    throw new SyntaxError(`Cannot read address "${text}"`);
  }
  const [, ipv6, name = "127.0.0.1"] = match;
  if (ipv6 !== undefined) {
    if (!isIpv6(ipv6)) throw new SyntaxError(`Cannot read address "${ipv6}"`);
    return { kind: "tcp", hostname: ipv6.toLowerCase(), port };
  }
  const hostname = name === "localhost" ? "127.0.0.1" : name;
  if (!IPV4.test(hostname)) {
    throw new SyntaxError(
      `Cannot listen at "${hostname}": this is no address of IPv4 or IPv6`,
    );
  }
  return { kind: "tcp", hostname, port };
}

/** Whether only this machine can reach it. */
export function isLocal(address: ListenAddress): boolean {
  return address.kind === "unix" || address.hostname === "::1" ||
    address.hostname.startsWith("127.");
}

/** An address as it is written: a link where a browser can open it. */
export function formatListenAddress(address: ListenAddress): string {
  if (address.kind === "unix") return `${UNIX}${address.path}`;
  const { hostname, port } = address;
  return `http://${
    hostname.includes(":") ? `[${hostname}]` : hostname
  }:${port}/`;
}

/**
 * What clients may call the server in Host. A page of somebody else whose name leads to this machine (DNS rebinding) calls
 * it by that name, and gets nothing.
 */
export function allowedHosts(address: ListenAddress): ReadonlySet<string> {
  if (address.kind === "unix") return new Set(["localhost"]);
  const { hostname, port } = address;
  const own = hostname.includes(":") ? `[${hostname}]` : hostname;
  const names = [own, ...LOOPBACK_NAMES];
  return new Set(names.flatMap((name) =>
    // What leaves the port out means this one.
    port === DEFAULT_PORT ? [name, `${name}:${port}`] : [`${name}:${port}`]
  ));
}

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];
const DEFAULT_PORT = 80;

/**
 * Whether an address stands for all of this machine: then every address of it may be what clients call it, as none of
 * them can be a name of somebody else.
 */
export function isAnyAddress(address: ListenAddress): boolean {
  return address.kind === "tcp" &&
    (address.hostname === "0.0.0.0" || address.hostname === "::");
}

/** Whether Host names an address, not a name, and this port. */
export function isAddressOfPort(host: string, port: number): boolean {
  const match = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+))(?::(\d+))?$/.exec(host);
  if (match === null) return false;
  const [, ipv6, ipv4, named = String(DEFAULT_PORT)] = match;
  if (Number(named) !== port) return false;
  return ipv6 !== undefined ? isIpv6(ipv6) : IPV4.test(ipv4!);
}

function isIpv6(text: string): boolean {
  return URL.canParse(`http://[${text}]/`);
}

function parsePath(path: string): ListenAddress {
  const bytes = new TextEncoder().encode(path).length;
  if (!path.startsWith("/") || path.includes("\0")) {
    throw new SyntaxError(
      `Cannot listen at "${path}": the path does not begin with /`,
    );
  }
  if (bytes > MOST_PATH_BYTES) {
    throw new SyntaxError(
      `Cannot listen at "${path}": of its ${bytes} bytes a socket can have ${MOST_PATH_BYTES}`,
    );
  }
  return { kind: "unix", path };
}
