import { sha256 } from "@noble/hashes/sha2.js";
import { encodeHex } from "../base/mod.ts";

/** A SHA-256 that is being computed. */
export interface Sha256 {
  /** Adds bytes, or text as UTF-8. */
  update(data: string | Uint8Array): Sha256;
  /** The digest in lowercase, and the end of it. */
  hex(): string;
}

/** From here on `node:crypto`, ten times as fast, has saved the time that it takes to load. */
const LARGE_BYTES = 8 << 20;
const ENCODER = new TextEncoder();

/**
 * Begins a SHA-256. Deno 2.9 loads `node:crypto` in some 40 ms, as long as half of the program: it is left to large
 * data.
 *
 * @param expectedBytes how much there will be, about
 */
export function startSha256(expectedBytes = 0): Sha256 {
  if (expectedBytes >= LARGE_BYTES) return startNative();
  const hash = sha256.create();
  const self: Sha256 = {
    update(data): Sha256 {
      hash.update(typeof data === "string" ? ENCODER.encode(data) : data);
      return self;
    },
    hex: () => encodeHex(hash.digest()),
  };
  return self;
}

function startNative(): Sha256 {
  // The global one, as to import it takes another 25 ms.
  // deno-lint-ignore no-process-global
  const hash = process.getBuiltinModule("node:crypto").createHash("sha256");
  const self: Sha256 = {
    update(data): Sha256 {
      hash.update(data);
      return self;
    },
    hex: () => hash.digest("hex"),
  };
  return self;
}
