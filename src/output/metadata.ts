import { ConfigError } from "../base/mod.ts";
import { describeFileError } from "./result_file.ts";

/** The path that stands for standard output. */
const STANDARD_OUTPUT = "-";

/**
 * Creates the metadata file, empty, so that a path that cannot be written is found before the scan and not
 * after it. Does nothing for "-".
 *
 * @throws {ConfigError} when the file cannot be written
 */
export async function createMetadataFile(path: string): Promise<void> {
  if (path !== STANDARD_OUTPUT) await write(path, "");
}

/**
 * Writes metadata as one line of JSON, in place of what the file held; "-" is standard output. A large integer
 * becomes a number where JSON numbers are exact and text elsewhere, bytes become hexadecimal, and a reader of
 * standard output that has gone is no error.
 *
 * @throws {ConfigError} when the file cannot be written
 */
export async function writeMetadata(
  path: string,
  metadata: object,
): Promise<void> {
  const text = `${JSON.stringify(metadata, toJson)}\n`;
  if (path !== STANDARD_OUTPUT) {
    await write(path, text);
    return;
  }
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) {
      at += await Deno.stdout.write(bytes.subarray(at));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw failure(path, error);
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(path, text);
  } catch (error) {
    throw failure(path, error);
  }
}

function failure(path: string, error: unknown): ConfigError {
  return new ConfigError(
    "--metadata-file",
    `Cannot write "${path}": ${describeFileError(error)}`,
    "Name a file in a directory that you may write to",
    error,
  );
}

function toJson(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") {
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }
  return value instanceof Uint8Array ? value.toHex() : value;
}
