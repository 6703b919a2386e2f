const LINE_FEED = 10;
/** Bytes that are read back at once. */
const READ_BYTES = 1 << 20;

/**
 * Bytes on their way from a fast writer to a slow reader, in order. What does not fit into the memory that it
 * may take lies in a file without a name, which the system removes however the program ends.
 */
export class SpillQueue implements Disposable {
  readonly #maxMemoryBytes: number;
  readonly #chunks: Uint8Array[] = [];
  #memoryBytes = 0;
  /** Bytes from `#readAt` up to `#writeAt` wait in the file; they are newer than all in memory. */
  #file: Deno.FsFile | null = null;
  #readAt = 0;
  #writeAt = 0;
  #rows = 0;

  constructor(maxMemoryBytes: number) {
    this.#maxMemoryBytes = maxMemoryBytes;
  }

  /** Lines that wait. */
  get rows(): number {
    return this.#rows;
  }

  /** Bytes that wait in memory. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Bytes that wait in the file. */
  get spilledBytes(): number {
    return this.#writeAt - this.#readAt;
  }

  /** Appends bytes, which the caller leaves alone from then on. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#rows += countLines(bytes);
    const isFull = this.#memoryBytes + bytes.length > this.#maxMemoryBytes;
    if (this.spilledBytes > 0 || isFull) {
      this.#spill(bytes);
    } else {
      this.#chunks.push(bytes);
      this.#memoryBytes += bytes.length;
    }
  }

  /** Removes the oldest bytes, as many as come in one piece; null when none wait. */
  shift(): Uint8Array | null {
    const bytes = this.#chunks.shift() ?? this.#readBack();
    if (bytes === null) return null;
    this.#memoryBytes = this.#chunks.length === 0
      ? 0
      : this.#memoryBytes - bytes.length;
    this.#rows -= countLines(bytes);
    return bytes;
  }

  /** Drops everything. May be called again. */
  [Symbol.dispose](): void {
    this.#chunks.length = 0;
    this.#memoryBytes = 0;
    this.#rows = 0;
    this.#readAt = this.#writeAt = 0;
    this.#file?.close();
    this.#file = null;
  }

  #spill(bytes: Uint8Array): void {
    this.#file ??= openNameless();
    this.#file.seekSync(this.#writeAt, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) {
      at += this.#file.writeSync(bytes.subarray(at));
    }
    this.#writeAt += bytes.length;
  }

  #readBack(): Uint8Array | null {
    if (this.#file === null || this.spilledBytes === 0) return null;
    const bytes = new Uint8Array(Math.min(READ_BYTES, this.spilledBytes));
    this.#file.seekSync(this.#readAt, Deno.SeekMode.Start);
    const length = this.#file.readSync(bytes) ?? 0;
    this.#readAt += length;
    if (this.spilledBytes === 0) {
      this.#file.truncateSync(0);
      this.#readAt = this.#writeAt = 0;
    }
    return bytes.subarray(0, length);
  }
}

function openNameless(): Deno.FsFile {
  const path = Deno.makeTempFileSync({ prefix: "pacemap-tee-" });
  const file = Deno.openSync(path, { read: true, write: true });
  Deno.removeSync(path);
  return file;
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (
    let at = bytes.indexOf(LINE_FEED);
    at >= 0;
    at = bytes.indexOf(LINE_FEED, at + 1)
  ) lines++;
  return lines;
}
