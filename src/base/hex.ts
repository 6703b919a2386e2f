/** Each byte as two digits. */
const PAIRS: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => byte.toString(16).padStart(2, "0"),
);

/** Writes bytes as lowercase hexadecimal digits, with `separator` between bytes. */
export function encodeHex(bytes: Uint8Array, separator = ""): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) {
    if (i > 0) text += separator;
    text += PAIRS[bytes[i]!]!;
  }
  return text;
}
