import { isRereadable, type NamedPath, readInput } from "./files.ts";

/**
 * Number of the first line, from 1, for which `isMeant` says so; null when there is none, or the file cannot be read
 * again.
 */
export async function findLine(
  file: NamedPath,
  isMeant: (line: string) => boolean,
): Promise<number | null> {
  if (!await isRereadable(file.path)) return null;
  const text = new TextDecoder().decode(await readInput(file));
  const index = text.split(/\r\n|\r|\n/).findIndex(isMeant);
  return index < 0 ? null : index + 1;
}
