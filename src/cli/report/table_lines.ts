import { ConfigError } from "../../base/mod.ts";
import { describeFileError } from "../../output/file_error.ts";

/** One row of a file: its values by the names of the columns, numbers where they are numbers. */
export type TableRow = Readonly<Record<string, unknown>>;

/** The only column of a CSV file without a header whose lines are addresses. */
const ONLY_COLUMN = "saddr";

/**
 * The lines of a file, one by one: it may be larger than memory.
 *
 * @throws {ConfigError} when it cannot be read
 */
export async function* linesOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    using file = await Deno.open(path);
    const bytes = new Uint8Array(1 << 16);
    for (let count; (count = await file.read(bytes)) !== null;) {
      const lines = (rest +
        decoder.decode(bytes.subarray(0, count), { stream: true })).split("\n");
      rest = lines.pop()!;
      for (const line of lines) yield line.replace(/\r$/, "");
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(
      path,
      `Cannot read it: ${describeFileError(error)}`,
      "Name a file that a scan has written",
      error,
    );
  }
  if (rest !== "") yield rest;
}

/**
 * The rows of a CSV file, with or without a header, or of JSON lines.
 *
 * @throws {ConfigError} with file and line for a line that is neither
 */
export async function* rowsOf(path: string): AsyncGenerator<TableRow> {
  let names: readonly string[] | null = null;
  let number = 0;
  for await (const line of linesOf(path)) {
    number++;
    if (line === "") continue;
    if (line.startsWith("{")) {
      yield jsonRow(line, `${path}:${number}`);
      continue;
    }
    const cells = splitCsv(line);
    if (names === null) {
      names = isHeader(cells) ? cells : [ONLY_COLUMN, "sport"];
      if (names === cells) continue;
    }
    const row: Record<string, unknown> = {};
    cells.forEach((cell, at) => {
      const name = names![at];
      if (name !== undefined) row[name] = rowValue(cell);
    });
    yield row;
  }
}

/** Cells of a line of CSV, RFC 4180. */
export function splitCsv(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  const cells: string[] = [];
  const pattern = /(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g;
  for (const [, quoted, plain] of line.matchAll(pattern)) {
    cells.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
  }
  return cells;
}

/** A header has names only; what has an address in its first cell is a row. */
function isHeader(cells: readonly string[]): boolean {
  return cells.every((cell) => /^[a-z][\w-]*$/i.test(cell)) &&
    !/^[0-9a-f]*:[0-9a-f:]*$/i.test(cells[0]!);
}

function jsonRow(line: string, place: string): TableRow {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new ConfigError(
      place,
      "This is no JSON, and no row of CSV",
      "Name a file that a scan has written",
      error,
    );
  }
}

/** The value of a cell: a number where it is one. */
export function rowValue(cell: string): unknown {
  return cell !== "" && /^-?\d+(?:\.\d+)?$/.test(cell) ? Number(cell) : cell;
}
