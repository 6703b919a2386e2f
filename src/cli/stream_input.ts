import { DescriptorReader } from "../link/mod.ts";
import type { StreamInput } from "../scan/mod.ts";
import { cannotRead, type NamedPath, statOrNull } from "./files.ts";

/** What a pipe holds. */
const PIECE_BYTES = 1 << 16;

/**
 * Opens a file, a pipe or standard input that is read while the scan runs. A named pipe may have no writer yet: the first
 * read waits for it.
 *
 * @param fd its descriptor, if it is open already, or null
 * @throws {ConfigError} when it cannot be opened
 */
export async function openStreamInput(
  file: NamedPath,
  fd: number | null,
): Promise<StreamInput> {
  if (fd !== null) return new DescriptorReader(fd, PIECE_BYTES);
  const info = await statOrNull(file.path);
  const opened = open(file);
  // Now, while the program has the right to; but who writes to a pipe is not waited for.
  if (info?.isFifo !== true) await opened;
  else opened.catch(() => {});
  return new FileInput(opened);
}

async function open(file: NamedPath): Promise<Deno.FsFile> {
  try {
    const info = await Deno.stat(file.path);
    if (info.isDirectory) throw new Deno.errors.IsADirectory(file.path);
    return await Deno.open(file.path);
  } catch (error) {
    throw cannotRead(file, error);
  }
}

/** Reads a file or a named pipe to its end, and closes it there. */
class FileInput implements StreamInput {
  readonly #opened: Promise<Deno.FsFile>;
  readonly #piece = new Uint8Array(PIECE_BYTES);
  #hasEnded = false;

  constructor(opened: Promise<Deno.FsFile>) {
    this.#opened = opened;
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#hasEnded) return null;
    const file = await this.#opened;
    const length = await file.read(this.#piece);
    if (length !== null) return this.#piece.subarray(0, length);
    this.#hasEnded = true;
    file.close();
    return null;
  }
}
