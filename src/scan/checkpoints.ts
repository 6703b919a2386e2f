import type { Logger } from "@logtape/logtape";
import {
  type CheckpointLife,
  type CheckpointPhase,
  type CheckpointState,
  CheckpointWriter,
  HeardTime,
  type HeldCheckpoint,
  type JournalBuffer,
  type RepairRanges,
  type UnsettledWork,
  without,
  type WorkAccount,
} from "../checkpoint/mod.ts";
import type { RepairWork } from "../loss/mod.ts";
import type { Ledger } from "../monitor/mod.ts";
import { describeFileError } from "../output/mod.ts";
import type { CheckpointConfig, OutputConfig } from "./config.ts";
import type { Output } from "./outputs.ts";

/** What a scan's checkpoints are made with. */
export interface CheckpointsParts {
  readonly config: CheckpointConfig;
  readonly outputConfigs: readonly OutputConfig[];
  readonly held: HeldCheckpoint;
  readonly account: WorkAccount;
  readonly journal: JournalBuffer;
  readonly outputs: readonly Output[];
  readonly logger: Logger;
}

/** What a checkpoint says of the scan at its moment. */
export interface CheckpointFacts {
  readonly phase: CheckpointPhase;
  readonly ratePps: number;
  /** Responses written, in all runs. */
  readonly rows: number;
  readonly sendSeconds: number;
  readonly ledger: Ledger;
  /** What the loss asks to be sent again, beyond what was given out. */
  readonly repairs: readonly RepairWork[];
}

/** Keeps the checkpoint of a running scan: every few seconds, at each change of phase and in the end. */
export class Checkpoints {
  readonly #parts: CheckpointsParts;
  readonly #writer: CheckpointWriter;
  readonly #heard = new HeardTime();
  readonly #startedAt = new Date();
  #heardS = -Infinity;
  #writtenS = -Infinity;
  #phase: CheckpointPhase | null = null;
  #isFinishing = false;
  #isFaultTold = false;
  #runs: readonly CheckpointLife[] = [];

  constructor(parts: CheckpointsParts) {
    this.#parts = parts;
    const { journalEntries } = parts.held.state;
    this.#writer = new CheckpointWriter(parts.held.file, journalEntries);
  }

  /** Looks how far sending and receiving are; to be called before waiting responses are taken. */
  look(nowS: number, caughtUp: number, done: readonly number[]): void {
    this.#heardS = this.#heard.look(nowS, caughtUp);
    this.#parts.account.progress(nowS, done);
  }

  /** Learns that all waiting responses were taken, while nothing hints at an outage. */
  collected(): void {
    this.#parts.account.settle(this.#heardS);
  }

  /**
   * Begins to write a checkpoint when it is time.
   *
   * @param flush hands all rows to the outputs
   */
  update(
    nowS: number,
    cut: {
      moment(): Pick<CheckpointFacts, "phase">;
      facts(): CheckpointFacts;
      flush(): void;
    },
  ): void {
    if (this.#isFinishing || this.#writer.isBusy) return;
    const { config } = this.#parts;
    const { phase } = cut.moment();
    const isDue = phase !== this.#phase ||
      nowS - this.#writtenS >= config.intervalS;
    if (!isDue) return;
    this.#phase = phase;
    this.#writtenS = nowS;
    this.#tellFault();
    cut.flush();
    this.#begin(cut.facts(), "");
  }

  /** All runs of the scan up to the last checkpoint, this one included. */
  get runs(): readonly CheckpointLife[] {
    return this.#runs;
  }

  /** Resolves when no checkpoint is being written. */
  idle(): Promise<void> {
    return this.#writer.idle();
  }

  /**
   * Writes the last checkpoint, when all rows were handed to the outputs; removes the file where nothing is left to do.
   *
   * @returns whether something is left to do, and kept
   */
  async finish(
    facts: CheckpointFacts,
    { isComplete, reason }: {
      readonly isComplete: boolean;
      readonly reason: string;
    },
  ): Promise<boolean> {
    this.#isFinishing = true;
    await this.#writer.idle();
    const phase = isComplete ? "done" : facts.phase;
    await this.#begin({ ...facts, phase }, reason);
    this.#tellFault();
    const { config, held } = this.#parts;
    if (!isComplete) return true;
    try {
      await Deno.remove(config.path);
    } catch {
      // Without its rights the program may not. Then the file says that the scan is complete.
      this.#parts.logger.debug('Checkpoint "{path}" stays', {
        path: held.file.path,
      });
    }
    return false;
  }

  #begin(facts: CheckpointFacts, reason: string): Promise<void> {
    const { account, journal, outputConfigs, outputs } = this.#parts;
    this.#runs = [
      ...this.#parts.held.state.lives,
      this.#life(facts, reason),
    ];
    if (outputs.some(({ file }) => file.status !== "open")) {
      return Promise.resolve();
    }
    const state: CheckpointState = {
      phase: facts.phase,
      rows: facts.rows,
      ratePps: facts.ratePps === 0 ? null : facts.ratePps,
      writtenAt: new Date().toISOString(),
      work: withRepairs(account.unsettled(), facts.repairs),
      journalEntries: journal.end,
      outputs: outputs.map(({ file, keptBytes, writer }, index) => ({
        path: outputConfigs[index]!.path ?? "-",
        format: outputConfigs[index]!.format,
        offsetBytes: keptBytes + file.writtenBytes + file.pendingBytes,
        ...writer.memory === undefined ? {} : { memory: writer.memory },
      })),
      lives: this.#runs,
    };
    return this.#writer.write({
      state,
      journal,
      outputs: outputs.map(({ file }) => file),
    });
  }

  #life(
    { ledger, sendSeconds }: CheckpointFacts,
    reason: string,
  ): CheckpointLife {
    return {
      startedAt: this.#startedAt.toISOString(),
      endedAt: new Date().toISOString(),
      reason,
      args: this.#parts.config.args,
      sendSeconds,
      totals: ledgerTotals(ledger),
    };
  }

  /** Once: what has no room for a checkpoint may have none for the log either. */
  #tellFault(): void {
    const { fault } = this.#writer;
    if (fault === null || this.#isFaultTold) return;
    this.#isFaultTold = true;
    this.#parts.logger.warn(
      'Cannot write checkpoint "{path}": {fault}; the one before stays',
      { path: this.#parts.held.file.path, fault: describeFileError(fault) },
    );
  }
}

/** All counts of a ledger, by name. */
export function ledgerTotals(
  { capture, output, receive, send }: Ledger,
): Record<string, number> {
  const totals: Record<string, number> = {};
  for (
    const [section, counts] of Object.entries({
      send,
      receive,
      capture,
      output,
    })
  ) {
    for (const [name, count] of Object.entries(counts)) {
      if (name === "elsewhereInterface") continue;
      if (typeof count === "number") totals[`${section}.${name}`] = count;
    }
  }
  return totals;
}

/** Adds what is to be sent again, but for what is sent anyway. */
function withRepairs(
  { planned, repairs }: UnsettledWork,
  wanted: readonly RepairWork[],
): UnsettledWork {
  const known = [...planned[0] ?? [], ...repairs.flatMap((one) => one.ranges)];
  const added = new Map<number, RepairWork[]>();
  for (const one of wanted) {
    const list = added.get(one.pass) ?? [];
    added.set(one.pass, list);
    list.push(one);
  }
  const all = new Map(repairs.map((one) => [one.pass, one.ranges]));
  for (const [pass, ranges] of added) {
    all.set(pass, [...all.get(pass) ?? [], ...without(ranges, known)]);
  }
  const sorted = [...all].map(([pass, ranges]): RepairRanges => ({
    pass,
    ranges: without(ranges, []),
  }));
  return {
    planned,
    repairs: sorted.filter(({ ranges }) => ranges.length > 0)
      .sort((a, b) => a.pass - b.pass),
  };
}
