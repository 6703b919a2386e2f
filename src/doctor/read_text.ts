/** Reads a file of `/proc` or `/sys`; null when it cannot be read. The kernel, or a test. */
export type ReadText = (path: string) => string | null;

/** The number in a file that holds nothing else; null when there is none. */
export function readNumber(readText: ReadText, path: string): number | null {
  const text = readText(path)?.trim() ?? "";
  return /^\d+$/.test(text) ? Number(text) : null;
}
