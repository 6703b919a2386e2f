import { ConfigError } from "../base/mod.ts";
import {
  type CheckpointLayout,
  decodeHeader,
  encodeHeader,
  layoutFor,
  PAGE_BYTES,
  tornError,
} from "./header.ts";
import { type CheckpointJob, decodeJob, encodeJob } from "./job.ts";
import { JOURNAL_ENTRY_BYTES } from "./journal.ts";
import { startSha256 } from "./sha256.ts";
import { decodeSlot, encodeSlot, SLOT_BYTES, type SlotRecord } from "./slot.ts";
import { type CheckpointState, decodeState, encodeState } from "./state.ts";
import type { CheckpointStorage } from "./storage.ts";

/** What a checkpoint says. */
export interface CheckpointContent {
  readonly job: CheckpointJob;
  readonly state: CheckpointState;
}

/**
 * The checkpoint of a scan: a page that says what it is, the job, two slots with a state each, and the journal of the
 * targets that have answered.
 *
 * The slots are written in turn, so that a write that is torn leaves the other one. A state names the length of the
 * journal that belongs to it, which is on disk before the slot is written; entries behind it are of no state, and are
 * written over. So a file always holds a whole state, whenever its writer dies.
 *
 * Between two such states, a passing one may be written any number of times, into the slot that is next. Nothing of
 * it is synced: it outlives the program, but counts only as long as the machine has not started anew.
 */
export class CheckpointFile {
  readonly #storage: CheckpointStorage;
  readonly #layout: CheckpointLayout;
  readonly #path: string;
  readonly #boot: string | null;
  /** Of the newest state that is on disk. */
  #counter: number;
  /** The state that was written last says so. */
  #isComplete = false;

  private constructor(
    storage: CheckpointStorage,
    { boot, counter, layout, path }: {
      readonly layout: CheckpointLayout;
      readonly counter: number;
      readonly path: string;
      readonly boot: string | null;
    },
  ) {
    this.#boot = boot;
    this.#storage = storage;
    this.#layout = layout;
    this.#counter = counter;
    this.#path = path;
  }

  /**
   * Writes the checkpoint of a new scan, in place of whatever is there. Takes over the storage.
   *
   * @param path names the file in errors
   * @param boot the machine's present boot, as `readBoot()` tells it; without it there are no passing states
   */
  static async create(
    storage: CheckpointStorage,
    { job, state }: CheckpointContent,
    path: string,
    boot: string | null = null,
  ): Promise<CheckpointFile> {
    const text = encodeJob(job);
    const layout = layoutFor(text);
    await storage.truncate(0);
    // The first page comes last: until then the file is none.
    await storage.write(PAGE_BYTES, text);
    const facts = { boot, layout, counter: 0, path };
    const file = new CheckpointFile(storage, facts);
    await file.writeState(state);
    await storage.write(0, encodeHeader(layout));
    await storage.sync();
    return file;
  }

  /**
   * Reads a checkpoint; what is written later goes on from there. Takes over the storage.
   *
   * @param path names the file in errors
   * @param boot the machine's present boot, as `readBoot()` tells it; without it there are no passing states
   * @throws {ConfigError} when it is none that can be used
   */
  static async open(
    storage: CheckpointStorage,
    path: string,
    boot: string | null = null,
  ): Promise<CheckpointContent & { readonly file: CheckpointFile }> {
    const layout = decodeHeader(await storage.read(0, PAGE_BYTES), path);
    const text = await storage.read(PAGE_BYTES, layout.jobBytes);
    const digest = startSha256().update(text).hex();
    if (digest !== layout.jobDigest) {
      throw tornError(path, "the description of its scan is not whole");
    }
    const newest = await newestRecord(storage, layout, boot);
    if (newest === null) {
      throw tornError(path, "neither of its two records is whole");
    }
    const content = decode(path, text, newest.record);
    const { journalEntries } = content.state;
    const end = layout.journalAt + journalEntries * JOURNAL_ENTRY_BYTES;
    const length = await storage.length();
    // Once a scan is complete, nobody needs it.
    const isNeeded = journalEntries > 0 && content.state.phase !== "done";
    if (length < end && isNeeded) {
      const found = Math.max(0, length - layout.journalAt);
      throw tornError(
        path,
        `${
          Math.floor(found / JOURNAL_ENTRY_BYTES)
        } of ${journalEntries} targets that have answered are in it`,
      );
    }
    // What comes next replaces a passing state: the one that is on disk stays until then.
    const counter = newest.counter - (newest.boot === null ? 0 : 1);
    const file = new CheckpointFile(storage, { boot, layout, counter, path });
    return { ...content, file };
  }

  /** How it is called in messages. */
  get path(): string {
    return this.#path;
  }

  /** Reads entries of the journal, from number `from` up to `end`. */
  readJournal(from: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#storage.read(
      this.#layout.journalAt + from * JOURNAL_ENTRY_BYTES,
      (end - from) * JOURNAL_ENTRY_BYTES,
    );
  }

  /** Writes entries of the journal from number `from` on; resolves when they are on disk. */
  async writeJournal(from: number, entries: Uint8Array): Promise<void> {
    if (entries.length === 0) return;
    await this.#putJournal(from, entries);
    await this.#storage.sync();
  }

  /** Writes a state in place of the older one; resolves when it is on disk. All it names must be there before. */
  async writeState(state: CheckpointState): Promise<void> {
    await this.#putState(state, null);
    await this.#storage.sync();
    // Only now: a write that failed may have torn this slot, and must not be followed by one to the other.
    this.#counter++;
    this.#isComplete = state.phase === "done";
  }

  /**
   * Writes a passing state, and entries of the journal from number `from` on, and syncs nothing. All that the state
   * names must have been written before. Does nothing where the system does not tell which boot it is.
   */
  async writePassing(
    from: number,
    entries: Uint8Array,
    state: CheckpointState,
  ): Promise<void> {
    if (this.#boot === null) return;
    if (entries.length > 0) await this.#putJournal(from, entries);
    await this.#putState(state, this.#boot);
  }

  /** Gives back the space of the journal, if the state that was written last says that the scan is complete. */
  async dropJournal(): Promise<void> {
    if (!this.#isComplete) return;
    await this.#storage.truncate(this.#layout.journalAt);
  }

  /** Closes the file. */
  close(): void {
    this.#storage.close();
  }

  #putJournal(from: number, entries: Uint8Array): Promise<void> {
    const at = this.#layout.journalAt + from * JOURNAL_ENTRY_BYTES;
    return this.#storage.write(at, entries);
  }

  #putState(state: CheckpointState, boot: string | null): Promise<void> {
    const counter = this.#counter + 1;
    const bytes = encodeSlot({ boot, counter, record: encodeState(state) });
    return this.#storage.write(this.#layout.slotsAt[counter % 2]!, bytes);
  }
}

/** The newest record that is whole and counts, as the machine has not started anew since. */
async function newestRecord(
  storage: CheckpointStorage,
  { slotsAt }: CheckpointLayout,
  boot: string | null,
): Promise<SlotRecord | null> {
  let newest: SlotRecord | null = null;
  for (const at of slotsAt) {
    const found = decodeSlot(await storage.read(at, SLOT_BYTES));
    if (found === null) continue;
    if (found.boot !== null && found.boot !== boot) continue;
    if (newest === null || found.counter > newest.counter) newest = found;
  }
  return newest;
}

function decode(
  path: string,
  job: Uint8Array,
  state: Uint8Array,
): CheckpointContent {
  try {
    return { job: decodeJob(job), state: decodeState(state) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConfigError(
      path,
      `Cannot read the checkpoint: ${error.message}`,
      "Resume it with the version of pacemap that has written it",
      error,
    );
  }
}
