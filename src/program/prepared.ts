import { fileStamps } from "../link/file_stamps.ts";

/** Where `deno task prepare` puts the program, below the root of the checkout. */
export const PREPARED_DIRECTORY = "dist/prepared/";
/** What it says of it, in that directory. */
export const PREPARED_RECORD = "record.json";

/**
 * The whole source in a few files that start faster, and what it was made from. As JSON in `PREPARED_RECORD`.
 */
export interface PreparedRecord {
  /** The file to import, below the root of the checkout. */
  readonly program: string;
  /** All files that it was made from, and all that it is made of, below the root. */
  readonly files: readonly string[];
  /** Their stamps when it was made. */
  readonly stamps: readonly number[];
}

/**
 * The prepared program of a checkout. Null when there is none, when any file of the source was touched since, or when
 * nobody may look: the source itself is run then.
 */
export function preparedProgram(root: URL): URL | null {
  try {
    const directory = new URL(PREPARED_DIRECTORY, root);
    const record: PreparedRecord = JSON.parse(
      Deno.readTextFileSync(new URL(PREPARED_RECORD, directory)),
    );
    const stamps = stampsOf(root, record.files);
    const isFresh = stamps !== null && stamps.length === record.stamps.length &&
      stamps.every((stamp, index) => stamp === record.stamps[index]);
    return isFresh ? new URL(record.program, root) : null;
  } catch {
    // Whatever is wrong with it, it is not needed.
    return null;
  }
}

/** Stamps of files below a root; null when one is missing. */
export function stampsOf(
  root: URL,
  files: readonly string[],
): Uint32Array | null {
  const start = decodeURIComponent(root.pathname);
  return fileStamps(files.map((file) => `${start}${file}`));
}
