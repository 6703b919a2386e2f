import type { LossEstimate } from "../loss/mod.ts";
import { WarningPace } from "./_warning_pace.ts";
import { lossEstimateText } from "./status_line.ts";

/** Without certain loss for this long, it has ended. */
const QUIET_SECONDS = 5;
/** Growth or fall of the loss that is worth another warning. */
const CHANGE_FACTOR = 2;

interface PathState {
  readonly fromSeconds: number;
  lastSeconds: number;
  warnedRate: number;
  worst: LossEstimate;
}

/**
 * Turns estimates of the loss on the way into warnings, as `LossWarnings` does for what is counted: when more
 * than the target is lost for certain, when that changes by a factor, and when it has ended.
 */
export class PathWarnings {
  readonly #target: number;
  readonly #pace = new WarningPace();
  #state: PathState | null = null;

  /** @param target share of lost packets that is accepted */
  constructor(target: number) {
    this.#target = target;
  }

  /** The warning, or null, for the estimate of the last seconds; null: not enough data, hence no news. */
  update(loss: LossEstimate | null, nowSeconds: number): string | null {
    const state = this.#state;
    if (loss === null) return null;
    if (loss.low <= this.#target) {
      const quiet = Math.max(QUIET_SECONDS, this.#pace.gapSeconds);
      if (state === null || nowSeconds - state.lastSeconds < quiet) return null;
      this.#pace.said(nowSeconds);
      this.#state = null;
      return `path: the loss has ended after ${atWorst(state)}`;
    }
    const text = `${lossEstimateText(loss)} of the round trips`;
    if (state === null) {
      this.#pace.said(nowSeconds);
      this.#state = {
        fromSeconds: nowSeconds,
        lastSeconds: nowSeconds,
        warnedRate: loss.rate,
        worst: loss,
      };
      return `path: losing about ${text}: more than something on the way lets through; lower --rate, or try --rate auto`;
    }
    state.lastSeconds = nowSeconds;
    if (loss.rate > state.worst.rate) state.worst = loss;
    const factor = loss.rate / state.warnedRate;
    if (factor < CHANGE_FACTOR && factor > 1 / CHANGE_FACTOR) return null;
    if (!this.#pace.isFree(nowSeconds)) return null;
    this.#pace.said(nowSeconds);
    state.warnedRate = loss.rate;
    return `path: loses ${factor > 1 ? "more" : "less"} now, about ${text}`;
  }

  /** The last words about a loss of which no end was seen, or null. */
  finish(): string | null {
    const state = this.#state;
    if (state === null) return null;
    this.#state = null;
    return `path: no end of the loss was seen, over ${atWorst(state)}`;
  }
}

function atWorst({ fromSeconds, lastSeconds, worst }: PathState): string {
  const seconds = Math.max(1, Math.round(lastSeconds - fromSeconds));
  return `${seconds} s; at worst it was about ${lossEstimateText(worst)}`;
}
