/** Times between two looks, and looks that are remembered at most while the receiver says nothing. */
const MOST_LOOKS = 1024;

/** A look at the receiver. */
interface Look {
  readonly atS: number;
  readonly caughtUp: number;
}

/**
 * Tells up to which time all answers that had arrived are taken in. The receiver counts how often it has found
 * nothing left to take; twice since a look means that all that was there at the look went through its hands, and into
 * the queue of responses. Who has then found that queue empty has them all.
 */
export class HeardTime {
  #looks: Look[] = [];
  #workedOffS = -Infinity;

  /**
   * Looks at the receiver; returns the time up to which it has worked off all that had arrived, -Infinity: nothing is
   * known. To be called before the queue is emptied.
   *
   * @param caughtUp how often it has found nothing left
   */
  look(nowS: number, caughtUp: number): number {
    while (
      this.#looks.length > 0 && caughtUp >= this.#looks[0]!.caughtUp + 2
    ) this.#workedOffS = this.#looks.shift()!.atS;
    this.#looks.push({ atS: nowS, caughtUp });
    // The earlier ones of two say less: what is dropped is found out later, and never wrong.
    if (this.#looks.length > MOST_LOOKS) {
      this.#looks = this.#looks.filter((_, index) => index % 2 === 0);
    }
    return this.#workedOffS;
  }
}
