import type { Logger } from "@logtape/logtape";
import {
  type CheckpointFile,
  type CheckpointLife,
  type CheckpointPhase,
  type CheckpointState,
  CheckpointWriter,
  HeardTime,
  type HeldCheckpoint,
  type JournalBuffer,
  type MeasuredPath,
  type UnsettledWork,
  type WorkAccount,
} from "../checkpoint/mod.ts";
import type { RepairWork } from "../loss/mod.ts";
import {
  cutLedger,
  type Ledger,
  ledgerCounts,
  type NotedAnswers,
  sumLedgers,
} from "../monitor/mod.ts";
import { describeFileError } from "../output/mod.ts";
import type { CheckpointConfig, OutputConfig } from "./config.ts";
import { outputState } from "./kept_outputs.ts";
import type { Output } from "./outputs.ts";
import type { RunsBefore } from "./runs_before.ts";
import { withRepairs } from "./with_repairs.ts";

/** What a scan's checkpoints are made with. */
export interface CheckpointsParts {
  readonly config: CheckpointConfig;
  readonly outputConfigs: readonly OutputConfig[];
  readonly held: HeldCheckpoint;
  readonly account: WorkAccount;
  readonly journal: JournalBuffer;
  readonly outputs: readonly Output[];
  /** What earlier runs have done. */
  readonly before: RunsBefore;
  /** Share of all packets that may be follow-ups. */
  readonly followUpShare: number;
  /** Positions that may be given out before this run has written a checkpoint. */
  readonly firstHorizon: number;
  readonly logger: Logger;
}

/** What a checkpoint says of the scan at its moment; all of this run alone, unless it says otherwise. */
export interface CheckpointFacts {
  readonly phase: CheckpointPhase;
  readonly ratePps: number;
  /** Responses written, in all runs. */
  readonly rows: number;
  readonly sendSeconds: number;
  readonly seconds: number;
  /** Null: it is not known. */
  readonly secondsLeft: number | null;
  readonly ledger: Ledger;
  /** Null: no answers are noted. */
  readonly noted: NotedAnswers | null;
  /** Positions that were given out, and sent. */
  readonly given: number;
  readonly done: number;
  /** What the loss asks to be sent again, beyond what was given out. */
  readonly repairs: readonly RepairWork[];
  /** What all runs have measured, for a later run that sends `work`. */
  measured(work: UnsettledWork): MeasuredPath;
}

/** What decides whether a checkpoint is due. */
export type CheckpointMoment = Pick<
  CheckpointFacts,
  "given" | "phase" | "ratePps"
>;

/** Time beyond the interval for which positions may be given out, and before whose end the next write begins. */
const SLACK_S = 2;
const EARLY_S = 1;
/** Positions that may always be given out: some leases. */
const LEAST_GRANT = 64;
/** The speed that is assumed where nothing limits it, in packets per second. */
const FAST_PPS = 2_000_000;
/** Time between two writes at least, in seconds. */
const LEAST_S = 0.1;
/**
 * Time between two passing checkpoints, in seconds: a scan that is killed while the machine goes on sends no more again
 * than it has sent in this time and the wait for answers.
 */
const PASSING_S = 1;

/**
 * Keeps the checkpoint of a running scan: every few seconds, at each change of phase and in the end, and passing ones
 * between.
 */
export class Checkpoints {
  readonly #parts: CheckpointsParts;
  readonly #writer: CheckpointWriter;
  readonly #heard = new HeardTime();
  readonly #startedAt = new Date();
  #heardS = -Infinity;
  #writtenS = -Infinity;
  /** When the last one was begun, passing or not. */
  #begunS = -Infinity;
  /** When it was looked at first. */
  #beganS = Infinity;
  #phase: CheckpointPhase | null = null;
  #isFinishing = false;
  #isFaultTold = false;
  #runs: readonly CheckpointLife[] = [];
  #horizon: number;
  /** The state that was written last by this run. */
  #latest: CheckpointState | null = null;

  constructor(parts: CheckpointsParts) {
    this.#parts = parts;
    const { journalEntries } = parts.held.state;
    this.#horizon = parts.firstHorizon;
    this.#writer = new CheckpointWriter(parts.held.file, journalEntries);
  }

  /** Looks how far sending and receiving are; to be called before waiting responses are taken. */
  look(nowS: number, caughtUp: number, done: readonly number[]): void {
    this.#beganS = Math.min(this.#beganS, nowS);
    this.#heardS = this.#heard.look(nowS, caughtUp);
    this.#parts.account.progress(nowS, done);
  }

  /** When the last checkpoint was begun, by the clock of the scan; null: none was. */
  get writtenS(): number | null {
    return this.#writtenS === -Infinity ? null : this.#writtenS;
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
      moment(): CheckpointMoment;
      facts(): CheckpointFacts;
      flush(): void;
    },
  ): void {
    if (this.#isFinishing || this.#writer.isBusy) return;
    const { config } = this.#parts;
    const { given, phase, ratePps } = cut.moment();
    const ageS = nowS - this.#writtenS;
    const isNear = this.#horizon - given <
      EARLY_S * speedOf(ratePps, given / Math.max(1, nowS - this.#beganS));
    const isDue = phase !== this.#phase || ageS >= config.intervalS ||
      (isNear && ageS >= LEAST_S);
    if (!isDue && nowS - this.#begunS < PASSING_S) return;
    this.#begunS = nowS;
    cut.flush();
    if (!isDue) {
      this.#pass(cut.facts());
      return;
    }
    this.#phase = phase;
    this.#writtenS = nowS;
    this.#tellFault();
    this.#begin(cut.facts(), "");
  }

  /**
   * Positions that may have been given out in all: the checkpoint on the disk says that so many may have been sent. It
   * moves on with each that is written. So a scan that is killed has sent no more than its checkpoint tells.
   */
  get horizon(): number {
    // What cannot be written must not hold up the scan; it is told.
    return this.#writer.fault === null ? this.#horizon : Infinity;
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
   * Writes the last checkpoint, when all rows were handed to the outputs, but no footers: a scan that is killed while
   * it closes its files goes on from here.
   *
   * @param reason why the run ends; of no meaning yet where the scan `isComplete`
   */
  async finish(
    facts: CheckpointFacts,
    { isComplete, reason }: {
      readonly isComplete: boolean;
      readonly reason: string;
    },
  ): Promise<void> {
    this.#isFinishing = true;
    await this.#writer.idle();
    if (!this.#canWrite) await this.#endLatest(reason);
    else await this.#begin(facts, isComplete ? "" : reason);
    this.#tellFault();
    if (isComplete) this.#runs = endedWith(reason, this.#runs);
  }

  /** Says in the last checkpoint why the run has ended, as it is not complete after all. */
  async fail(reason: string): Promise<void> {
    await this.#endLatest(reason);
    this.#runs = endedWith(reason, this.#runs);
  }

  /** Removes the checkpoint of a scan that is complete: all it has is on the disk. */
  async remove(): Promise<void> {
    const { config, held } = this.#parts;
    try {
      await Deno.remove(config.path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      // Without its rights the program may not.
      await this.#leaveComplete(held.file, error);
    }
  }

  get #canWrite(): boolean {
    return this.#parts.outputs.every(({ file }) => file.status === "open");
  }

  async #begin(facts: CheckpointFacts, reason: string): Promise<void> {
    const { config, journal } = this.#parts;
    const ahead = this.#isFinishing ? 0 : grant(facts, config.intervalS);
    const state = this.#stateAt(facts, { ahead, reason });
    this.#runs = state.lives;
    if (!this.#canWrite) return;
    await this.#write(state, journal);
    if (this.#latest === state) this.#horizon = facts.given + ahead;
  }

  /** Begins a passing checkpoint. The horizon stays, as it is that of the one on the disk. */
  #pass(facts: CheckpointFacts): void {
    if (!this.#canWrite || this.#writer.fault !== null) return;
    const { journal, outputs } = this.#parts;
    const ahead = Math.max(0, this.#horizon - facts.given);
    const state = this.#stateAt(facts, { ahead, reason: "" });
    const files = outputs.map(({ file }) => file);
    this.#writer.writePassing({ state, journal, outputs: files });
  }

  /** @param ahead positions that may be given out beyond those of the moment */
  #stateAt(
    facts: CheckpointFacts,
    { ahead, reason }: { readonly ahead: number; readonly reason: string },
  ): CheckpointState {
    const { account, before, journal, outputConfigs, outputs } = this.#parts;
    const { noted } = facts;
    const ledger = sumLedgers(before.ledger, cutLedger(facts.ledger, noted));
    const sendsMost = facts.given + ahead - facts.done;
    const work = withRepairs(account.unsettled(ahead), facts.repairs);
    return {
      phase: facts.phase,
      rows: facts.rows,
      ratePps: facts.ratePps === 0 ? null : facts.ratePps,
      secondsLeft: this.#isFinishing ? null : facts.secondsLeft,
      writtenAt: new Date().toISOString(),
      work,
      journalEntries: journal.end,
      outputs: outputs.map((output, index) =>
        outputState(output, outputConfigs[index]!)
      ),
      lives: [
        ...before.lives,
        this.#life(facts, { ahead: sendsMost, reason }),
      ],
      ledger: ledgerCounts(ledger),
      measured: facts.measured(work),
    };
  }

  async #write(
    state: CheckpointState,
    journal: Pick<JournalBuffer, "drop" | "since">,
  ): Promise<void> {
    const { written } = this.#writer;
    const outputs = this.#parts.outputs.map(({ file }) => file);
    await this.#writer.write({ state, journal, outputs });
    if (this.#writer.written > written) this.#latest = state;
  }

  /** Says in the checkpoint before why the run has ended, as a further one cannot be written with all rows. */
  async #endLatest(reason: string): Promise<void> {
    const latest = this.#latest;
    if (latest === null) return;
    const lives = endedWith(reason, latest.lives);
    await this.#writer.writeState({ ...latest, lives });
  }

  async #leaveComplete(file: CheckpointFile, cause: unknown): Promise<void> {
    const { path } = file;
    try {
      if (this.#latest !== null) {
        const { runs: lives } = this;
        await this.#writer.writeState({
          ...this.#latest,
          phase: "done",
          lives,
        });
      }
      await file.dropJournal();
    } catch {
      // What it takes is taken in vain, and it says the same.
    }
    this.#parts.logger.info(
      'Cannot remove checkpoint "{path}": {cause}; it says that the scan is complete, and the next scan with this output replaces it',
      { path, cause: describeFileError(cause) },
    );
  }

  #life(
    facts: CheckpointFacts,
    { ahead, reason }: { readonly ahead: number; readonly reason: string },
  ): CheckpointLife {
    const { before, config, followUpShare } = this.#parts;
    const { accepted, followUps } = facts.ledger.send;
    const mostFollowUps = Math.ceil(followUpShare * (accepted + ahead));
    return {
      startedAt: this.#startedAt.toISOString(),
      endedAt: new Date().toISOString(),
      reason,
      args: config.args,
      sendSeconds: facts.sendSeconds,
      seconds: facts.seconds,
      packets: accepted,
      rows: facts.rows - before.rows,
      mostUnrecorded: this.#isFinishing
        ? 0
        : ahead + Math.max(0, mostFollowUps - followUps),
    };
  }

  /** That it cannot be written ends no scan, and holds none up: the rows are stored, and the state before stays. */
  #tellFault(): void {
    const { held, logger, outputs } = this.#parts;
    const { fault } = this.#writer;
    const isFaulty = fault !== null;
    // An output that has failed is told as such.
    const isKnown = outputs.some(({ file }) => file.status !== "open");
    if (isFaulty === this.#isFaultTold || isKnown) return;
    this.#isFaultTold = isFaulty;
    const { path } = held.file;
    if (!isFaulty) {
      logger.info('Checkpoint "{path}" is written again', { path });
      return;
    }
    logger.warn(
      'Cannot write checkpoint "{path}": {fault}; the scan goes on, and the checkpoint before stays',
      { path, fault: describeFileError(fault) },
    );
  }
}

/**
 * Positions that may be given out from one checkpoint to the next: more than are sent in the interval, so that a slow
 * disk holds up nothing, and few, as all of them have to be taken for sent when the scan is killed.
 *
 * @param intervalS time between two checkpoints, in seconds
 */
export function grant(
  { done, ratePps, seconds }: Pick<
    CheckpointFacts,
    "done" | "ratePps" | "seconds"
  >,
  intervalS: number,
): number {
  const speed = speedOf(ratePps, done / Math.max(1, seconds));
  return Math.ceil(speed * (intervalS + SLACK_S)) + LEAST_GRANT;
}

/** Runs of which the last has ended for this reason. */
function endedWith(
  reason: string,
  runs: readonly CheckpointLife[],
): readonly CheckpointLife[] {
  const last = runs.at(-1);
  return last === undefined
    ? runs
    : [...runs.slice(0, -1), { ...last, reason }];
}

/** Packets per second: the rate, or without one what is thought of the speed. */
function speedOf(ratePps: number, sentPps: number): number {
  return ratePps === 0 ? Math.max(FAST_PPS, 2 * sentPps) : ratePps;
}
