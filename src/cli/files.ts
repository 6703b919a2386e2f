import { ConfigError, descriptorOf } from "../base/mod.ts";
import { isSpecialFile, outputNameOf, readDescriptor } from "../link/mod.ts";
import { describeFileError, outputDescriptor } from "../output/mod.ts";
import { untilAborted } from "./until_aborted.ts";

/** Stands for standard input where a file is read. */
const STANDARD_INPUT = "-";
const READ_REMEDY = "Name a file that you may read";
const WRITE_REMEDY = "Name a file in a directory that you may write to";
const PIECE_BYTES = 1 << 20;

/** A path and the option that named it. */
export interface NamedPath {
  readonly option: string;
  readonly path: string;
}

/** What reads each file descriptor of the process: whatever was read from one cannot be read again. */
const readers = new Map<number, string>();

/** How a file that is read is called in errors. */
export function inputName(path: string): string {
  return path === STANDARD_INPUT ? "standard input" : path;
}

/** Whether reading a file a second time gives the same again; a pipe or a terminal has been emptied. */
export async function isRereadable(path: string): Promise<boolean> {
  if (inputDescriptor(path) !== null) return false;
  return (await statOrNull(path))?.isFile ?? false;
}

/**
 * Keeps standard input for what the program reads besides the files that options name.
 *
 * @param reader completes the sentence "Cannot read standard input, which … reads too"
 */
export function reserveStandardInput(reader: string): void {
  readers.set(0, reader);
}

/**
 * Checks that no two options read the same file descriptor.
 *
 * @throws {ConfigError} for the first that would find it empty
 */
export function checkInputs(inputs: readonly NamedPath[]): void {
  const seen = new Map(readers);
  for (const input of inputs) claimDescriptor(input, seen);
}

/**
 * Reads a whole file that an option named; `-` is standard input.
 *
 * @throws {ConfigError} when it cannot be read
 */
export async function readInput(
  file: NamedPath,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  await readPieces(file, (piece) => pieces.push(piece.slice()));
  return await new Blob(pieces).bytes();
}

/**
 * Reads a file that an option named in pieces, each given to `take`, which must not keep it. `-` is standard
 * input.
 *
 * @param signal ends it
 * @throws {ConfigError} when it cannot be read
 */
export async function readPieces(
  { option, path }: NamedPath,
  take: (piece: Uint8Array<ArrayBuffer>) => void,
  signal: AbortSignal | null = null,
): Promise<void> {
  const fd = claimDescriptor({ option, path }, readers);
  try {
    signal?.throwIfAborted();
    if (fd === null) await readFile(path, { take, signal });
    else await readDescriptor(fd, { take, signal });
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    signal?.throwIfAborted();
    throw cannotRead({ option, path }, error);
  }
}

async function readFile(
  path: string,
  { signal, take }: {
    readonly signal: AbortSignal | null;
    readonly take: (piece: Uint8Array<ArrayBuffer>) => void;
  },
): Promise<void> {
  const piece = new Uint8Array(PIECE_BYTES);
  // Both wait as long as a pipe has no writer, or one that does not write.
  using file = await untilAborted(Deno.open(path), signal);
  for (;;) {
    const length = await untilAborted(file.read(piece), signal);
    if (length === null) return;
    take(piece.subarray(0, length));
  }
}

function inputDescriptor(path: string): number | null {
  return path === STANDARD_INPUT ? 0 : descriptorOf(path);
}

/**
 * Notes that an option reads a file, and returns its descriptor if it is one that is open already, else null.
 *
 * @throws {ConfigError} when another option reads the same descriptor
 */
export function claimInput(file: NamedPath): number | null {
  return claimDescriptor(file, readers);
}

/** Notes which option reads a descriptor, which it returns; null for a file that is opened. */
function claimDescriptor(
  { option, path }: NamedPath,
  seen: Map<number, string>,
): number | null {
  const fd = inputDescriptor(path);
  if (fd === null) return null;
  const other = seen.get(fd);
  if (other !== undefined) {
    throw new ConfigError(
      option,
      `Cannot read ${inputName(path)}, which ${other} reads too`,
      "Name a file for one of them",
    );
  }
  seen.set(fd, option);
  return fd;
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
    if (inputDescriptor(path) !== null) continue;
    const place = await placeOf(path);
    if (place !== null) seen.set(place, option);
  }
  for (const { option, path } of outputs) {
    // What a descriptor leads to is open already, and may be shared.
    if (outputDescriptor(path) !== null) continue;
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

/** The error for a file that an option named and that cannot be read. */
export function cannotRead(
  { option, path }: NamedPath,
  cause: unknown,
): ConfigError {
  const name = path === STANDARD_INPUT ? inputName(path) : `"${path}"`;
  const message = `Cannot read ${name}: ${describeFileError(cause)}`;
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
  try {
    outputNameOf(path);
  } catch (error) {
    throw cannotWrite(error, describeFileError(error));
  }
  // Opening changes nothing in a plain file, but what it does to a pipe or a device is not known.
  if (isSpecialFile(path)) return;
  const info = await statOrNull(path);
  if (info?.isDirectory) throw cannotWrite(undefined, "is a directory");
  if (info !== null) {
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
  if (isSpecialFile(path)) return null;
  const info = await statOrNull(path);
  if (info === null) {
    const parent = await statOrNull(directoryOf(path));
    return `${parent?.dev}:${parent?.ino}/${
      path.slice(path.lastIndexOf("/") + 1)
    }`;
  }
  return info.isFile ? `${info.dev}:${info.ino}` : null;
}

/** What is at a path; null: nothing that can be looked at. */
export async function statOrNull(path: string): Promise<Deno.FileInfo | null> {
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
