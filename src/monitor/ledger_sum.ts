import { makeCounters, RECEIVE_SLOTS, SEND_SLOTS } from "../shm/mod.ts";
import { NO_KERNEL_LOSSES } from "./kernel_counters.ts";
import { type Ledger, readLedger } from "./ledger.ts";

/** All counts of a ledger by name, such as `send.accepted`, `send.refusedByErrno.105` or `places.output`. */
export type LedgerCounts = Readonly<Record<string, number>>;

/** A ledger in which nothing has happened. */
export const EMPTY_LEDGER: Ledger = readLedger(
  [makeCounters(SEND_SLOTS)],
  makeCounters(RECEIVE_SLOTS),
  NO_KERNEL_LOSSES,
  { rows: 0, lostRows: 0, filtered: 0 },
);

/** What is no count: it says what is so now. */
const NO_COUNTS: ReadonlySet<string> = new Set(["receive.elsewhereInterface"]);

/** All counts of a ledger, but for those that are 0. */
export function ledgerCounts(ledger: Ledger): LedgerCounts {
  const counts: Record<string, number> = {};
  const add = (name: string, value: unknown): void => {
    if (value instanceof Map) {
      for (const [key, count] of value) add(`${name}.${key}`, count);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, field] of Object.entries(value)) {
        add(name === "" ? key : `${name}.${key}`, field);
      }
    } else if (typeof value === "number" && value !== 0) {
      if (!NO_COUNTS.has(name)) counts[name] = value;
    }
  };
  add("", ledger);
  return counts;
}

/** The ledger with these counts; those that are missing are 0, and names that no ledger has are left out. */
export function ledgerFrom(counts: LedgerCounts): Ledger {
  return mapCounts(EMPTY_LEDGER, (name) => counts[name] ?? 0, (name) => {
    const byErrno = new Map<number, number>();
    const prefix = `${name}.`;
    for (const [key, count] of Object.entries(counts)) {
      const errno = Number(key.slice(prefix.length));
      if (key.startsWith(prefix) && Number.isSafeInteger(errno)) {
        byErrno.set(errno, count);
      }
    }
    return new Map([...byErrno].sort(([a], [b]) => a - b));
  });
}

/** What two parts of a scan come to together, `later` being the one whose present state counts. */
export function sumLedgers(earlier: Ledger, later: Ledger): Ledger {
  const sums: Record<string, number> = { ...ledgerCounts(earlier) };
  for (const [name, count] of Object.entries(ledgerCounts(later))) {
    sums[name] = (sums[name] ?? 0) + count;
  }
  const sum = ledgerFrom(sums);
  const { filter } = later.send;
  const elsewhereInterface = later.receive.elsewhereInterface ||
    earlier.receive.elsewhereInterface;
  return {
    ...sum,
    send: { ...sum.send, filter },
    receive: { ...sum.receive, elsewhereInterface },
  };
}

/** How many unique answers of a run are kept: noted in its checkpoint. */
export interface NotedAnswers {
  readonly successes: number;
  readonly failures: number;
  readonly successesIpv6: number;
}

/**
 * A ledger of a moment in which threads were at work, as it stands if the run ends then: each sum is that of its
 * parts, and what was under way between two threads has the place `output.interrupted`, as it is asked for again.
 *
 * @param noted null: no answers are noted, and each counts as often as it comes
 */
export function cutLedger(ledger: Ledger, noted: NotedAnswers | null): Ledger {
  const { ipv6, output, receive, send } = ledger;
  const made = Math.max(send.made, send.accepted + send.abandoned);
  const written = output.rows + output.filtered;
  const interrupted = Math.max(0, receive.handedOver - written);
  const handedOver = written + interrupted;
  const valid = receive.followUps + receive.aliases + receive.filtered +
    handedOver + receive.lostHandOver;
  const seen = receive.damaged + receive.fragments + receive.otherLink +
    receive.unrecognised + receive.outside + receive.invalid + valid;
  // What waits between the threads is not noted, and counts once it comes again; what found no room never will.
  const bounded = (count: number, least: number): number =>
    Math.min(count, least + receive.lostHandOver);
  const unique = noted === null ? receive : {
    successUnique: bounded(receive.successUnique, noted.successes),
    failureUnique: bounded(receive.failureUnique, noted.failures),
  };
  const { successUnique } = unique;
  return {
    ...ledger,
    send: { ...send, made, pending: made - send.accepted - send.abandoned },
    receive: {
      ...receive,
      ...unique,
      appSuccessUnique: Math.min(receive.appSuccessUnique, successUnique),
      successCooldownUnique: Math.min(
        receive.successCooldownUnique,
        successUnique,
      ),
      seen,
      valid,
      handedOver,
    },
    ipv6: {
      ...ipv6,
      valid: Math.min(ipv6.valid, valid),
      successUnique: noted === null
        ? ipv6.successUnique
        : bounded(ipv6.successUnique, noted.successesIpv6),
    },
    output: { ...output, interrupted },
  };
}

/** A copy of a ledger with other counts. */
function mapCounts(
  ledger: Ledger,
  read: (name: string) => number,
  readMap: (name: string) => ReadonlyMap<number, number>,
): Ledger {
  const copy = (name: string, value: unknown): unknown => {
    if (value instanceof Map) return readMap(name);
    if (typeof value === "number") return NO_COUNTS.has(name) ? 0 : read(name);
    if (typeof value !== "object" || value === null) return value;
    const prefix = name === "" ? "" : `${name}.`;
    return Object.fromEntries(
      Object.entries(value).map(([key, field]) => [
        key,
        copy(`${prefix}${key}`, field),
      ]),
    );
  };
  return copy("", ledger) as Ledger;
}
