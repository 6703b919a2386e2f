/** Copies `bytes` to `at`. */
export function writeBytes(
  view: DataView,
  at: number,
  bytes: Uint8Array,
): void {
  for (let i = 0; i < bytes.length; i++) view.setUint8(at + i, bytes[i]!);
}

/** Copies what lies between `at` and `end` into a new array. */
export function readBytes(view: DataView, at: number, end: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(end - at, 0));
  for (let i = 0; i < bytes.length; i++) bytes[i] = view.getUint8(at + i);
  return bytes;
}
