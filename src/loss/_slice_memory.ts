import type { Slice } from "./slice.ts";

/** How long it is remembered what a slice has sent, in seconds. */
const REMEMBERED_S = 60;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Remembers what was sent lately, in case that it has to be sent again. */
export class SliceMemory {
  #slices: Writable<Slice>[] = [];

  /** The slices of the last minute that were not taken back, oldest first. */
  get slices(): readonly Slice[] {
    return this.#slices;
  }

  /** Learns of a slice, in the order of sending. */
  add(slice: Writable<Slice>): void {
    this.#slices.push(slice);
    const oldestS = slice.endS - REMEMBERED_S;
    while (this.#slices[0]!.endS < oldestS) this.#slices.shift();
  }

  /** Takes back what was sent since then: its slices do not tell anything any more, and are returned. */
  takeBack(sinceS: number): readonly Slice[] {
    const taken = this.#slices.filter(({ endS }) => endS > sinceS);
    this.#slices = this.#slices.filter(({ endS }) => endS <= sinceS);
    for (const slice of taken) {
      slice.isDisturbed = true;
      slice.localLosses = 0;
      slice.followUpsSent = 0;
      slice.followUpsAnswered = 0;
      slice.followUpsSilent = 0;
    }
    return taken;
  }
}
