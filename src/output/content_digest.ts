import { createHash, type Hash } from "node:crypto";

/** Bytes of a file that are read at a time. */
const PIECE_BYTES = 1 << 20;

/** SHA-256 of what was written to an output so far, by which its file is known again. */
export class ContentDigest {
  readonly #hash: Hash = createHash("sha256");

  /**
   * The digest of the beginning of a file; of less where it is shorter.
   *
   * @throws {Error} what `Deno.open` throws
   */
  static async ofFile(
    path: string,
    lengthBytes: number,
  ): Promise<ContentDigest> {
    const digest = new ContentDigest();
    using file = await Deno.open(path);
    const buffer = new Uint8Array(Math.min(lengthBytes, PIECE_BYTES));
    for (let left = lengthBytes; left > 0;) {
      const piece = buffer.subarray(0, Math.min(left, PIECE_BYTES));
      const length = await file.read(piece);
      if (length === null) break;
      digest.update(piece.subarray(0, length));
      left -= length;
    }
    return digest;
  }

  /** In hexadecimal, of all up to now. */
  get hex(): string {
    return this.#hash.copy().digest("hex");
  }

  /** Adds bytes behind all others. */
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }
}
