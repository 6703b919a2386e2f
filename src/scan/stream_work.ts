import type { RepairWork } from "../loss/mod.ts";
import type { StreamCounts, StreamIntake } from "../targets/mod.ts";
import { type Lease, LocalWork, type ScanWork } from "./work_source.ts";

/** How long addresses wait at most for others to be shuffled with, while there is nothing else to send. */
const WINDOW_S = 0.05;
/** Addresses that may wait to be sent before no more are read: four windows. */
const MOST_AHEAD = 2 ** 18;
/** Addresses taken from the queue at a time: some 2 ms. */
const ADMITTED_AT_A_TIME = 2 ** 14;
/** Pause between two looks whether there is room for more. */
const ROOM_MS = 10;

/** Where the lines of a stream come from. */
export interface StreamInput {
  /** Waits for the next piece, which is good until the next call; null: the input has ended. */
  read(): Promise<Uint8Array | null>;
}

/** What a stream is probed with. */
export interface StreamWorkOptions {
  readonly intake: StreamIntake;
  readonly portCount: number;
  readonly probesPerTarget: number;
  /** Targets of this shard at most; null: no limit. */
  readonly mostTargets: number | null;
  /** Whether senders wait for the output: then the input is read on, as who writes it may have to be heard first. */
  isHeld(): boolean;
  nowS(): number;
}

/**
 * The work of a scan whose targets come while it runs. Whatever has come is given out as soon as the senders have
 * nothing else, so that who waits for answers before naming more targets is never waited for. What is to be sent again
 * goes behind what is waiting at that moment.
 */
export class StreamWork implements ScanWork {
  readonly #options: StreamWorkOptions;
  readonly #repairs = new LocalWork([], 1);
  /** The positions that are being given out, once for each probe to a target, and the first that is not yet. */
  #first = 0;
  #end = 0;
  #next = 0;
  #probeNumber = 0;
  /** First probes that were given out. */
  #given = 0;
  /** Since when the window has had addresses. */
  #windowS = Infinity;
  #hasEnded = false;
  #failure: string | null = null;

  constructor(options: StreamWorkOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return !this.#hasEnded;
  }

  /** Positions are those of this shard alone: nobody else could tell what they are. */
  readonly firstProbesLeft = null;

  get owed(): number {
    return this.#repairs.owed;
  }

  get waiting(): number {
    const { probesPerTarget } = this.#options;
    const rounds = probesPerTarget - 1 - this.#probeNumber;
    return this.#end - this.#next + rounds * (this.#end - this.#first) +
      (this.known - this.#end) * probesPerTarget + this.#repairs.waiting;
  }

  /** Targets that are known by now. */
  get known(): number {
    const { intake, mostTargets, portCount } = this.#options;
    const count = (intake.ready + intake.pending) * portCount;
    return Math.min(count, mostTargets ?? Infinity);
  }

  /** What became of what has come. */
  get counts(): Readonly<StreamCounts> {
    return this.#options.intake.counts;
  }

  /** Why the input could not be read to its end; null: nothing is wrong with it. */
  get failure(): string | null {
    return this.#failure;
  }

  /**
   * Targets that got their first probe.
   *
   * @param outstanding positions that were given out and are not sent yet
   */
  probed(outstanding: number): number {
    return Math.max(0, this.#given - outstanding);
  }

  repair(work: RepairWork): void {
    this.#repairs.repair(work);
  }

  again(lease: Lease): void {
    this.#repairs.again(lease);
  }

  take(most: number): Lease | null {
    if (this.#next === this.#end && !this.#turn()) {
      return this.#repairs.take(most);
    }
    const first = this.#next;
    const end = Math.min(this.#end, first + most);
    this.#next = end;
    const probeNumber = this.#probeNumber;
    if (probeNumber === 0) this.#given += end - first;
    return { first, end, pass: probeNumber === 0 ? 0 : 1, probeNumber };
  }

  /** Reads the input to its end, or until there are targets enough. Never rejects. */
  async read(input: StreamInput): Promise<void> {
    const { intake } = this.#options;
    try {
      while (this.#isReading) {
        const piece = await input.read();
        if (piece === null) {
          intake.finish();
          await this.#admit();
          break;
        }
        intake.push(piece);
        await this.#admit();
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
    }
    this.#hasEnded = true;
  }

  /** Ends the reading, as soon as what is waited for comes. */
  stop(): void {
    this.#hasEnded = true;
  }

  get #isReading(): boolean {
    return !this.#hasEnded && !this.#isFull;
  }

  /** Makes targets of all that has been read, as there is room. */
  async #admit(): Promise<void> {
    const { intake, isHeld, nowS } = this.#options;
    while (intake.hasQueued && this.#isReading) {
      if (this.#ahead >= MOST_AHEAD && !isHeld()) {
        await pause(ROOM_MS);
        continue;
      }
      const { ready } = intake;
      intake.admit(ADMITTED_AT_A_TIME);
      const isNew = intake.ready !== ready || this.#windowS === Infinity;
      if (intake.pending === 0) this.#windowS = Infinity;
      else if (isNew) this.#windowS = nowS();
      // The scan goes on meanwhile.
      if (intake.hasQueued) await pause(0);
    }
  }

  /** Addresses that no sender has got yet. */
  get #ahead(): number {
    const { intake, portCount } = this.#options;
    return intake.ready + intake.pending - Math.floor(this.#next / portCount);
  }

  /** Whether there are as many targets as are wanted. */
  get #isFull(): boolean {
    return this.known === this.#options.mostTargets;
  }

  /** Goes on to the next probe to the same targets, or to new ones; false when there are none. */
  #turn(): boolean {
    const { intake, nowS, portCount, probesPerTarget } = this.#options;
    if (this.#end > this.#first && this.#probeNumber < probesPerTarget - 1) {
      this.#probeNumber++;
      this.#next = this.#first;
      return true;
    }
    const isLast = this.#hasEnded || this.#isFull;
    const isOld = nowS() - this.#windowS >= WINDOW_S;
    if (isLast || isOld || intake.isWindowFull) {
      intake.closeWindow();
      this.#windowS = Infinity;
    }
    const end = Math.min(intake.ready * portCount, this.known);
    if (end === this.#end) return false;
    this.#first = this.#next = this.#end;
    this.#end = end;
    this.#probeNumber = 0;
    return true;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
