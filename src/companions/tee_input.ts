import { ConfigError, parseIpv4 } from "../base/mod.ts";

const LINE_FEED = 10;
const QUOTE = 0x22;
/** Names that the columns may have, the better ones first. */
const ADDRESS_COLUMNS = ["saddr", "ip"];
const PORT_COLUMNS = ["sport", "port"];
const SUCCESS_COLUMN = "success";
const ADDRESS_REMEDY = "Give --raw to pass lines on as they are, or write " +
  "the results with a header and a column saddr: -f saddr,sport";

/** What rows look like, and which are passed on. */
export interface TeeInputOptions {
  /** Lines are passed on as they are, whatever they hold. */
  readonly isRaw: boolean;
  /** Only rows of successes are passed on. */
  readonly isSuccessOnly: boolean;
  /** Takes a row that does not parse. */
  onBadRow(row: string): void;
}

/** Rows that were read, and of them what is passed on. */
export interface TeeRows {
  readonly count: number;
  readonly passed: Uint8Array;
}

/** Places of the columns of CSV; -1 without such a column. */
interface CsvFormat {
  readonly kind: "csv";
  readonly address: number;
  readonly port: number;
  readonly success: number;
}

/** How rows are read; decided by the first line. */
type Format = CsvFormat | { readonly kind: "raw" } | { readonly kind: "json" };

/**
 * Reads results as a scan writes them: CSV, JSON lines, or an address a line. Of each it passes on the
 * address, and the port if there is one.
 */
export class TeeInput {
  readonly #options: TeeInputOptions;
  readonly #decoder = new TextDecoder();
  readonly #encoder = new TextEncoder();
  #format: Format | null = null;
  #isStart = true;

  constructor(options: TeeInputOptions) {
    this.#options = options;
  }

  /** Offset behind the last whole row, for `readLines`. */
  endOfRows(bytes: Uint8Array, end: number): number {
    const first = bytes.indexOf(LINE_FEED);
    if (this.#format === null && first >= 0 && first < end) {
      const line = this.#decoder.decode(bytes.subarray(0, first));
      this.#format = this.#detect(line.replace(/\r$/, ""));
    }
    if (this.#format?.kind !== "csv") {
      return bytes.lastIndexOf(LINE_FEED, end - 1) + 1;
    }
    let isQuoted = false;
    let last = 0;
    for (let at = 0; at < end; at++) {
      if (bytes[at] === QUOTE) isQuoted = !isQuoted;
      else if (bytes[at] === LINE_FEED && !isQuoted) last = at + 1;
    }
    return last;
  }

  /**
   * Reads the whole rows in `bytes` up to `end`, which follow those of the last call.
   *
   * @throws {ConfigError} when the first line shows that no address can be found
   */
  read(bytes: Uint8Array, end: number): TeeRows {
    const text = this.#decoder.decode(bytes.subarray(0, end));
    const lines = splitRows(text, this.#format?.kind === "csv");
    const isStart = this.#isStart;
    this.#isStart = false;
    this.#format ??= this.#detect(lines[0] ?? "");
    const format = this.#format;
    if (format.kind === "raw") {
      return { count: lines.length, passed: bytes.slice(0, end) };
    }
    const rows = isStart && format.kind === "csv" ? lines.slice(1) : lines;
    const passed = rows.map((row) =>
      format.kind === "json" ? this.#ofJson(row) : this.#ofCsv(row, format)
    ).filter((row) => row !== null);
    return {
      count: lines.length,
      passed: this.#encoder.encode(passed.map((row) => `${row}\n`).join("")),
    };
  }

  #detect(line: string): Format {
    const { isRaw, isSuccessOnly } = this.#options;
    if (isRaw) return { kind: "raw" };
    if (line.startsWith("{")) return { kind: "json" };
    // As in ZMap a single column is no CSV: its header, if it has one, is passed on.
    if (!line.includes(",")) {
      if (isSuccessOnly) throw noSuccess();
      return { kind: "raw" };
    }
    const names = splitCsv(line);
    const address = indexOfFirst(names, ADDRESS_COLUMNS);
    if (address >= 0) {
      const success = names.indexOf(SUCCESS_COLUMN);
      if (isSuccessOnly && success < 0) throw noSuccess();
      const port = indexOfFirst(names, PORT_COLUMNS);
      return { kind: "csv", address, port, success };
    }
    if (!isAddress(names[0]!)) {
      throw new ConfigError(
        "standard input",
        `No column of "${line}" is called ${ADDRESS_COLUMNS.join(" or ")}`,
        ADDRESS_REMEDY,
      );
    }
    if (isSuccessOnly) throw noSuccess();
    return { kind: "raw" };
  }

  #ofCsv(
    row: string,
    format: CsvFormat,
  ): string | null {
    const fields = splitCsv(row);
    const address = fields[format.address] ?? "";
    if (address === "") {
      this.#options.onBadRow(row);
      return null;
    }
    if (
      this.#options.isSuccessOnly && !isTrue(fields[format.success] ?? "")
    ) return null;
    const port = fields[format.port] ?? "";
    return port === "" ? address : `${address},${port}`;
  }

  #ofJson(row: string): string | null {
    const record = parseObject(row);
    const address = firstOf(record, ADDRESS_COLUMNS);
    if (typeof address !== "string") {
      this.#options.onBadRow(row);
      return null;
    }
    const success = record?.[SUCCESS_COLUMN];
    if (this.#options.isSuccessOnly && !isTrue(String(success ?? ""))) {
      return null;
    }
    const port = firstOf(record, PORT_COLUMNS);
    return typeof port === "number" ? `${address},${port}` : address;
  }
}

/** Lines without their ends; in CSV a line end between quotes ends no row. */
function splitRows(text: string, isCsv: boolean): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const rows: string[] = [];
  let open = "";
  for (const line of lines) {
    const row = open === "" ? line : `${open}\n${line}`;
    open = isCsv && hasOpenQuote(row) ? row : "";
    if (open === "") rows.push(row.replace(/\r$/, ""));
  }
  if (open !== "") rows.push(open);
  return rows;
}

function hasOpenQuote(row: string): boolean {
  return row.includes('"') && row.split('"').length % 2 === 0;
}

/** The fields of a CSV row, RFC 4180 section 2. */
function splitCsv(row: string): string[] {
  if (!row.includes('"')) return row.split(",");
  return [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)]
    .map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "");
}

function parseObject(row: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(row);
    return typeof value === "object" && value !== null
      ? value as Record<string, unknown>
      : null;
  } catch {
    return null;
  }
}

function firstOf(
  record: Record<string, unknown> | null,
  names: readonly string[],
): unknown {
  const name = names.find((name) => record?.[name] !== undefined);
  return name === undefined ? undefined : record?.[name];
}

function indexOfFirst(
  names: readonly string[],
  wanted: readonly string[],
): number {
  const name = wanted.find((name) => names.includes(name));
  return name === undefined ? -1 : names.indexOf(name);
}

function isAddress(text: string): boolean {
  try {
    parseIpv4(text);
    return true;
  } catch {
    return false;
  }
}

/** As ZMap writes it in CSV or in JSON. */
function isTrue(text: string): boolean {
  return text === "true" || (text !== "" && Number(text) > 0);
}

function noSuccess(): ConfigError {
  return new ConfigError(
    "--success-only",
    `The input has no column ${SUCCESS_COLUMN}`,
    "Write the results with it: -f saddr,success",
  );
}
