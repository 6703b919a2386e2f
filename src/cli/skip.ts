import { ConfigError } from "../base/mod.ts";

/** Notes an error and goes on. */
export type Skip = (error: ConfigError) => void;

/** Turns errors into warnings. */
export function makeSkip(warnings: string[]): Skip {
  return ({ message, option }) =>
    warnings.push(`Skipped: ${option}: ${message}`);
}

/** Runs `read`; with `skip` an error of the user's is noted, and the result is null. */
export function skipping<T>(skip: Skip | null, read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (skip === null || !(error instanceof ConfigError)) throw error;
    skip(error);
    return null;
  }
}

/**
 * Skips hosts that are known to have no address, for a blocklist: one whose address is not known would be scanned.
 *
 * @throws {ConfigError} what is not skipped
 */
export function skipWithoutAddress(skip: Skip): Skip {
  return (error) => {
    const { cause } = error;
    const isKnown = cause === undefined ||
      cause instanceof Deno.errors.NotFound ||
      (cause instanceof Error && "code" in cause && cause.code === "ENOTFOUND");
    if (!isKnown) throw error;
    skip(error);
  };
}
