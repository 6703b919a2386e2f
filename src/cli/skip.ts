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
