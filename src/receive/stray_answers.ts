import { type Counters, RECEIVE } from "../shm/mod.ts";
import {
  type StrayCheck,
  strayCheck,
  type StrayCheckParts,
  type StrayPacket,
  type StrayTargets,
} from "./_stray_check.ts";

/** Packets looked at in one go, so that the capture does not wait for long. */
const MOST_AT_ONCE = 8192;

/** Where packets of one family come from that arrive elsewhere; `ElsewhereSocket` is the real one. */
export interface StraySource extends StrayPacket {
  /** Number of the interface that the current packet came to. */
  readonly interfaceIndex: number;
  /** Fetches the next packet: its bytes in `view`, 0 when none is there. */
  next(): number;
}

/** A source, and the targets of its family. */
export interface StrayFamily {
  readonly source: StraySource;
  readonly targets: StrayTargets;
}

/** What is needed to tell valid answers and to count them. */
export interface StrayParts extends StrayCheckParts {
  readonly counters: Counters;
  /** One for each family that has targets. */
  readonly families: readonly StrayFamily[];
}

/**
 * Counts valid answers that arrive at other interfaces than the one that is captured, as they do where the way back
 * is not the way out. They are no results: whoever names an interface may have a reason to.
 */
export class StrayAnswers {
  readonly #counters: Counters;
  readonly #families: readonly {
    readonly source: StraySource;
    readonly isValid: StrayCheck;
  }[];

  constructor(parts: StrayParts) {
    this.#counters = parts.counters;
    this.#families = parts.families.map(({ source, targets }) => ({
      source,
      isValid: strayCheck(parts, targets),
    }));
  }

  /** Counts what has arrived since the last call. */
  poll(): void {
    for (const { isValid, source } of this.#families) {
      this.#take(source, isValid);
    }
  }

  #take(source: StraySource, isValid: StrayCheck): void {
    const counters = this.#counters;
    for (let i = 0; i < MOST_AT_ONCE; i++) {
      const captured = source.next();
      if (captured === 0) return;
      if (!isValid(source, captured)) continue;
      counters[RECEIVE.elsewhere]! += 1;
      counters[RECEIVE.elsewhereInterface] = source.interfaceIndex;
    }
  }
}
