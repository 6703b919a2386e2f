import { parsePort } from "./ports.ts";

/** What a line of a list names besides an address alone. */
export interface ListedRecord {
  /** As it is written. */
  readonly address: string;
  /** Null: none is named. */
  readonly port: number | null;
  /** Whether it is the result of a scan that was no success. */
  readonly isFailed: boolean;
}

/** Where the columns of CSV that count are; -1: there is none. */
export interface RecordColumns {
  /** The line that names them. */
  readonly header: string;
  readonly address: number;
  readonly port: number;
  readonly success: number;
  /** Number of columns. */
  readonly count: number;
}

/** Names of what was probed, the more exact first: `saddr` can be that of a router. */
const ADDRESS_NAMES = ["target", "saddr", "ip", "addr", "address", "host"];
const PORT_NAMES = ["sport", "port"];
const SUCCESS_NAMES = ["success"];
/** An address of either family and a port, as `192.0.2.9:443`, `[2001:db8::9]:443`, or with a comma. */
const HOST_PORT =
  /^(?:\[([^\]]*)\][:,]|([0-9]+(?:\.[0-9]+)+)[ \t]*[:,]|([0-9a-f:.]*:[0-9a-f:.]*(?:%[^,]*)?)[ \t]*,)[ \t]*([^\s,]+)$/i;

/** The columns that a line of CSV names; null when it is no header, or does not name that of the addresses. */
export function recordColumns(line: string): RecordColumns | null {
  if (!line.includes(",")) return null;
  const names = csvFields(line).map((name) => name.trim().toLowerCase());
  const find = (wanted: readonly string[]): number =>
    wanted.reduce((at, name) => at < 0 ? names.indexOf(name) : at, -1);
  const address = find(ADDRESS_NAMES);
  if (address < 0) return null;
  return {
    header: line,
    address,
    port: find(PORT_NAMES),
    success: find(SUCCESS_NAMES),
    count: names.length,
  };
}

/**
 * Reads a line of CSV.
 *
 * @throws {SyntaxError} when it has another number of columns, or its port does not parse
 * @throws {RangeError} when the port is above 65535
 */
export function csvRecord(columns: RecordColumns, line: string): ListedRecord {
  const fields = csvFields(line);
  if (fields.length !== columns.count) {
    throw new SyntaxError(
      `Cannot parse ${
        JSON.stringify(line)
      }: the header has ${columns.count} columns, this line ${fields.length}`,
    );
  }
  const port = fields[columns.port]?.trim() ?? "";
  return {
    address: fields[columns.address]!.trim(),
    port: port === "" ? null : parsePort(port, port),
    isFailed: isNo(fields[columns.success]?.trim()),
  };
}

/**
 * Reads a line of JSON: an object with the address as `target`, `saddr`, `ip`, `addr`, `address` or `host`, and the
 * port, if there is one, as `sport` or `port`.
 *
 * @throws {SyntaxError} when it is no such object
 * @throws {RangeError} when the port is above 65535
 */
export function jsonRecord(line: string): ListedRecord {
  const record = parseObject(line);
  const valueOf = (names: readonly string[]): unknown =>
    names.map((name) => record[name]).find((value) =>
      value !== undefined && value !== null && value !== ""
    );
  const address = valueOf(ADDRESS_NAMES);
  if (typeof address !== "string") {
    throw new SyntaxError(
      `Cannot find an address in ${JSON.stringify(shortened(line))}: none of ${
        ADDRESS_NAMES.join(", ")
      } is one`,
    );
  }
  const port = valueOf(PORT_NAMES);
  return {
    address,
    port: port === undefined ? null : parsePort(String(port), String(port)),
    isFailed: isNo(valueOf(SUCCESS_NAMES)),
  };
}

/**
 * Reads an address with a port behind it; null when the text has another form.
 *
 * @throws {SyntaxError} when the port does not parse
 * @throws {RangeError} when the port is above 65535
 */
export function hostPort(text: string): ListedRecord | null {
  const [, bracketed, ipv4, ipv6, port] = HOST_PORT.exec(text) ?? [];
  if (port === undefined) return null;
  return {
    address: bracketed ?? ipv4 ?? ipv6!,
    port: parsePort(text, port),
    isFailed: false,
  };
}

function parseObject(line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new SyntaxError(
      `Cannot parse ${JSON.stringify(shortened(line))} as JSON`,
      { cause },
    );
  }
  // It begins with a brace.
  return value as Record<string, unknown>;
}

function isNo(value: unknown): boolean {
  return value === false || value === 0 || value === "0" || value === "false";
}

/** Fields of a line of CSV as RFC 4180 has them. */
function csvFields(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  const fields: string[] = [];
  for (let at = 0; at <= line.length;) {
    if (line[at] !== '"') {
      const comma = line.indexOf(",", at);
      const end = comma < 0 ? line.length : comma;
      fields.push(line.slice(at, end));
      at = end + 1;
      continue;
    }
    let end = at + 1;
    while (end < line.length && (line[end] !== '"' || line[end + 1] === '"')) {
      end += line[end] === '"' ? 2 : 1;
    }
    fields.push(line.slice(at + 1, end).replaceAll('""', '"'));
    const comma = line.indexOf(",", end);
    at = (comma < 0 ? line.length : comma) + 1;
  }
  return fields;
}

const SHOWN = 100;

function shortened(line: string): string {
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}
