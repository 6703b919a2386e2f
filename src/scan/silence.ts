/** Answers that have to be missing: where so few come, chance explains it in 1 of 10,000 cases. */
const LEAST_EXPECTED = 20;
const SILENT_SHARE = 0.25;
/** Length of the time that is looked at, at most, in times that answers take. */
const LONGEST_WAITS = 3;
/** No answer for so long is silence, however few are expected, in seconds. */
const QUIET_S = 10;
/** Time between two samples, and how many are kept. */
const SAMPLE_S = 0.04;
const MOST_SAMPLES = 512;
/** Time that answers take at least: steps of the scan and of its threads, in seconds. */
const LEAST_DELAY_S = 0.1;

/** What has been sent and answered by a moment. */
export interface AnswerCount {
  readonly nowS: number;
  /** Packets that the kernel took. */
  readonly sent: number;
  /** Valid answers of any kind. */
  readonly answers: number;
}

/**
 * Notices that answers have suddenly stopped, or nearly so: as soon as that is no chance. A loss of which enough comes
 * through is none of its business.
 */
export class SilenceWatch {
  #samples: AnswerCount[] = [];
  /** When the last answer was seen, or something was sent for the last time before. */
  #lastAnswer: AnswerCount | null = null;
  #isSilent = false;
  #sinceS = 0;

  /** Whether answers have stopped although many are expected, or for long. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** When answers were last seen to come as before, in the same time as `nowS`. */
  get sinceS(): number {
    return this.#sinceS;
  }

  /** Forgets the silence: what follows a pause is no sign of it. */
  reset(): void {
    this.#samples = [];
    this.#isSilent = false;
    this.#lastAnswer = null;
  }

  /**
   * Learns how it stands.
   *
   * @param delayS time in which nearly all answers come, in seconds
   */
  update(now: AnswerCount, delayS: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && now.nowS - last.nowS < SAMPLE_S) return;
    this.#lastAnswer ??= now;
    const { answers, sent } = this.#lastAnswer;
    if (now.answers > answers || now.sent === sent) this.#lastAnswer = now;
    this.#samples.push(now);
    if (this.#samples.length > MOST_SAMPLES) {
      // Every other one of the older half: far back, less is enough.
      this.#samples = this.#samples.filter((_, at) =>
        at % 2 === 0 || at > MOST_SAMPLES / 2
      );
    }
    const isMissing = this.#missingSince(now, delayS);
    const lastS = this.#lastAnswer!.nowS;
    const isQuiet = now.nowS - lastS >= QUIET_S + 2 * delayS;
    if (!isMissing && isQuiet) this.#sinceS = lastS;
    this.#isSilent = isMissing || isQuiet;
  }

  /** Whether a time in which enough answers were expected brought next to none; short ones are looked at first. */
  #missingSince(now: AnswerCount, delayS: number): boolean {
    const waitS = LEAST_DELAY_S + 2 * delayS;
    const samples = this.#samples;
    let at = samples.length - 1;
    while (at >= 0 && now.nowS - samples[at]!.nowS < waitS) at--;
    const due = samples[at];
    if (due === undefined) return false;
    for (; at >= 0; at--) {
      const from = samples[at]!;
      const expected = rateAt(from) * (due.sent - from.sent);
      if (expected < LEAST_EXPECTED) continue;
      // Answers to what was sent before or since are among these: in a short time that hides that a few still come.
      const heard = now.answers - from.answers;
      if (heard < SILENT_SHARE * expected) {
        if (!this.#isSilent) this.#sinceS = from.nowS;
        return true;
      }
      if (due.nowS - from.nowS >= LONGEST_WAITS * waitS) return false;
    }
    return false;
  }
}

function rateAt({ answers, sent }: AnswerCount): number {
  return sent === 0 ? 0 : answers / sent;
}
