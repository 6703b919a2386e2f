/** Writes bytes as lowercase hexadecimal digits, with `separator` between bytes. */
export function encodeHex(bytes: Uint8Array, separator = ""): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join(separator);
}
