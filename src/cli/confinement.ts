import { ConfigError } from "../base/mod.ts";
import { pathFacts } from "../link/mod.ts";
import { type Confinement, findUser, NOBODY } from "../sandbox/mod.ts";
import { logFileOf } from "./logging.ts";
import type { OptionValues } from "./options.ts";

/**
 * What the scan gives up once everything is open.
 *
 * @throws {ConfigError} when there is no such user
 */
export function chooseConfinement(
  values: OptionValues,
): Omit<Confinement, "removedFile"> {
  const { file } = logFileOf(values);
  return {
    isSandboxed: !values.noSandbox,
    user: values.user === null ? NOBODY : userOf(values.user),
    // A log may wait for its reader.
    laterPipe: file !== null && isPipe(file.path) ? file.path : null,
    mayAccept: values.listen !== null,
    // Known once the file is open.
    exchangesIn: null,
  };
}

function userOf(text: string): Confinement["user"] {
  try {
    return findUser(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigError(
      "--user",
      `Cannot become "${text}": ${error.message}`,
      "Give USER or USER:GROUP, names or numbers that this machine knows",
      error,
    );
  }
}

function isPipe(path: string): boolean {
  try {
    return pathFacts(path)?.kind === "pipe";
  } catch {
    // What is wrong with the path, opening it says better.
    return false;
  }
}
