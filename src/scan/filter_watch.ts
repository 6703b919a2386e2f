import { ENOBUFS, type KernelLosses } from "../monitor/mod.ts";
import { type Counters, SEND } from "../shm/mod.ts";

/** How long a sender has to be refused every frame, and how often, before a filter is thought of. */
const PATIENCE_MS = 1000;
const FEWEST_REFUSALS = 10;

/** What a filter on the way out is told from. */
export interface FilterSigns {
  readonly nowMs: number;
  readonly senders: readonly Counters[];
  readonly kernel: Pick<
    KernelLosses,
    "sendQueue" | "sendDevice" | "sendBacklog" | "carrierChanges"
  >;
}

/** Since when a sender has been refused every frame, and what was counted then. */
interface Stuck {
  sinceMs: number;
  accepted: number;
  refusals: number;
}

/**
 * Tells a filter that drops frames on their way out (an egress chain of nftables, a filter of tc) from a full queue:
 * the kernel refuses with ENOBUFS in both cases, but a queue counts what it drops or holds packets back. So where a
 * sender is refused every frame for a while and nothing is counted or held back, a filter drops them.
 */
export class FilterWatch {
  readonly #filter: string | null;
  readonly #senders: Stuck[];
  #found: string | null = null;
  #counted = 0;

  /**
   * @param filter what drops frames then, in words; null: ENOBUFS has further causes that are not counted, so that
   * nothing can be told
   */
  constructor(filter: string | null, senders: number) {
    this.#filter = filter;
    this.#senders = Array.from(
      { length: senders },
      () => ({ sinceMs: 0, accepted: -1, refusals: 0 }),
    );
  }

  /** What drops frames on their way out; null: nothing that is known. */
  update({ kernel, nowMs, senders }: FilterSigns): string | null {
    const { carrierChanges, sendBacklog, sendDevice, sendQueue } = kernel;
    const counted = sendQueue + sendDevice + carrierChanges;
    if (counted !== this.#counted || sendBacklog > 0) {
      this.#counted = counted;
      this.#found = null;
      for (const stuck of this.#senders) stuck.accepted = -1;
    }
    for (const [index, stuck] of this.#senders.entries()) {
      if (this.#isStuck(stuck, senders[index]!, nowMs)) {
        this.#found = this.#filter;
      }
    }
    return this.#found;
  }

  #isStuck(stuck: Stuck, counters: Counters, nowMs: number): boolean {
    const accepted = counters[SEND.accepted]!;
    const refusals = counters[SEND.errno + ENOBUFS]!;
    if (accepted !== stuck.accepted || counters[SEND.pending] === 0) {
      stuck.sinceMs = nowMs;
      stuck.accepted = accepted;
      stuck.refusals = refusals;
      return false;
    }
    return nowMs - stuck.sinceMs >= PATIENCE_MS &&
      refusals - stuck.refusals >= FEWEST_REFUSALS;
  }
}
