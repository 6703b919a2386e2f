/** Error codes of a file system without room for what is written: it may have room again, `write(2)`. */
const CODES: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT"]);

/**
 * Whether a write failed as the disk is full or the user's quota is used up. Such a write may be tried again: nothing
 * that was taken before is lost. An error of the medium (EIO) is none of these: what was taken before may be lost too,
 * and a further try would hide that.
 */
export function isOutOfSpace(error: unknown): boolean {
  return CODES.has(codeOf(error));
}

/** Whether a sync failed so that what was written before may be lost, `fsync(2)`: not where it is not supported. */
export function isDataLost(error: unknown): boolean {
  return codeOf(error) === "EIO" || isOutOfSpace(error);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : null;
}
