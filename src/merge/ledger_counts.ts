import { errnoName } from "../link/errors.ts";
import { type LedgerCounts, ledgerCounts, ledgerFrom } from "../monitor/mod.ts";

/** Names of error numbers, as a ledger of metadata has them. */
const ERRNO_OF: ReadonlyMap<string, number> = new Map(
  Array.from({ length: 134 }, (_, errno) => [errnoName(errno), errno]),
);
/** Counts by error number. */
const BY_ERRNO = /^(.*ByErrno)\.([^.]+)$/;

/**
 * The counts of a ledger as it stands in metadata.
 *
 * @throws {SyntaxError} for a count that no ledger of this version has: it would be lost
 */
export function ledgerCountsOf(
  ledger: Readonly<Record<string, unknown>>,
): LedgerCounts {
  const counts: Record<string, number> = {};
  const add = (name: string, value: unknown): void => {
    if (typeof value === "object" && value !== null) {
      for (const [key, field] of Object.entries(value)) {
        add(name === "" ? key : `${name}.${key}`, field);
      }
    } else if (typeof value === "number" && value !== 0) {
      counts[withErrno(name)] = value;
    }
  };
  add("", ledger);
  const known = ledgerCounts(ledgerFrom(counts));
  for (const name of Object.keys(counts)) {
    if (name in known || name === "receive.elsewhereInterface") continue;
    throw new SyntaxError(
      `the ledger has "${name}", which this version does not know`,
    );
  }
  return known;
}

function withErrno(name: string): string {
  const [, map, errno] = BY_ERRNO.exec(name) ?? [];
  if (map === undefined || errno === undefined) return name;
  return `${map}.${ERRNO_OF.get(errno) ?? errno.replace(/^E/, "")}`;
}
