import type { Probe, Response } from "../probe/mod.ts";
import {
  makeRecordHead,
  RecordFlag,
  type RecordHead,
  type RecordQueue,
} from "../shm/mod.ts";
import type { JournalBuffer, JournalEntry } from "../checkpoint/mod.ts";
import type { NotedAnswers } from "../monitor/mod.ts";
import type { AliasWatch } from "./alias_watch.ts";
import type { Tally } from "../report/mod.ts";
import { finishOutputs, hand, type Output } from "./outputs.ts";

/** Rows that are formatted before the file gets them. */
const CHUNK_BYTES = 256 << 10;
/** How long a slow write is waited for at a time. */
const PATIENCE_MS = 50;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Takes responses out of the receiver's queue, formats them, and gives them to the result files that want them. */
export class Collector {
  readonly #queue: RecordQueue;
  readonly #probe: Probe;
  readonly #outputs: readonly Output[];
  readonly #maxRows: number;
  readonly #aliases: AliasWatch | null;
  readonly #head: RecordHead = makeRecordHead();
  readonly #response: Mutable<Response>;
  /** The last write to each file. */
  readonly #writes = new Map<Output["file"], Promise<void>>();
  readonly #journal: JournalBuffer | null;
  readonly #tally: Tally | null;
  readonly #rowsBefore: number;
  readonly #noted = { successes: 0, failures: 0, successesIpv6: 0 };
  readonly #entry: Mutable<JournalEntry> = {
    first: 0,
    second: 0,
    isFailure: false,
    isIpv6: false,
  };
  #rows = 0;
  #filtered = 0;
  #hasDropped = false;
  #isDrained = false;

  constructor(
    parts: {
      queue: RecordQueue;
      probe: Probe;
      outputs: readonly Output[];
      /** Responses that are written at most; what comes then is dropped. Null: no limit. */
      maxRows: number | null;
      /** Knows aliased prefixes, and which responses have to wait; null: nobody asks. */
      aliases?: AliasWatch | null;
      /** Where targets are noted that have answered; null: nowhere. */
      journal?: JournalBuffer | null;
      /** Counts where answers come from; null: nobody wants to see. */
      tally?: Tally | null;
      /** Responses that earlier runs of the same scan have written. */
      rowsBefore?: number;
    },
  ) {
    this.#queue = parts.queue;
    this.#probe = parts.probe;
    this.#outputs = parts.outputs;
    this.#maxRows = parts.maxRows ?? Infinity;
    this.#aliases = parts.aliases ?? null;
    this.#journal = parts.journal ?? null;
    this.#tally = parts.tally ?? null;
    this.#rowsBefore = parts.rowsBefore ?? 0;
    this.#response = {
      view: parts.queue.view,
      at: 0,
      end: 0,
      seconds: 0,
      microseconds: 0,
      targetAddress: 0,
      targetPort: 0,
      classIndex: 0,
      isSuccess: false,
      isRepeat: false,
      isCooldown: false,
      isAliased: null,
      isDiffering: false,
    };
  }

  /** Share of the receiver's queue that is in use, 0 to 1. */
  get fill(): number {
    return this.#queue.fill;
  }

  /** Responses that were given to a file, those of earlier runs included. */
  get allRows(): number {
    return this.#rowsBefore + this.#rows;
  }

  /** How many answers were noted in the journal; null: there is none. */
  get noted(): NotedAnswers | null {
    return this.#journal === null ? null : this.#noted;
  }

  /** Responses that were given to a file. */
  get rows(): number {
    return this.#rows;
  }

  /** Of these, responses that are not in a file: it could not take them, or somebody else has cut it. */
  get lostRows(): number {
    const lost = this.#outputs.map(({ file }) => file.lostRows);
    return Math.min(this.#rows, Math.max(0, ...lost));
  }

  /** Responses that no file wanted, or that came after the last that was allowed. */
  get filtered(): number {
    return this.#filtered;
  }

  /** Whether all rows that are allowed have been written. */
  get isFull(): boolean {
    return this.#rowsBefore + this.#rows >= this.#maxRows;
  }

  /** Whether the last call of `collect` has found the queue empty, and no response was dropped so far. */
  get isDrained(): boolean {
    return this.#isDrained && !this.#hasDropped;
  }

  /** Whether responses wait although it has just taken what there was room for. */
  get isBehind(): boolean {
    return this.fill > 0;
  }

  /** Whether all that was taken from the queue is written, and the queue is empty. */
  get isIdle(): boolean {
    return this.fill === 0 && (this.#aliases?.isEmpty ?? true) &&
      this.#outputs.every(({ file, writer }) =>
        writer.lengthBytes === 0 && file.pendingBytes === 0
      );
  }

  /** Moves what is waiting to the files, which write meanwhile; returns the number of responses. */
  collect(): number {
    let responses = 0;
    this.#isDrained = false;
    while (this.#hasRoom()) {
      if (!this.#next()) {
        this.#isDrained = true;
        break;
      }
      responses++;
    }
    for (const output of this.#outputs) {
      const { file, writer } = output;
      if (file.pendingBytes > 0 || writer.lengthBytes === 0) continue;
      this.#writes.set(file, hand(output));
    }
    return responses;
  }

  /** Gives the files all rows that were taken from the queue. */
  flush(): void {
    for (const output of this.#outputs) {
      const { file, writer } = output;
      if (writer.lengthBytes > 0) this.#writes.set(file, hand(output));
    }
  }

  /** Gives the files all that is left, and their footers: no more rows come. May be called again. */
  finish(): void {
    finishOutputs(this.#outputs);
  }

  /**
   * Waits until the files have taken what they were given, but not for long: a file that takes nothing must not
   * hold up whoever looks after the scan.
   */
  async written(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, PATIENCE_MS);
    await Promise.race([Promise.all(this.#writes.values()), late.promise]);
    clearTimeout(timer);
  }

  #hasRoom(): boolean {
    for (let i = 0; i < this.#outputs.length; i++) {
      if (this.#outputs[i]!.writer.lengthBytes >= CHUNK_BYTES) return false;
    }
    return true;
  }

  #next(): boolean {
    const held = this.#aliases?.shift() ?? null;
    if (held !== null) {
      const { head, verdict, view } = held;
      this.#give(this.#read(head, view, 0, view.byteLength), verdict);
      return true;
    }
    const head = this.#head;
    const { view } = this.#queue;
    const at = this.#queue.shift(head);
    if (at < 0) return false;
    if ((head.flags & RecordFlag.alias) !== 0) {
      this.#aliases?.answered(view, at);
    } else {
      if (!this.isFull) this.#note();
      this.#tally?.record(head, view, at, this.#queue.lengthBytes);
      if ((head.flags & RecordFlag.unwanted) === 0) {
        const end = at + this.#queue.lengthBytes;
        this.#judge(this.#read(head, view, at, end));
      }
    }
    this.#queue.release();
    return true;
  }

  /** Gives a response to the files, unless it has to wait. */
  #judge(response: Mutable<Response>): void {
    const verdict = this.#aliases === null
      ? null
      : this.#aliases.verdictOf(response);
    if (verdict === undefined) this.#aliases!.hold(this.#head, response);
    else this.#give(response, verdict);
  }

  #read(
    head: Readonly<RecordHead>,
    view: DataView,
    at: number,
    end: number,
  ): Mutable<Response> {
    const response = this.#response;
    response.view = view;
    response.at = at;
    response.end = end;
    response.seconds = head.seconds;
    response.microseconds = head.microseconds;
    response.targetAddress = head.targetAddress;
    response.targetPort = head.targetPort;
    response.classIndex = head.classIndex;
    response.isSuccess = this.#probe.classes[head.classIndex]!.isSuccess;
    response.isRepeat = (head.flags & RecordFlag.repeat) !== 0;
    response.isCooldown = (head.flags & RecordFlag.cooldown) !== 0;
    response.isDiffering = (head.flags & RecordFlag.differs) !== 0;
    return response;
  }

  /** What is not written, as enough is, is not noted either. */
  #note(): void {
    const head = this.#head;
    if (this.#journal === null || (head.flags & RecordFlag.first) === 0) return;
    const entry = this.#entry;
    entry.first = head.firstWord;
    entry.second = head.secondWord;
    entry.isFailure = (head.flags & RecordFlag.success) === 0;
    entry.isIpv6 = (head.flags & RecordFlag.ipv6) !== 0;
    this.#journal.add(entry);
    if (entry.isFailure) this.#noted.failures++;
    else this.#noted.successes++;
    if (entry.isIpv6 && !entry.isFailure) this.#noted.successesIpv6++;
  }

  #give(response: Mutable<Response>, isAliased: boolean | null): void {
    response.isAliased = isAliased;
    this.#hasDropped ||= this.isFull;
    let isTaken = false;
    if (!this.isFull && !this.#aliases?.drops(isAliased)) {
      for (let i = 0; i < this.#outputs.length; i++) {
        const output = this.#outputs[i]!;
        if (!output.accepts(response)) continue;
        output.writer.append(response);
        isTaken = true;
      }
    }
    if (isTaken) this.#rows++;
    else this.#filtered++;
  }
}
