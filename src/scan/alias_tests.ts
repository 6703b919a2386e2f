import {
  ALIAS_CHILDREN,
  ALIAS_FIRST,
  type AliasTable,
  setAliasEntry,
} from "../probe/mod.ts";
import { SEND, WorkQueue } from "../shm/mod.ts";
import type { SenderMemory } from "./scan_memory.ts";

/** Probes that wait for a sender at most. */
const MOST_QUEUED = 256;
const ALL_CHILDREN = 2 ** ALIAS_CHILDREN - 1;
/** With fewer answers a prefix is not aliased; with more, but not all, probes may have been lost. */
const HALF = ALIAS_CHILDREN / 2;
const LOW_WORD = 0xffff_ffffn;
const WORD_BITS = 32n;

/** Whether every address of a prefix answers: null, nobody can tell; undefined, not known yet. */
export type AliasVerdict = boolean | null | undefined;

/** The test of one prefix. */
export interface AliasTest {
  verdict: AliasVerdict;
  /** Children that have answered, one bit each. */
  answered: number;
  /** When its time is over; Infinity: its probes have not all left. */
  deadlineS: number;
}

/** What prefixes are tested with. */
export interface AliasTestsParts {
  readonly table: AliasTable;
  /** Prefixes that there is room for. */
  readonly capacity: number;
  readonly senders: readonly SenderMemory[];
  /** How long an answer is waited for. */
  readonly waitS: number;
}

/**
 * Tests whether all of a prefix answers: one probe goes to a pseudo-random address in each of its sixteen children. It
 * is aliased when all answer, and not when fewer than half do. Each prefix is tested once, and senders get the
 * probes of one after those of another.
 */
export class AliasTests {
  readonly #parts: AliasTestsParts;
  readonly #queues: readonly WorkQueue[];
  readonly #tests: AliasTest[] = [];
  /** Probes that were given to senders. */
  #given = 0;
  /** Tests of which all probes have left, and those that are over. */
  #left = 0;
  #over = 0;

  constructor(parts: AliasTestsParts) {
    this.#parts = parts;
    this.#queues = parts.senders.map(({ aliases }) => new WorkQueue(aliases!));
  }

  /** All tests so far, in the order of their beginning. */
  get all(): readonly AliasTest[] {
    return this.#tests;
  }

  /** No further prefix can be tested. */
  get isFull(): boolean {
    return this.#tests.length === this.#parts.capacity;
  }

  /** Probes that have not left yet. */
  get waiting(): number {
    return this.#tests.length * ALIAS_CHILDREN - this.#leftProbes();
  }

  /** Begins to test a prefix, given by its upper 64 bits, at a port, 0 for probes without ports. */
  begin(prefix: bigint, port: number): AliasTest {
    const test = { verdict: undefined, answered: 0, deadlineS: Infinity };
    const words = [
      Number(prefix >> WORD_BITS),
      Number(prefix & LOW_WORD),
    ] as const;
    setAliasEntry(this.#parts.table, this.#tests.length, words, port);
    this.#tests.push(test);
    return test;
  }

  /** Learns that a child has answered; whether that decides. */
  answered(test: AliasTest, child: number): boolean {
    test.answered |= 1 << child;
    if (test.answered !== ALL_CHILDREN || test.verdict !== undefined) {
      return false;
    }
    test.verdict = true;
    return true;
  }

  /** Gives probes to senders, and judges the tests whose time is over: `onVerdict` learns of each. */
  update(nowS: number, onVerdict: (test: AliasTest) => void): void {
    this.#handOut();
    const left = Math.floor(this.#leftProbes() / ALIAS_CHILDREN);
    while (this.#left < left) {
      this.#tests[this.#left++]!.deadlineS = nowS + this.#parts.waitS;
    }
    while (
      this.#over < this.#left && this.#tests[this.#over]!.deadlineS <= nowS
    ) {
      const test = this.#tests[this.#over++]!;
      if (test.verdict !== undefined) continue;
      test.verdict = countOf(test.answered) < HALF ? false : null;
      onVerdict(test);
    }
  }

  #handOut(): void {
    const { senders } = this.#parts;
    const end = this.#tests.length * ALIAS_CHILDREN;
    while (this.#given < end) {
      const sender = this.#given % senders.length;
      if (this.#queues[sender]!.length >= MOST_QUEUED) return;
      const first = ALIAS_FIRST + this.#given++;
      const work = { first, end: first + 1, probeNumber: 0 };
      this.#queues[sender]!.push(work, senders[sender]!.control);
    }
  }

  /** Probes have left up to the first that has not; the senders get them in turn. */
  #leftProbes(): number {
    const { senders } = this.#parts;
    const firstHeld = senders.map(({ counters }, sender) =>
      sender + counters[SEND.aliases]! * senders.length
    );
    return Math.min(this.#given, ...firstHeld);
  }
}

/** How many bits of a number are 1. */
function countOf(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
