import type { PositionRange } from "../loss/mod.ts";
import { isFirstProbe, type Lease } from "./work_source.ts";

/** First probes of one piece of work. */
interface GivenRange extends PositionRange {
  /** How many positions the sender was given before it. */
  readonly startsAt: number;
}

/**
 * Knows which positions wait with a sender for their first probe. A sender works off what it is given in order, so the
 * number of positions that it has done tells; what is done is forgotten with the next piece.
 */
export class FirstProbes {
  readonly #given: GivenRange[][];

  constructor(senders: number) {
    this.#given = Array.from({ length: senders }, () => []);
  }

  /**
   * Learns that a sender gets work.
   *
   * @param counts positions that it was given before, and those that it has done
   */
  give(
    sender: number,
    lease: Lease,
    { done, given }: { readonly done: number; readonly given: number },
  ): void {
    const waiting = this.#given[sender]!;
    const kept = waiting.findIndex((one) => endOf(one) > done);
    waiting.splice(0, kept < 0 ? waiting.length : kept);
    if (!isFirstProbe(lease)) return;
    waiting.push({ first: lease.first, end: lease.end, startsAt: given });
  }

  /** The positions that are not sent, when each sender has done so many. */
  underWay(done: readonly number[]): readonly PositionRange[] {
    return this.#given.flatMap((given, sender) =>
      given.flatMap(({ end, first, startsAt }) => {
        const next = Math.max(first, first + done[sender]! - startsAt);
        return next < end ? [{ first: next, end }] : [];
      })
    );
  }
}

/** How many positions the sender has done when it is done with these. */
function endOf({ end, first, startsAt }: GivenRange): number {
  return startsAt + end - first;
}
