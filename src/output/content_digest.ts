import type { Hash } from "node:crypto";
import { sha256 } from "@noble/hashes/sha2.js";
import { encodeHex } from "../base/mod.ts";

/** Bytes of a file that are read at a time. */
const PIECE_BYTES = 1 << 20;
/** A header and the first rows. */
const SMALL_BYTES = 16_384;

/**
 * SHA-256 of what was written to an output so far, by which its file is known again.
 *
 * Deno 2.9 takes some 30 ms to load `node:crypto`: only what is large is left to it, so that no probe waits for it. It
 * is a part of the runtime and can be loaded in the sandbox.
 */
export class ContentDigest {
  /** All up to now, while it is small. */
  #small: Uint8Array | null = new Uint8Array(SMALL_BYTES);
  #smallBytes = 0;
  #large: Hash | null = null;

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
    return this.#large?.copy().digest("hex") ??
      encodeHex(sha256(this.#small!.subarray(0, this.#smallBytes)));
  }

  /** Adds bytes behind all others. */
  update(bytes: Uint8Array): void {
    if (this.#small === null) {
      this.#large!.update(bytes);
    } else if (this.#smallBytes + bytes.length <= SMALL_BYTES) {
      this.#small.set(bytes, this.#smallBytes);
      this.#smallBytes += bytes.length;
    } else {
      this.#large = startLarge();
      this.#large.update(this.#small.subarray(0, this.#smallBytes));
      this.#large.update(bytes);
      this.#small = null;
    }
  }
}

function startLarge(): Hash {
  // The global one, as to import it takes another 25 ms.
  // deno-lint-ignore no-process-global
  return process.getBuiltinModule("node:crypto").createHash("sha256");
}
