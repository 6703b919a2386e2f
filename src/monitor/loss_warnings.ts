import { interfaceNameOf } from "../link/mod.ts";
import { WarningPace } from "./_warning_pace.ts";
import { formatCount } from "./format.ts";
import { type Ledger, LOSS_PLACES, type LossPlace } from "./ledger.ts";
import { firstRemedy, growth, refusalCauses } from "./refusals.ts";

/** Losing packets again within this time continues the same loss. */
const QUIET_SECONDS = 5;
/** Growth or fall of the packets lost per second that is worth another warning. */
const CHANGE_FACTOR = 4;

type AdvicePlace = Exclude<
  LossPlace,
  "send: refused" | "send: given up" | "receive: elsewhere"
>;

const ADVICE: Readonly<Record<AdvicePlace, string>> = {
  "send: queue": "the queue of the interface overflows; lower --rate",
  "send: device":
    "the driver or the link drops frames after the kernel took them; lower --rate or check the link",
  "receive: device":
    "the interface drops what it receives; lower --rate or enlarge its receive ring (ethtool -G)",
  "receive: ring":
    "the receiver does not keep up; lower --rate or leave it a processor of its own",
  "receive: hand-over":
    "results arrive faster than they can be written; lower --rate or write fewer fields",
  "output": "results cannot be written; check the disk or the reader",
};

/** Places that lose for the sole reason that the network is down. */
const OF_INTERFACE: ReadonlySet<LossPlace> = new Set([
  "send: refused",
  "send: queue",
  "send: device",
  "receive: device",
]);

interface PlaceState {
  /** Total when the loss began. */
  fromTotal: number;
  fromSeconds: number;
  lastSeconds: number;
  /** Packets per second that the last warning named. */
  warnedPerSecond: number;
}

/**
 * Turns ledgers into warnings: one when a place begins to lose, one when its loss changes by a factor, one
 * when it has ended, with the total. Never one for what is already over, never one a second. Loss that comes
 * and goes many times counts as one that goes on, for longer and longer.
 */
export class LossWarnings {
  readonly #losing = new Map<LossPlace, PlaceState>();
  readonly #paces: ReadonlyMap<LossPlace, WarningPace> = new Map(
    LOSS_PLACES.map((place) => [place, new WarningPace()]),
  );

  /**
   * The warnings of the time between two ledgers, `seconds` apart, the later one taken at `nowSeconds`.
   *
   * @param outage what is wrong with the network and explains losses of the interface; null: nothing is known to be
   */
  update(
    now: Ledger,
    before: Ledger,
    nowSeconds: number,
    seconds: number,
    outage: string | null = null,
  ): string[] {
    const warnings: string[] = [];
    for (const place of LOSS_PLACES) {
      const lost = now.places[place] - before.places[place];
      const perSecond = lost / Math.max(1, seconds);
      const state = this.#losing.get(place);
      const pace = this.#paces.get(place)!;
      if (lost > 0) {
        const text = this.#losses(place, state, { now, before }, {
          perSecond,
          nowSeconds,
          outage,
        });
        if (text !== null) warnings.push(text);
      } else if (
        state !== undefined && nowSeconds - state.lastSeconds >=
          Math.max(QUIET_SECONDS, pace.gapSeconds)
      ) {
        pace.said(nowSeconds);
        warnings.push(this.#end(place, state, now.places[place]));
      }
    }
    return warnings;
  }

  /** The last words about what was still losing when the scan ended. */
  finish(ledger: Ledger): string[] {
    return [...this.#losing].map(([place, state]) =>
      this.#end(place, state, ledger.places[place])
    );
  }

  #losses(
    place: LossPlace,
    state: PlaceState | undefined,
    ledgers: { readonly now: Ledger; readonly before: Ledger },
    { nowSeconds, outage, perSecond }: {
      readonly nowSeconds: number;
      readonly perSecond: number;
      readonly outage: string | null;
    },
  ): string | null {
    const inLastSecond = `${formatCount(perSecond)} in the last second`;
    const pace = this.#paces.get(place)!;
    if (state === undefined) {
      pace.said(nowSeconds);
      this.#losing.set(place, {
        fromTotal: ledgers.before.places[place],
        fromSeconds: nowSeconds,
        lastSeconds: nowSeconds,
        warnedPerSecond: perSecond,
      });
      if (outage === null || !OF_INTERFACE.has(place)) {
        return beginning(place, inLastSecond, ledgers);
      }
      const what = place === "send: refused"
        ? "the kernel refuses frames"
        : "losing packets";
      return `${place}: ${what}, ${inLastSecond}: ${outage}`;
    }
    state.lastSeconds = nowSeconds;
    const factor = perSecond / state.warnedPerSecond;
    if (factor < CHANGE_FACTOR && factor > 1 / CHANGE_FACTOR) return null;
    if (!pace.isFree(nowSeconds)) return null;
    pace.said(nowSeconds);
    const direction = factor > 1 ? "more" : "less";
    state.warnedPerSecond = perSecond;
    const verb = place === "send: refused" ? "refuses" : "loses";
    return `${place}: ${verb} ${direction} now, ${inLastSecond}`;
  }

  #end(place: LossPlace, state: PlaceState, total: number): string {
    this.#losing.delete(place);
    const seconds = Math.max(
      1,
      Math.round(state.lastSeconds - state.fromSeconds),
    );
    const what = place === "send: refused" ? "that" : "the loss";
    return `${place}: ${what} has ended, ${
      formatCount(total - state.fromTotal)
    } in ${seconds} s`;
  }
}

/** The first words about a loss. */
function beginning(
  place: LossPlace,
  inLastSecond: string,
  { before, now }: { readonly now: Ledger; readonly before: Ledger },
): string {
  const { filter } = now.send;
  if (place === "send: refused") {
    const counts = growth(now.send.refusedByErrno, before.send.refusedByErrno);
    return `${place}: the kernel refuses frames, ${inLastSecond}: ${
      refusalCauses(counts, filter)
    }; they are offered again, and nothing is missing as long as none is given up. ${
      firstRemedy(counts, filter)
    }`;
  }
  if (place === "send: given up") {
    const counts = growth(
      now.send.abandonedByErrno,
      before.send.abandonedByErrno,
    );
    return `${place}: losing packets, ${inLastSecond}: ${
      refusalCauses(counts, filter)
    }; their targets are not probed. ${firstRemedy(counts, filter)}`;
  }
  if (place === "receive: elsewhere") {
    const name = interfaceNameOf(now.receive.elsewhereInterface);
    return `${place}: losing packets, ${inLastSecond}: valid answers arrive at ${name}, which is not captured, ` +
      `so they are no results. Scan through it with -i ${name}, or choose a source address with -S whose answers ` +
      "come back where probes leave";
  }
  const what = place === "output" ? "rows" : "packets";
  return `${place}: losing ${what}, ${inLastSecond}: ${ADVICE[place]}`;
}
