import type { Band, ScanView } from "./view.ts";
import { countText, rateText, shareText, UNKNOWN } from "./units.ts";

/** One figure of the page. */
export interface Figure {
  readonly label: string;
  readonly text: string;
  /** What explains it, in small print; may be empty. */
  readonly note: string;
  /**
   * Where it is in the view, for programs that compare; empty: it is made from several values.
   *
   * @example "rates.sent"
   */
  readonly path: string;
  readonly isBad?: boolean;
}

/** The figures at the head of the page. */
export function figuresOf(view: ScanView): Figure[] {
  const { hit_rate, path_loss, rates, targets } = view;
  const isDone = view.phase === "done";
  const { asked } = rates;
  const limit = rates.allowed > 0
    ? `${rateText(rates.allowed)} allowed`
    : "no limit";
  return [
    {
      label: "Targets probed",
      text: countText(targets.by_state.probed),
      note: `of ${countText(targets.planned)}${
        targets.may_grow ? " so far" : ""
      }${view.passes > 1 ? `, pass ${view.passes}` : ""}`,
      path: "targets.by_state.probed",
    },
    {
      label: isDone ? "Packets sent" : "Sending",
      text: isDone ? countText(view.packets_sent) : rateText(rates.sent),
      note: isDone
        ? `${rateText(rates.mean_sent)} on average`
        : `${
          asked === "auto"
            ? "auto, "
            : asked > 0
            ? `${rateText(asked)} asked, `
            : ""
        }${limit}; ${countText(view.packets_sent)} sent`,
      path: isDone ? "packets_sent" : "rates.sent",
    },
    {
      label: "Hosts found",
      text: countText(view.hits),
      note: hit_rate === null
        ? "answered with success"
        : `${shareText(hit_rate.estimate)} of those probed`,
      path: "hits",
    },
    {
      label: "Path loss",
      text: shareText(path_loss?.estimate ?? null),
      note: path_loss === null
        ? view.path_loss_reason ?? "not known yet"
        : `${bandText(path_loss)}; ${countText(path_loss.samples)} samples`,
      path: path_loss === null ? "path_loss" : "path_loss.estimate",
      isBad: (path_loss?.low ?? 0) > 0.01,
    },
    lostFigure(view),
    {
      label: "Estimated coverage",
      text: shareText(view.coverage),
      note: view.unknown_share > 0.0005
        ? `loss unknown for ${shareText(view.unknown_share)} of the targets`
        : "of the hosts that would answer",
      path: "coverage",
    },
  ];
}

/** A band as text: its two ends. */
export function bandText({ high, low }: Band): string {
  return `${shareText(low)} to ${shareText(high)}`;
}

/** Packets and results that this machine has lost; those that were refused were sent again. */
export function lostHere({ lost }: ScanView): number {
  return lost.reduce(
    (sum, { place, total }) => place === "send: refused" ? sum : sum + total,
    0,
  );
}

function lostFigure(view: ScanView): Figure {
  const most =
    view.lost.filter(({ place, total }) =>
      place !== "send: refused" && total > 0
    ).sort((a, b) => b.total - a.total)[0];
  return {
    label: "Lost on this machine",
    text: countText(lostHere(view)),
    note: most === undefined ? "at no place" : `most at ${most.place}`,
    path: "",
    isBad: most !== undefined,
  };
}

/** How far the scan is, in words. */
export function progressText(view: ScanView, time: {
  elapsed(seconds: number): string;
  left(seconds: number): string;
}): string {
  const { elapsed_seconds, phase, progress, seconds_left } = view;
  const passed = time.elapsed(elapsed_seconds);
  if (phase === "done") {
    return `${view.exit_reason ?? "done"} after ${passed}`;
  }
  const left = seconds_left === null
    ? `time left ${UNKNOWN}`
    : `${time.left(seconds_left)} left`;
  return `${shareText(progress)}, ${passed} passed, ${left}`;
}
