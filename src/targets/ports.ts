const LAST_PORT = 65_535;
const PORT = /^(?:0|[1-9][0-9]*)$/;
const RANGE = /^([0-9]+)-([0-9]+)$/;

/**
 * Reads a list of ports and port ranges such as "80,443,8000-8010", or "*" for all ports from 0 to 65535.
 * Order is kept; of ports named more than once the first place counts.
 *
 * @throws {SyntaxError} when the text is empty or an entry is neither a number nor a range
 * @throws {RangeError} when a port is above 65535 or a range ends below its start
 */
export function parsePorts(text: string): Uint16Array {
  if (text === "*") {
    return Uint16Array.from({ length: LAST_PORT + 1 }, (_, port) => port);
  }
  if (text === "") {
    throw new SyntaxError('Cannot parse ports "": no port is given');
  }
  const ports: number[] = [];
  const isKnown = new Uint8Array(LAST_PORT + 1);
  for (const entry of text.split(",")) {
    const [first, last] = parseEntry(text, entry);
    for (let port = first; port <= last; port++) {
      if (isKnown[port] === 0) ports.push(port);
      isKnown[port] = 1;
    }
  }
  return Uint16Array.from(ports);
}

/** Index of each port in a list plus 1, by port; 0 for ports that are not in it. */
export function portRanks(ports: Uint16Array): Uint32Array {
  const ranks = new Uint32Array(LAST_PORT + 1);
  ports.forEach((port, index) => ranks[port] = index + 1);
  return ranks;
}

function parseEntry(
  text: string,
  entry: string,
): [first: number, last: number] {
  if (entry === "") {
    throw new SyntaxError(
      `Cannot parse ports ${JSON.stringify(text)}: an entry is empty`,
    );
  }
  const range = RANGE.exec(entry);
  if (range === null) {
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

function parsePort(entry: string, portText: string): number {
  if (!PORT.test(portText)) {
    throw new SyntaxError(
      `Cannot parse port ${JSON.stringify(entry)}: ` +
        "must be a decimal number without leading zeros, a range like 80-90, or * alone",
    );
  }
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
