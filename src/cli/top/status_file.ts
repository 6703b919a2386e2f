import { ConfigError } from "../../base/mod.ts";
import { describeFileError } from "../../output/file_error.ts";
import type { ScanView } from "../../page/view.ts";
import { viewOfFacts } from "../../report/mod.ts";
import { rowValue, splitCsv, type TableRow } from "../report/table_lines.ts";

/** Time between two looks at the file. */
const LOOK_MS = 500;
const STATUS_COLUMN = "real-time";

/**
 * The views that a status file tells of, the last row first and then those that are added, until the signal comes.
 *
 * @throws {ConfigError} when it cannot be read, or is no status file
 */
export async function* followStatus(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<ScanView> {
  using file = await open(path);
  let names: readonly string[] | null = null;
  let rest = "";
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(1 << 16);
  let last: TableRow | null = null;
  while (!signal.aborted) {
    const count = await file.read(bytes);
    if (count === null) {
      if (last !== null) yield viewOf(last);
      last = null;
      await pause(signal);
      continue;
    }
    const lines = (rest +
      decoder.decode(bytes.subarray(0, count), { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      if (line === "") continue;
      if (line.startsWith("{")) last = jsonRow(line, path);
      else if (names === null) names = headerOf(line, path);
      else last = rowOf(names, line);
    }
  }
}

async function open(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (error) {
    throw new ConfigError(
      path,
      `Cannot read it: ${describeFileError(error)}`,
      "Give the address that a running scan has said with --listen, or a status file",
      error,
    );
  }
}

function viewOf(row: TableRow): ScanView {
  return viewOfFacts({ metadata: {}, row, commandLine: [] });
}

function headerOf(line: string, path: string): readonly string[] {
  const names = splitCsv(line);
  if (names[0] === STATUS_COLUMN) return names;
  throw noStatus(path);
}

function jsonRow(line: string, path: string): TableRow {
  const row = JSON.parse(line);
  if (!(STATUS_COLUMN in row)) throw noStatus(path);
  return row;
}

function rowOf(names: readonly string[], line: string): TableRow {
  const cells = splitCsv(line).map(rowValue);
  return Object.fromEntries(names.map((name, at) => [name, cells[at]]));
}

function noStatus(path: string): ConfigError {
  return new ConfigError(
    path,
    "It is no status file",
    "Name what --status-updates-file writes",
  );
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LOOK_MS);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
