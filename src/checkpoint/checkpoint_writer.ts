import type { CheckpointFile } from "./checkpoint_file.ts";
import type { JournalBuffer } from "./journal.ts";
import type { CheckpointState } from "./state.ts";

/** Where rows go, as a checkpoint sees it. */
export interface SyncedOutput {
  /** Resolves to true when all rows that it was given before the call are on disk, to false when they are not. */
  sync(): Promise<boolean>;
  /** The same, but for the disk: the system has them all. */
  drain(): Promise<boolean>;
}

/** A moment of a scan: rows, journal and state that belong together. */
export interface CheckpointCut {
  readonly state: CheckpointState;
  /** Where the journal's entries lie that are not written yet. */
  readonly journal: Pick<JournalBuffer, "drop" | "since">;
  readonly outputs: readonly SyncedOutput[];
}

/**
 * Writes checkpoints, one at a time and aside: the rows first, then the journal, then the state that names both. What
 * a state says is therefore on disk whenever the state is.
 *
 * A write that fails loses nothing: the state before stays the newest, and the next write begins where it began.
 */
export class CheckpointWriter {
  readonly #file: CheckpointFile;
  /** Entries of the journal that are on disk. */
  #journaled: number;
  #task: Promise<void> | null = null;
  #fault: unknown = null;
  #written = 0;

  /** @param journaled entries that the file's newest state names */
  constructor(file: CheckpointFile, journaled: number) {
    this.#file = file;
    this.#journaled = journaled;
  }

  /** A checkpoint is being written. */
  get isBusy(): boolean {
    return this.#task !== null;
  }

  /** Why the last checkpoint could not be written; null: it could. */
  get fault(): unknown {
    return this.#fault;
  }

  /** Checkpoints written. */
  get written(): number {
    return this.#written;
  }

  /**
   * Begins to write a checkpoint; to be called when the rows of the moment were handed to the outputs. Resolves, never
   * rejects.
   *
   * @throws {Error} while another one is being written
   */
  write(cut: CheckpointCut): Promise<void> {
    if (this.#task !== null) throw new Error("A checkpoint is being written");
    // Taken now: what is added while it is written belongs to the next.
    const entries = cut.journal.since(this.#journaled);
    this.#task = this.#write(cut, entries).finally(() => this.#task = null);
    return this.#task;
  }

  /**
   * Begins to write a passing checkpoint, as `write` does: it outlives the program, not the machine, and costs no
   * waiting for the disk. What cannot be written is left to the next checkpoint.
   */
  writePassing(cut: CheckpointCut): Promise<void> {
    if (this.#task !== null) throw new Error("A checkpoint is being written");
    const entries = cut.journal.since(this.#journaled);
    this.#task = this.#writePassing(cut, entries).finally(() =>
      this.#task = null
    );
    return this.#task;
  }

  /**
   * Writes the state of a moment whose rows and journal are on the disk already. Resolves, never rejects; not to be
   * called while a checkpoint is being written.
   */
  async writeState(state: CheckpointState): Promise<void> {
    try {
      await this.#file.writeState(state);
      this.#fault = null;
    } catch (error) {
      this.#fault = error;
    }
  }

  /** Resolves when nothing is being written. */
  async idle(): Promise<void> {
    await this.#task;
  }

  async #write(
    { journal, outputs, state }: CheckpointCut,
    entries: Uint8Array,
  ): Promise<void> {
    try {
      const synced = await Promise.all(outputs.map((output) => output.sync()));
      if (synced.includes(false)) {
        throw new Error("not all rows are on the disk");
      }
      await this.#file.writeJournal(this.#journaled, entries);
      await this.#file.writeState(state);
      this.#journaled = state.journalEntries;
      journal.drop(this.#journaled);
      this.#fault = null;
      this.#written++;
    } catch (error) {
      this.#fault = error;
    }
  }

  async #writePassing(
    { outputs, state }: CheckpointCut,
    entries: Uint8Array,
  ): Promise<void> {
    try {
      const drained = await Promise.all(
        outputs.map((output) => output.drain()),
      );
      if (drained.includes(false)) return;
      await this.#file.writePassing(this.#journaled, entries, state);
    } catch {
      // The next one that is synced fails, too, and says why.
    }
  }
}
