import { ConfigError } from "../base/mod.ts";
import { type HeldCheckpoint, readJournal } from "../checkpoint/mod.ts";
import {
  type AnsweredBefore,
  AnsweredFlag,
} from "../receive/answered_before.ts";
import type { ScanConfig } from "./config.ts";
import { scannedFamilies } from "./scan_targets.ts";

/** Entries of a journal that are read at a time. */
const PIECE_ENTRIES = 1 << 17;
/** Kinds of answers that are kept apart: successes and failures of both families. */
const KINDS = 4;
const IPV6_KINDS = 2;

/**
 * Reads the targets that have answered in earlier runs, in the order of their answers: all of them, or those that a
 * window still knows, which are the last of each kind.
 *
 * @throws {ConfigError} when an entry that is needed is damaged
 */
export async function readAnswered(
  { file, state }: Pick<HeldCheckpoint, "file" | "state">,
  { dedup, targets }: Pick<ScanConfig, "dedup" | "targets">,
): Promise<AnsweredBefore> {
  const { journalEntries } = state;
  const most = dedup.method === "window" ? dedup.size : Infinity;
  const room = Math.min(journalEntries, KINDS * (most + PIECE_ENTRIES));
  const answered = new Uint32Array(new SharedArrayBuffer(8 * room));
  const counts = new Uint32Array(KINDS);
  const piece = new Uint32Array(2 * PIECE_ENTRIES);
  const kinds = kindsOf(scannedFamilies(targets));
  let start = answered.length;
  for (let end = journalEntries; end > 0;) {
    if (kinds.every((kind) => counts[kind]! >= most)) break;
    const first = Math.max(0, end - PIECE_ENTRIES);
    const bytes = await file.readJournal(first, end);
    const isWanted = Array.from(counts, (count) => count < most);
    let length = 0;
    const damaged = readJournal(bytes, first, (entry) => {
      const { isFailure, isIpv6 } = entry;
      const kind = (isIpv6 ? IPV6_KINDS : 0) + (isFailure ? 1 : 0);
      if (!isWanted[kind]) return;
      counts[kind]!++;
      piece[length++] = entry.first;
      piece[length++] = entry.second |
        (isFailure ? AnsweredFlag.failure : 0) |
        (isIpv6 ? AnsweredFlag.ipv6 : 0);
    });
    if (damaged >= 0) throw damagedError(file.path, damaged, journalEntries);
    start -= length;
    answered.set(piece.subarray(0, length), start);
    end = first;
  }
  return answered.subarray(start);
}

function kindsOf(
  families: ReturnType<typeof scannedFamilies>,
): readonly number[] {
  const ipv4 = [0, 1];
  const ipv6 = [IPV6_KINDS, IPV6_KINDS + 1];
  if (families === "both") return [...ipv4, ...ipv6];
  return families === "ipv6" ? ipv6 : ipv4;
}

function damagedError(path: string, index: number, all: number): ConfigError {
  return new ConfigError(
    path,
    `Is damaged: entry ${index + 1} of ${all} targets that have answered`,
    "Copy the file anew if it is a copy; else start the scan again",
  );
}
