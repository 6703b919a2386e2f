import { getLogger } from "@logtape/logtape";
import {
  createCheckpoint,
  type HeldCheckpoint,
  JournalBuffer,
  NOTHING_MEASURED,
  readCheckpoint,
  type UnsettledWork,
  WorkAccount,
} from "../checkpoint/mod.ts";
import { ConfigError } from "../base/mod.ts";
import type { ContentDigest } from "../output/mod.ts";
import type { AnsweredBefore } from "../receive/answered_before.ts";
import { AskedOnce } from "./asked_once.ts";
import { grant } from "./checkpoints.ts";
import type { CheckpointConfig, ScanConfig } from "./config.ts";
import { checkKept, newDigest } from "./kept_outputs.ts";
import type { KeptOutput } from "./outputs.ts";
import { readAnswered } from "./read_answered.ts";
import { type RunsBefore, runsUpTo } from "./runs_before.ts";

/** A scan's checkpoint, and what the scan goes on from. */
export interface ScanMemento extends Disposable {
  readonly held: HeldCheckpoint;
  readonly account: WorkAccount;
  readonly journal: JournalBuffer;
  /** What is left to send; null in the first run: all of it. */
  readonly rest: UnsettledWork | null;
  /** What earlier runs have done; undefined in the first run. */
  readonly before: RunsBefore | undefined;
  /** Who may be asked again in this run. */
  readonly asking: AskedOnce;
  /** Positions that may be given out before this run has written a checkpoint. */
  readonly firstHorizon: number;
  /** Null in the first run. */
  readonly answeredBefore: AnsweredBefore | null;
  /** For each output what stays of it. */
  readonly keptOutputs: readonly KeptOutput[];
  /** The digests of what stays of each; null where there is no file. */
  readonly digests: readonly (ContentDigest | null)[];
  /** Learns that the scan begins: until then, a new checkpoint goes when it is disposed of. */
  begin(): void;
}

/**
 * Makes the checkpoint of a new scan, or takes in the one that it goes on from. Null: it has none.
 *
 * @param start the checkpoint that it goes on from, and the rate that it begins with
 * @throws {ConfigError} when it cannot be made or used
 */
export async function openMemento(
  config: ScanConfig,
  { ratePps, resumed }: {
    readonly resumed: HeldCheckpoint | null;
    /** Packets per second; 0: no limit. */
    readonly ratePps: number;
  },
): Promise<ScanMemento | null> {
  const { checkpoint, outputs, send } = config;
  if (checkpoint === null) return null;
  if (resumed === null) await warnOfUnfinished(checkpoint.path);
  const held = resumed ?? await firstCheckpoint(config, checkpoint, ratePps);
  if (held === null) return null;
  const before = resumed === null ? undefined : runsUpTo(resumed.state);
  const { journalEntries, work } = held.state;
  const digests = resumed === null
    ? outputs.map(({ path }) => newDigest(path))
    : await checkKept(held, outputs);
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
    before,
    asking: new AskedOnce({
      salt: held.job.salt,
      runs: before?.lives.length ?? 0,
      touched: resumed === null ? [] : work.touched ?? [],
    }),
    // What an earlier run has written says nothing of what this one sends.
    firstHorizon: resumed === null
      ? firstGrant(ratePps, checkpoint.intervalS)
      : 0,
    answeredBefore: resumed === null ? null : await readAnswered(held, config),
    keptOutputs: resumed === null
      ? []
      : held.state.outputs.map(({ memory = [], offsetBytes, path }) => ({
        keptBytes: path === "-" ? 0 : offsetBytes,
        memory,
      })),
    digests,
  };
}

/** The checkpoint of a new scan; null where it cannot be written and nobody has asked for it. */
async function firstCheckpoint(
  config: ScanConfig,
  { intervalS, isNamed, job, path }: CheckpointConfig,
  ratePps: number,
): Promise<HeldCheckpoint | null> {
  const now = new Date().toISOString();
  const ahead = firstGrant(ratePps, intervalS);
  const work = wholeWork(config);
  const { probe: { probesPerTarget }, send: { senders } } = config;
  const account = new WorkAccount({ work, senders, waitS: 0 });
  const state = {
    phase: "sending",
    writtenAt: now,
    work: account.unsettled(ahead),
    journalEntries: 0,
    rows: 0,
    ratePps: null,
    outputs: config.outputs.map(({ format, path }) => ({
      path: path ?? "-",
      format,
      offsetBytes: 0,
      digest: null,
      owner: null,
    })),
    lives: [{
      startedAt: now,
      endedAt: now,
      reason: "",
      args: [],
      sendSeconds: 0,
      seconds: 0,
      packets: 0,
      rows: 0,
      // With follow-ups, of which there are fewer than probes.
      mostUnrecorded: 2 * ahead,
    }],
    secondsLeft: null,
    ledger: {},
    measured: {
      ...NOTHING_MEASURED,
      evidence: Array.from({ length: probesPerTarget }, () => []),
    },
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

function firstGrant(ratePps: number, intervalS: number): number {
  return grant({ ratePps, done: 0, seconds: 0 }, intervalS);
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
