import { ConfigError } from "../../base/mod.ts";

/** The option that names files of rows. */
export const ROWS_OPTION = "--rows";

/**
 * The error for a file of rows that cannot be merged.
 *
 * @param reason what is wrong with it, as the end of a sentence
 */
export function rowsError(
  file: string,
  reason: string,
  remedy =
    "Give files of rows in CSV or JSON lines, from scans that have ended",
): ConfigError {
  return new ConfigError(
    ROWS_OPTION,
    `Cannot merge "${file}": ${reason}`,
    remedy,
  );
}
