/** A file that is written in places, as a checkpoint needs it; one call at a time. */
export interface CheckpointStorage {
  /** Length of the file now. */
  length(): Promise<number>;
  /** Up to so many bytes from `at` on: fewer where the file ends. */
  read(at: number, lengthBytes: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Writes all of `bytes` from `at` on. */
  write(at: number, bytes: Uint8Array): Promise<void>;
  truncate(lengthBytes: number): Promise<void>;
  /** Resolves when all that was written is on the disk. */
  sync(): Promise<void>;
  close(): void;
}

/** Bytes per call: other work of the runtime's threads goes on between. */
const PIECE_BYTES = 1 << 20;

/** A file of the system. */
export class FileStorage implements CheckpointStorage {
  readonly #file: Deno.FsFile;

  /** Takes over an open file, and closes it in `close`. */
  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  async length(): Promise<number> {
    return await this.#file.seek(0, Deno.SeekMode.End);
  }

  async read(
    at: number,
    lengthBytes: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const end = Math.min(at + lengthBytes, await this.length());
    const bytes = new Uint8Array(Math.max(0, end - at));
    await this.#file.seek(at, Deno.SeekMode.Start);
    let read = 0;
    while (read < bytes.length) {
      const piece = bytes.subarray(read, read + PIECE_BYTES);
      const length = await this.#file.read(piece);
      if (length === null) break;
      read += length;
    }
    return bytes.subarray(0, read);
  }

  async write(at: number, bytes: Uint8Array): Promise<void> {
    await this.#file.seek(at, Deno.SeekMode.Start);
    let written = 0;
    while (written < bytes.length) {
      const piece = bytes.subarray(written, written + PIECE_BYTES);
      written += await this.#file.write(piece);
    }
  }

  truncate(lengthBytes: number): Promise<void> {
    return this.#file.truncate(lengthBytes);
  }

  sync(): Promise<void> {
    return this.#file.syncData();
  }

  close(): void {
    this.#file.close();
  }
}
