import {
  type CheckpointContent,
  CheckpointFile,
  type CheckpointState,
  CheckpointWriter,
  HeardTime,
  JournalBuffer,
  NOTHING_MEASURED,
  RangeSet,
  readJournal,
  type UnsettledWork,
  WorkAccount,
} from "../../src/checkpoint/mod.ts";
import { TestStorage } from "../../src/checkpoint/_test_storage.ts";
import { type Lease, LocalWork } from "../../src/scan/work_source.ts";

/** A scan whose program may die at any moment. */
export interface ScanShape {
  readonly positions: number;
  readonly probes: number;
  readonly senders: number;
  /** The cooldown, in seconds. */
  readonly waitS: number;
  /** When the host of a position answers a probe, in seconds; null: it never does. */
  delayOf(position: number): number | null;
}

/** A probe that was sent. */
export interface Sent extends Lease {
  readonly life: number;
  readonly atS: number;
}

interface Sender {
  readonly queue: Lease[];
  done: number;
}

interface Answer {
  readonly position: number;
  readonly atS: number;
}

/** What survives the end of the program. */
export interface Disk {
  readonly checkpoint: TestStorage;
  readonly rows: string;
  /** How many of them are on the disk for sure. */
  readonly syncedRows: number;
  /** Failures of the power so far. */
  readonly boots: number;
}

/** Positions that may be given out beyond those that a checkpoint knows. */
const GRANT = 30;
/** Longest time between two looks of the model's main thread, in seconds. */
export const LONGEST_STEP_S = 1;

/**
 * One life of a scan: senders, hosts, a receiver and the main thread in a model, over the real work source, account,
 * journal, file and writer. Writes to the disk go on only when `disk` is called.
 */
export class CheckpointedScan {
  readonly shape: ScanShape;
  readonly sent: Sent[] = [];
  /** What earlier lives may have probed, of what was to be probed when it began. */
  readonly touched: RangeSet;
  readonly #life: number;
  readonly #storage: TestStorage;
  readonly #writer: CheckpointWriter;
  readonly #account: WorkAccount;
  readonly #work: LocalWork;
  readonly #journal: JournalBuffer;
  readonly #senders: Sender[];
  readonly #heard = new HeardTime();
  readonly #onTheWay: Answer[] = [];
  readonly #seen: Set<number>;
  readonly #records: number[] = [];
  readonly #gates: (() => void)[] = [];
  /** Positions that were given out, and may have been at most. */
  #given = 0;
  #horizon: number;
  #caughtUp = 0;
  #rows: string;
  #syncedRows: number;
  /** Rows that the system has, if not the disk. */
  #writtenRows: number;
  readonly #boots: number;
  #heardS = -Infinity;
  /** Of each state that was begun to be written, by time, up to when sent probes may be settled. */
  readonly #cuts = new Map<string, number>();
  /** The state that this life goes on from. */
  readonly since: string;
  nowS: number;

  private constructor(
    shape: ScanShape,
    parts: {
      readonly life: number;
      readonly nowS: number;
      readonly storage: TestStorage;
      readonly file: CheckpointFile;
      readonly state: CheckpointState;
      readonly seen: Set<number>;
      readonly rows: string;
      readonly syncedRows: number;
      readonly boots: number;
    },
  ) {
    const { file, life, nowS, rows, seen, state, storage } = parts;
    const { senders, waitS } = shape;
    this.shape = shape;
    this.nowS = nowS;
    this.since = state.writtenAt;
    this.#life = life;
    this.#storage = storage;
    this.#writer = new CheckpointWriter(file, state.journalEntries);
    this.#journal = new JournalBuffer(state.journalEntries);
    this.#account = new WorkAccount({ work: state.work, senders, waitS });
    this.#work = LocalWork.of({
      ranges: [{ first: 0, end: shape.positions }],
      probesPerTarget: shape.probes,
      rest: life === 0 ? null : state.work,
    });
    this.touched = new RangeSet(life === 0 ? [] : state.work.touched);
    this.#horizon = life === 0 ? GRANT : 0;
    this.#senders = Array.from({ length: senders }, () => ({
      queue: [],
      done: 0,
    }));
    this.#seen = seen;
    this.#rows = rows;
    this.#syncedRows = parts.syncedRows;
    this.#writtenRows = rows.length;
    this.#boots = parts.boots;
    storage.onChange = () => this.#gate();
  }

  /** Begins a scan, or goes on with what is left of one. */
  static async start(
    shape: ScanShape,
    { disk, life, nowS }: {
      readonly disk: Disk | null;
      readonly life: number;
      readonly nowS: number;
    },
  ): Promise<CheckpointedScan> {
    const storage = disk?.checkpoint ?? new TestStorage();
    storage.onChange = () => {};
    const boots = disk?.boots ?? 0;
    const boot = bootOf(boots);
    const content = newContent(shape);
    const { file, state } = disk === null
      ? {
        file: await CheckpointFile.create(storage, content, "test", boot),
        state: content.state,
      }
      : await CheckpointFile.open(storage, "test", boot);
    const entries = await file.readJournal(0, state.journalEntries);
    const seen = new Set<number>();
    const damaged = readJournal(entries, 0, ({ first }) => seen.add(first));
    if (damaged >= 0) throw new Error(`Entry ${damaged} is damaged`);
    const offset = state.outputs[0]!.offsetBytes;
    const rows = disk?.rows ?? "";
    if (rows.length < offset) throw new Error("Rows are missing");
    return new CheckpointedScan(shape, {
      life,
      nowS,
      storage,
      file,
      state,
      seen,
      rows: rows.slice(0, offset),
      syncedRows: Math.min(offset, disk?.syncedRows ?? 0),
      boots,
    });
  }

  /** Up to when probes may be settled in the state that was written at `writtenAt`, as it was begun in this life. */
  settledIn(writtenAt: string): number {
    return this.#cuts.get(writtenAt) ?? -Infinity;
  }

  /** All is sent. */
  get isSent(): boolean {
    return this.#work.waiting === 0 &&
      this.#senders.every(({ queue }) => queue.length === 0);
  }

  get rows(): string {
    return this.#rows;
  }

  /** From here on no checkpoint is needed to go on. */
  release(): void {
    this.#horizon = Infinity;
  }

  /** Gives a sender work. */
  feed(sender: number, most: number): void {
    const allowed = Math.min(most, this.#horizon - this.#given);
    const lease = allowed > 0 ? this.#work.take(allowed) : null;
    if (lease === null) return;
    this.#given += lease.end - lease.first;
    this.#senders[sender]!.queue.push(lease);
    this.#account.give(sender, lease);
  }

  /** Lets a sender send; `isLost`: nothing of it arrives, and all of it is taken back, as at an outage. */
  send(sender: number, most: number, isLost: boolean): void {
    const one = this.#senders[sender]!;
    for (let count = 0; count < most; count++) {
      const lease = one.queue[0];
      if (lease === undefined) return;
      const position = lease.first;
      const { pass, probeNumber } = lease;
      const sent = { pass, probeNumber, first: position, end: position + 1 };
      if (lease.end === sent.end) one.queue.shift();
      else one.queue[0] = { ...lease, first: sent.end };
      one.done++;
      if (isLost) {
        const again = { ...sent, pass: Math.max(1, pass) };
        this.#work.again(again);
        this.#account.again(again);
        continue;
      }
      this.sent.push({ ...sent, life: this.#life, atS: this.nowS });
      const delayS = this.shape.delayOf(position);
      if (delayS === null) continue;
      this.#onTheWay.push({ position, atS: this.nowS + delayS });
    }
  }

  /** Lets the receiver take up to `most` of the answers that have arrived. */
  receive(most: number): void {
    for (let count = 0; count < most; count++) {
      const at = this.#onTheWay.findIndex(({ atS }) => atS <= this.nowS);
      if (at < 0) {
        this.#caughtUp++;
        return;
      }
      const [{ position }] = this.#onTheWay.splice(at, 1) as [Answer];
      // As when only the first success of each target is wanted.
      if (this.#seen.has(position)) continue;
      this.#seen.add(position);
      this.#records.push(position);
    }
  }

  /** A look of the main thread, which writes up to `most` rows. */
  step(most: number): void {
    const heardS = this.#heard.look(this.nowS, this.#caughtUp);
    this.#account.progress(this.nowS, this.#senders.map(({ done }) => done));
    for (const position of this.#records.splice(0, most)) {
      this.#rows += `${position}\n`;
      const entry = { second: 0, isFailure: false, isIpv6: false };
      this.#journal.add({ first: position, ...entry });
    }
    if (this.#records.length > 0) return;
    this.#heardS = heardS;
    this.#account.settle(heardS);
  }

  /** Begins to write a checkpoint, passing or not, unless one is being written. */
  checkpoint(isPassing = false): void {
    if (this.#writer.isBusy) return;
    const writtenAt = `${this.#life}:${this.#cuts.size}`;
    this.#cuts.set(writtenAt, this.#heardS - this.shape.waitS);
    const lengthBytes = this.#rows.length;
    const ahead = isPassing ? Math.max(0, this.#horizon - this.#given) : GRANT;
    const state = stateOf({
      writtenAt,
      work: this.#account.unsettled(ahead),
      journalEntries: this.#journal.end,
      offsetBytes: lengthBytes,
    });
    const drain = async (): Promise<boolean> => {
      await this.#gate();
      this.#writtenRows = Math.max(this.#writtenRows, lengthBytes);
      return true;
    };
    const sync = async (): Promise<boolean> => {
      await drain();
      this.#syncedRows = Math.max(this.#syncedRows, lengthBytes);
      return true;
    };
    const cut = { state, journal: this.#journal, outputs: [{ drain, sync }] };
    if (isPassing) {
      this.#writer.writePassing(cut);
      return;
    }
    const horizon = this.#given + GRANT;
    const { written } = this.#writer;
    this.#writer.write(cut).then(() => {
      if (this.#writer.written > written) this.#horizon = horizon;
    });
  }

  /** Lets the next write to the disk go on. */
  async disk(): Promise<void> {
    this.#gates.shift()?.();
    // What follows from it needs several turns.
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }

  /** What the disk holds after a failure of the power; `chance` returns numbers from 0 up to 1. */
  crash(chance: () => number): Disk {
    const rows = this.#rows.slice(0, this.#between(this.#syncedRows, chance));
    return {
      checkpoint: new TestStorage(this.#storage.crash(chance)),
      rows,
      syncedRows: rows.length,
      boots: this.#boots + 1,
    };
  }

  /** What is there when the program alone dies. */
  kill(chance: () => number): Disk {
    return {
      checkpoint: this.#storage,
      rows: this.#rows.slice(0, this.#between(this.#writtenRows, chance)),
      syncedRows: this.#syncedRows,
      boots: this.#boots,
    };
  }

  #between(least: number, chance: () => number): number {
    return least + Math.floor(chance() * (this.#rows.length - least + 1));
  }

  #gate(): Promise<void> {
    return new Promise((resolve) => this.#gates.push(resolve));
  }
}

function bootOf(boots: number): string {
  return boots.toString(16).padStart(16, "0");
}

function newContent({ positions, probes }: ScanShape): CheckpointContent {
  const planned = Array.from(
    { length: probes },
    () => [{ first: 0, end: positions }],
  );
  return {
    job: {
      program: "0",
      startedAt: "",
      directory: "/",
      checkpoint: "test",
      args: [],
      seed: "1",
      salt: 1,
      families: "ipv4",
      targetCount: positions,
      probesPerTarget: probes,
      parts: [],
    },
    state: stateOf({
      writtenAt: "new",
      work: {
        planned,
        repairs: [],
        touched: [{ first: 0, end: Math.min(GRANT, positions) }],
      },
      journalEntries: 0,
      offsetBytes: 0,
    }),
  };
}

function stateOf(
  { offsetBytes, ...parts }: {
    readonly writtenAt: string;
    readonly work: UnsettledWork;
    readonly journalEntries: number;
    readonly offsetBytes: number;
  },
): CheckpointState {
  return {
    ...parts,
    phase: "sending",
    rows: 0,
    ratePps: null,
    outputs: [{
      path: "rows",
      format: "csv",
      offsetBytes,
      digest: null,
      owner: null,
    }],
    lives: [],
    secondsLeft: null,
    ledger: {},
    measured: NOTHING_MEASURED,
  };
}
