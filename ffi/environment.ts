import { openLibc } from "./libc.ts";

/** Bytes of a pointer on 64-bit Linux. */
const POINTER_BYTES = 8;

/**
 * Names of the environment variables that begin with `prefix`, `environ(7)`. Deno tells all names only to a program
 * that may read all values; this one reads no value.
 *
 * @throws {Deno.errors.NotCapable} without `--allow-ffi` for the C library
 */
export function environmentNames(prefix: string): string[] {
  const { environ } = openLibc();
  // Null in a process that has cleared its environment.
  const list = environ === null
    ? null
    : new Deno.UnsafePointerView(environ).getPointer();
  if (list === null) return [];
  const entries = new Deno.UnsafePointerView(list);
  const names: string[] = [];
  for (let at = 0;; at += POINTER_BYTES) {
    const entry = entries.getPointer(at);
    if (entry === null) return names;
    const name = nameAt(new Deno.UnsafePointerView(entry), prefix);
    if (name !== null) names.push(name);
  }
}

/** The name in front of "=", if it begins with `prefix`. Does not read beyond either. */
function nameAt(
  entry: Deno.UnsafePointerView,
  prefix: string,
): string | null {
  let name = "";
  for (let at = 0;; at++) {
    const byte = entry.getUint8(at);
    const isEnd = byte === 0 || byte === "=".charCodeAt(0);
    if (isEnd) return name.length >= prefix.length ? name : null;
    if (at < prefix.length && byte !== prefix.charCodeAt(at)) return null;
    name += String.fromCharCode(byte);
  }
}
