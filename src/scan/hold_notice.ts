/** What senders say of their pauses. */
export interface Holds {
  /** How many of them pause now. */
  readonly held: number;
  /** How often they have begun to, all together. */
  readonly holds: number;
}

/** What is to be logged. */
export interface Notice {
  readonly level: "warn" | "info";
  readonly text: string;
}

const PAUSED: Notice = {
  level: "warn",
  text: "output: too slow, so sending pauses until it has caught up",
};
const RESUMED: Notice = {
  level: "info",
  text: "output: caught up, sending goes on",
};

/** Tells of pauses for the sake of the output, also of those that are over before anybody looks. */
export class HoldNotice {
  #holds = 0;
  #isSaid = false;

  /** What is new, or null. To be called often. */
  update({ held, holds }: Holds): Notice | null {
    if (this.#isSaid && held === 0 && holds === this.#holds) {
      this.#isSaid = false;
      return RESUMED;
    }
    const isNew = holds !== this.#holds;
    this.#holds = holds;
    if (!isNew || this.#isSaid) return null;
    this.#isSaid = true;
    return PAUSED;
  }
}
