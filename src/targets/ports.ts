import { portNames, portOfName } from "./named_ports.ts";

const LAST_PORT = 65_535;
const PORT = /^(?:0|[1-9][0-9]*)$/;
const RANGE = /^([^-\s]+)\s*-\s*([^-\s]+)$/;
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/i;
/** A protocol before a port, as nmap and masscan have it. */
const PROTOCOL = /^([TUSP]|tcp|udp|sctp):/i;

/**
 * Reads a list of ports, names of ports and ranges such as "80,https,8000-8010", or "*" for all ports from 0 to 65535.
 * Blanks around entries and empty entries do not count. Order is kept; of ports named more than once the first place
 * counts.
 *
 * @throws {SyntaxError} when no port is given, or an entry is neither a number nor a name nor a range
 * @throws {RangeError} when a port is above 65535 or a range ends below its start
 */
export function parsePorts(text: string): Uint16Array {
  if (text.trim() === "*") {
    return Uint16Array.from({ length: LAST_PORT + 1 }, (_, port) => port);
  }
  const ports: number[] = [];
  const isKnown = new Uint8Array(LAST_PORT + 1);
  for (const part of text.split(",")) {
    const entry = part.trim();
    if (entry === "") continue;
    const [first, last] = parseEntry(entry);
    for (let port = first; port <= last; port++) {
      if (isKnown[port] === 0) ports.push(port);
      isKnown[port] = 1;
    }
  }
  if (ports.length === 0) {
    throw new SyntaxError(
      `Cannot parse ports ${JSON.stringify(text)}: no port is given`,
    );
  }
  return Uint16Array.from(ports);
}

/** Index of each port in a list plus 1, by port; 0 for ports that are not in it. */
export function portRanks(ports: Uint16Array): Uint32Array {
  const ranks = new Uint32Array(LAST_PORT + 1);
  ports.forEach((port, index) => ranks[port] = index + 1);
  return ranks;
}

/**
 * Reads one port, by its number or its name.
 *
 * @param entry what to quote in the error
 * @throws {SyntaxError} when it is neither
 * @throws {RangeError} when it is above 65535
 */
export function parsePort(entry: string, portText: string): number {
  const named = portOfName(portText);
  if (named !== undefined) return named;
  if (!PORT.test(portText)) throw new SyntaxError(wrongPort(entry, portText));
  const port = Number(portText);
  if (port > LAST_PORT) {
    throw new RangeError(
      `Cannot parse port ${
        JSON.stringify(entry)
      }: ${portText} is above ${LAST_PORT}`,
    );
  }
  return port;
}

function parseEntry(entry: string): [first: number, last: number] {
  // Some names have a hyphen.
  const range = portOfName(entry) === undefined ? RANGE.exec(entry) : null;
  if (range === null || NAME.test(entry)) {
    const port = parsePort(entry, entry);
    return [port, port];
  }
  const first = parsePort(entry, range[1]!);
  const last = parsePort(entry, range[2]!);
  if (first > last) {
    throw new RangeError(
      `Cannot parse port range ${
        JSON.stringify(entry)
      }: first port is above last port`,
    );
  }
  return [first, last];
}

/** Why a text is no port. */
function wrongPort(entry: string, portText: string): string {
  const start = `Cannot parse port ${JSON.stringify(entry)}`;
  if (PROTOCOL.test(entry)) {
    return `${start}: the protocol follows from the kind of probe, for example -M udp -p 53; give the number alone, and scan each protocol for itself`;
  }
  if (entry.includes(";") || /\d\s+\d/.test(entry)) {
    return `${start}: ports are separated by commas`;
  }
  if (entry.includes("*")) return `${start}: * stands alone, for all ports`;
  if (entry.startsWith("-") || entry.endsWith("-")) {
    return `${start}: a range has two ends, for example 1-1024`;
  }
  if (entry.includes("/")) {
    return `${start}: give the number alone; the protocol follows from the kind of probe`;
  }
  if (/^0[0-9]/.test(portText)) return `${start}: has leading zeros`;
  if (/^(?:all|any)$/i.test(entry)) return `${start}: all ports are written *`;
  if (/^[0-9]+(?::|\.\.+)[0-9]+$/.test(entry)) {
    return `${start}: a range has a hyphen: ${entry.replace(/[:.]+/, "-")}`;
  }
  if (NAME.test(portText)) {
    const near = portNames().find((name) =>
      name.startsWith(portText.toLowerCase().slice(0, 3))
    );
    return `${start}: no port of this name is known${
      near === undefined ? "" : `; is ${near} meant?`
    }`;
  }
  return `${start}: must be a decimal number, the name of a port, a range like 80-90, or * alone`;
}
