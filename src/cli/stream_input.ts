import { DescriptorReader } from "../link/mod.ts";
import type { StreamInput } from "../scan/mod.ts";
import { cannotRead, claimInput, type NamedPath, statOrNull } from "./files.ts";

const PIECE_BYTES = 1 << 16;

/**
 * Opens a file, a pipe or standard input that is read while the scan runs. A named pipe may have no writer yet: the first
 * read waits for it.
 *
 * @throws {ConfigError} when it cannot be opened, or another option reads it
 */
export async function openStreamInput(file: NamedPath): Promise<StreamInput> {
  const fd = claimInput(file);
  if (fd !== null) return new DescriptorReader(fd, PIECE_BYTES);
  const info = await statOrNull(file.path);
  const opened = open(file);
  // Now, while the program has the right to; but what waits for a writer is not waited for.
  if (info?.isFifo !== true) await opened;
  else opened.catch(() => {});
  const piece = new Uint8Array(PIECE_BYTES);
  return {
    async read(): Promise<Uint8Array | null> {
      const length = await (await opened).read(piece);
      return length === null ? null : piece.subarray(0, length);
    },
  };
}

async function open(file: NamedPath): Promise<Deno.FsFile> {
  try {
    const opened = await Deno.open(file.path);
    if ((await opened.stat()).isDirectory) {
      throw new Deno.errors.IsADirectory(file.path);
    }
    return opened;
  } catch (error) {
    throw cannotRead(file, error);
  }
}
