import { getLogger } from "@logtape/logtape";
import {
  createCheckpoint,
  type HeldCheckpoint,
  JournalBuffer,
  readCheckpoint,
  readJournal,
  type UnsettledWork,
  WorkAccount,
} from "../checkpoint/mod.ts";
import { ConfigError } from "../base/mod.ts";
import { pathFacts } from "../link/mod.ts";
import { type AnsweredBefore, AnsweredFlag } from "../receive/mod.ts";
import type { KeptOutput } from "./outputs.ts";
import type { CheckpointConfig, OutputConfig, ScanConfig } from "./config.ts";

/** Entries of a journal that are read at a time. */
const PIECE_ENTRIES = 1 << 17;

/** A scan's checkpoint, and what the scan goes on from. */
export interface ScanMemento extends Disposable {
  readonly held: HeldCheckpoint;
  readonly account: WorkAccount;
  readonly journal: JournalBuffer;
  /** What is left to send; null in the first run: all of it. */
  readonly rest: UnsettledWork | null;
  /** Null in the first run. */
  readonly answeredBefore: AnsweredBefore | null;
  /** For each output what stays of it. */
  readonly keptOutputs: readonly KeptOutput[];
  /** Learns that the scan begins: until then, a new checkpoint goes when it is disposed of. */
  begin(): void;
}

/**
 * Makes the checkpoint of a new scan, or takes in the one that it goes on from. Null: it has none.
 *
 * @throws {ConfigError} when it cannot be made or used
 */
export async function openMemento(
  config: ScanConfig,
  resumed: HeldCheckpoint | null,
): Promise<ScanMemento | null> {
  const { checkpoint, outputs, send } = config;
  if (checkpoint === null) return null;
  if (resumed === null) await warnOfUnfinished(checkpoint.path);
  const held = resumed ?? await firstCheckpoint(config, checkpoint);
  if (held === null) return null;
  const { journalEntries, work } = held.state;
  if (resumed !== null) checkKept(held, outputs);
  let hasBegun = resumed !== null;
  return {
    begin: () => {
      hasBegun = true;
    },
    [Symbol.dispose]: () => {
      if (resumed === null) held[Symbol.dispose]();
      if (!hasBegun) removeQuietly(checkpoint.path);
    },
    held,
    account: new WorkAccount({
      work,
      senders: send.senders,
      waitS: send.cooldownMs / 1000,
    }),
    journal: new JournalBuffer(journalEntries),
    rest: resumed === null ? null : work,
    answeredBefore: resumed === null ? null : await readAnswered(held),
    keptOutputs: resumed === null
      ? []
      : held.state.outputs.map(({ memory = [], offsetBytes, path }) => ({
        keptBytes: path === "-" ? 0 : offsetBytes,
        memory,
      })),
  };
}

/** The checkpoint of a new scan; null where it cannot be written and nobody has asked for it. */
async function firstCheckpoint(
  config: ScanConfig,
  { isNamed, job, path }: CheckpointConfig,
): Promise<HeldCheckpoint | null> {
  const state = {
    phase: "sending",
    writtenAt: new Date().toISOString(),
    work: wholeWork(config),
    journalEntries: 0,
    rows: 0,
    ratePps: null,
    outputs: config.outputs.map(({ format, path }) => ({
      path: path ?? "-",
      format,
      offsetBytes: 0,
    })),
    lives: [],
  } as const;
  try {
    return await createCheckpoint(path, { job, state });
  } catch (error) {
    // That it is in use, or a file of somebody else, has no further cause.
    const isUnwritable = error instanceof ConfigError && error.cause;
    if (isNamed || !isUnwritable) throw error;
    getLogger(["pacemap", "scan"]).warn(
      "No checkpoint is kept, so the scan cannot be resumed: {reason}",
      { reason: error.message },
    );
    return null;
  }
}

/** A new scan takes the place of whatever was there, as it does with outputs; but not without a word. */
async function warnOfUnfinished(path: string): Promise<void> {
  try {
    const { isInUse, state } = await readCheckpoint(path);
    if (isInUse || state.phase === "done") return;
  } catch {
    return;
  }
  getLogger(["pacemap", "scan"]).warn(
    'Replaces checkpoint "{path}" of a scan that was not complete',
    { path },
  );
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It says itself that nothing was sent.
  }
}

function wholeWork({ probe, targets }: ScanConfig): UnsettledWork {
  const { endPosition: end, firstPosition: first } = targets;
  return {
    planned: Array.from(
      { length: probe.probesPerTarget },
      () => [{ first, end }],
    ),
    repairs: [],
  };
}

/** The outputs must have what the checkpoint knows of them: nothing is changed before that is sure. */
function checkKept(
  { file, state }: HeldCheckpoint,
  configs: readonly OutputConfig[],
): void {
  for (const [index, { offsetBytes, path }] of state.outputs.entries()) {
    const now = configs[index]?.path ?? "-";
    if (now !== path) {
      throw new ConfigError(
        "--output-file",
        `Differs from the scan of checkpoint "${file.path}": "${path}" there, "${now}" now`,
        "Resume with the output that the scan began with",
      );
    }
    if (path === "-" || offsetBytes === 0) continue;
    const length = lengthOf(path);
    if (length !== null && length >= offsetBytes) continue;
    throw new ConfigError(
      "--output-file",
      `"${path}" has ${
        length === null ? "gone" : `${length} bytes`
      }, of ${offsetBytes} that checkpoint "${file.path}" knows`,
      "Bring the file back, or start the scan again",
    );
  }
}

function lengthOf(path: string): number | null {
  try {
    return pathFacts(path)?.lengthBytes ?? null;
  } catch {
    return null;
  }
}

async function readAnswered(
  { file, state }: HeldCheckpoint,
): Promise<AnsweredBefore> {
  const { journalEntries: end } = state;
  const answered = new Uint32Array(new SharedArrayBuffer(8 * end));
  let at = 0;
  for (let from = 0; from < end; from += PIECE_ENTRIES) {
    const to = Math.min(end, from + PIECE_ENTRIES);
    const bytes = await file.readJournal(from, to);
    const damaged = readJournal(bytes, from, (entry) => {
      answered[at++] = entry.first;
      answered[at++] = entry.second |
        (entry.isFailure ? AnsweredFlag.failure : 0) |
        (entry.isIpv6 ? AnsweredFlag.ipv6 : 0);
    });
    if (damaged < 0) continue;
    throw new ConfigError(
      file.path,
      `Is damaged: entry ${damaged + 1} of ${end} targets that have answered`,
      "Copy the file anew if it is a copy; else start the scan again",
    );
  }
  return answered;
}
