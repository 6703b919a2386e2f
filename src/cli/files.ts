import { ConfigError } from "../base/mod.ts";
import { describeFileError } from "../output/mod.ts";

const READ_REMEDY = "Name a file that you may read";
const WRITE_REMEDY = "Name a file in a directory that you may write to";
const PIECE_BYTES = 1 << 20;

/** A path and the option that named it. */
export interface NamedPath {
  readonly option: string;
  readonly path: string;
}

/**
 * Reads a whole file that an option named.
 *
 * @throws {ConfigError} when it cannot be read
 */
export async function readInput(
  { option, path }: NamedPath,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw cannotRead({ option, path }, error);
  }
}

/**
 * Reads a file that an option named in pieces, each given to `take`, which must not keep it.
 *
 * @throws {ConfigError} when it cannot be read
 */
export async function readPieces(
  { option, path }: NamedPath,
  take: (piece: Uint8Array) => void,
): Promise<void> {
  const piece = new Uint8Array(PIECE_BYTES);
  try {
    using file = await Deno.open(path);
    for (;;) {
      const length = await file.read(piece);
      if (length === null) return;
      take(piece.subarray(0, length));
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw cannotRead({ option, path }, error);
  }
}

/**
 * Checks that files can be written where `outputs` say, without creating or changing any: each in a directory
 * that exists, none a directory itself, none the same as another or as one of `inputs`.
 *
 * @throws {ConfigError} for the first that cannot be used
 */
export async function checkOutputs(
  outputs: readonly NamedPath[],
  inputs: readonly NamedPath[],
): Promise<void> {
  const seen = new Map<string, string>();
  for (const { option, path } of inputs) {
    const place = await placeOf(path);
    if (place !== null) seen.set(place, option);
  }
  for (const { option, path } of outputs) {
    await checkOutput({ option, path });
    const place = await placeOf(path);
    if (place === null) continue;
    const other = seen.get(place);
    if (other !== undefined) {
      const message = `Cannot write "${path}", which ${other} names too`;
      throw new ConfigError(option, message, "Name a file of its own");
    }
    seen.set(place, option);
  }
}

function cannotRead({ option, path }: NamedPath, cause: unknown): ConfigError {
  const message = `Cannot read "${path}": ${describeFileError(cause)}`;
  return new ConfigError(option, message, READ_REMEDY, cause);
}

async function checkOutput({ option, path }: NamedPath): Promise<void> {
  const cannotWrite = (cause: unknown, why: string): ConfigError =>
    new ConfigError(
      option,
      `Cannot write "${path}": ${why}`,
      WRITE_REMEDY,
      cause,
    );
  const info = await statOrNull(path);
  if (info?.isDirectory) throw cannotWrite(undefined, "is a directory");
  if (info !== null) {
    // Opening changes nothing in a plain file, but what it does to a pipe or a device is not known.
    if (info.isFile) await tryOpening(path, cannotWrite);
    return;
  }
  const directory = directoryOf(path);
  try {
    const parent = await Deno.stat(directory);
    if (!parent.isDirectory) {
      throw cannotWrite(undefined, `"${directory}" is not a directory`);
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw cannotWrite(
      error,
      `directory "${directory}": ${describeFileError(error)}`,
    );
  }
}

async function tryOpening(
  path: string,
  cannotWrite: (cause: unknown, why: string) => ConfigError,
): Promise<void> {
  try {
    const file = await Deno.open(path, { write: true });
    file.close();
  } catch (error) {
    throw cannotWrite(error, describeFileError(error));
  }
}

/** Names one file whatever the path to it; null for what several options may share, such as `/dev/null`. */
async function placeOf(path: string): Promise<string | null> {
  const info = await statOrNull(path);
  if (info === null) {
    const parent = await statOrNull(directoryOf(path));
    return `${parent?.dev}:${parent?.ino}/${
      path.slice(path.lastIndexOf("/") + 1)
    }`;
  }
  return info.isFile ? `${info.dev}:${info.ino}` : null;
}

async function statOrNull(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.stat(path);
  } catch {
    return null;
  }
}

function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  if (slash < 0) return ".";
  return slash === 0 ? "/" : path.slice(0, slash);
}
