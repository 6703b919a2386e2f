import type { JobPart } from "./job.ts";
import { type Sha256, startSha256 } from "./sha256.ts";

/** Bytes of a column that are taken at a time. */
const PIECE_BYTES = 1 << 20;

/** What a part of a job comes to: plain data and typed arrays, however deep. */
export type JobValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | ArrayBufferView<ArrayBufferLike>
  | readonly JobValue[]
  | { readonly [key: string]: JobValue };

/**
 * One part of a job.
 *
 * @param text the value in a few words, or an empty string
 */
export function jobPart(
  { option, text = "" }: { readonly option: string; readonly text?: string },
  value: JobValue,
): JobPart {
  return { option, text, digest: digestOfValue(value) };
}

/** SHA-256 of a value: the same for the same data, whatever the order of an object's keys. */
export function digestOfValue(value: JobValue): string {
  const hash = startSha256(sizeOf(value));
  addValue(hash, value);
  return hash.hex();
}

/** Each value is written with its kind and length, so that no two values look alike. */
function addValue(hash: Sha256, value: JobValue): void {
  if (ArrayBuffer.isView(value)) addBytes(hash, value);
  else if (isList(value)) {
    hash.update(`list ${value.length}\n`);
    for (const one of value) addValue(hash, one);
  } else if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).filter(([, field]) =>
      field !== undefined
    );
    fields.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
    hash.update(`object ${fields.length}\n`);
    for (const [key, field] of fields) {
      addValue(hash, key);
      addValue(hash, field);
    }
  } else {
    const text = String(value);
    hash.update(`${typeof value} ${text.length}\n`).update(`${text}\n`);
  }
}

/** In pieces: a view of shared memory cannot be hashed in place everywhere, and a column may be large. */
function addBytes(hash: Sha256, view: ArrayBufferView): void {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  hash.update(`bytes ${bytes.length}\n`);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    hash.update(bytes.slice(at, at + PIECE_BYTES));
  }
}

/** Bytes of all columns in a value. */
function sizeOf(value: JobValue): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce(
    (sum: number, inner: JobValue) => sum + sizeOf(inner),
    0,
  );
}

function isList(value: JobValue): value is readonly JobValue[] {
  return Array.isArray(value);
}
