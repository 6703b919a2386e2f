import { formatElapsed, formatTimeLeft } from "../../monitor/format.ts";
import { commandText } from "../../page/document.ts";
import { bandText, lostHere, progressText } from "../../page/figures.ts";
import { countText, rateText, shareText } from "../../page/units.ts";
import type { ScanView } from "../../page/view.ts";

/** Where a screen stands. */
export interface ScreenSpace {
  readonly columns: number;
  /** 0: as many as there are, without the log. */
  readonly rows: number;
  /** Whether the terminal shows more than ASCII. */
  readonly isUtf8: boolean;
}

const LEAST_COLUMNS = 20;
const LABEL_COLUMNS = 9;
const MOST_COLUMNS = 200;
/** Prefixes that are told at most. */
const MOST_PREFIXES = 5;

/** A scan as lines that are at most as wide as the screen, and no more of them than it has. */
export function screenLines(view: ScanView, space: ScreenSpace): string[] {
  const width = Math.max(
    LEAST_COLUMNS,
    Math.min(MOST_COLUMNS, space.columns - 1),
  );
  const lines = [
    cut(commandText(view.scan.command_line), width),
    cut(`${phaseOf(view)}: ${progressText(view, TIMES)}`, width),
    bar(view, width, space.isUtf8),
    ...row(view.phase === "done" ? "Ended" : "Limit", [limitOf(view)], width),
    ...row("Targets", targetsOf(view), width),
    ...row("Rate", ratesOf(view), width),
    ...row("Found", foundOf(view), width),
    ...row("Path", [pathOf(view)], width),
    ...row("Lost", lostOf(view), width),
    ...row(
      "Threads",
      view.threads.map(({ load, name }) => `${name} ${load.toFixed(2)}`),
      width,
    ),
    ...row(
      "Queues",
      view.queues.map(({ fill, name }) => `${name} ${shareText(fill)}`),
      width,
    ),
    ...row(
      "Most in",
      (view.top?.prefixes ?? []).slice(0, MOST_PREFIXES).map((
        { count, name },
      ) => `${name} ${countText(count)}`),
      width,
    ),
  ];
  const left = Math.max(0, space.rows - lines.length - 1);
  const log = left === 0
    ? []
    : view.log.slice(-left).map(({ text, time }) =>
      cut(`${time.slice(11, 19)} ${text}`, width)
    );
  const all = [...lines, ...log];
  return space.rows === 0 ? all : all.slice(0, Math.max(1, space.rows - 1));
}

/** A scan in one line, for who reads no terminal. */
export function plainLine(view: ScanView): string {
  return [
    `${phaseOf(view)} ${progressText(view, TIMES)}`,
    `sent ${countText(view.packets_sent)} at ${rateText(view.rates.sent)}`,
    foundOf(view)[0],
    `path loss ${shareText(view.path_loss?.estimate ?? null)}`,
    `lost here ${countText(lostHere(view))}`,
  ].join("; ");
}

const TIMES = { elapsed: formatElapsed, left: formatTimeLeft };

function phaseOf({ phase }: ScanView): string {
  return { sending: "Sending", cooldown: "Waiting for answers", done: "Done" }[
    phase
  ];
}

function limitOf({ limit, phase, phase_text }: ScanView): string {
  return phase === "done" || limit.text === "" ? phase_text : limit.text;
}

function targetsOf({ targets }: ScanView): string[] {
  const { by_state, planned } = targets;
  return [
    `${countText(by_state.probed)} of ${countText(planned)} probed`,
    ...by_state.waiting > 0 ? [`${countText(by_state.waiting)} waiting`] : [],
  ];
}

function ratesOf({ packets_sent, rates }: ScanView): string[] {
  const { allowed, received, sent } = rates;
  const limit = allowed > 0 ? ` of ${rateText(allowed)}` : "";
  return [
    `sending ${rateText(sent)}${limit}`,
    `receiving ${rateText(received)}`,
    `${countText(packets_sent)} sent`,
  ];
}

function foundOf({ hit_rate, hits, rows }: ScanView): string[] {
  const share = hit_rate === null ? "" : ` (${shareText(hit_rate.estimate)})`;
  return [`found ${countText(hits)}${share}`, `${countText(rows)} rows`];
}

function pathOf({ path_loss, path_loss_reason }: ScanView): string {
  return path_loss === null
    ? `loss not known: ${path_loss_reason ?? "too few answers"}`
    : `loss ${shareText(path_loss.estimate)}, ${bandText(path_loss)}`;
}

function lostOf({ lost }: ScanView): string[] {
  const losing = lost.filter(({ total }) => total > 0);
  return losing.length === 0
    ? ["nothing here"]
    : losing.map(({ place, total }) => `${place} ${countText(total)}`);
}

/** A label and as many parts as fit on the line; none where there is no part. */
function row(
  label: string,
  parts: readonly string[],
  width: number,
): string[] {
  if (parts.length === 0 || parts[0] === "") return [];
  let line = label.padEnd(LABEL_COLUMNS) + parts[0];
  for (const part of parts.slice(1)) {
    const longer = `${line}, ${part}`;
    if (longer.length > width) break;
    line = longer;
  }
  return [cut(line, width)];
}

function bar({ progress }: ScanView, width: number, isUtf8: boolean): string {
  const cells = width - 2;
  const full = Math.round(Math.max(0, Math.min(1, progress)) * cells);
  const [on, off] = isUtf8 ? ["█", "░"] : ["#", "-"];
  return `[${on!.repeat(full)}${off!.repeat(cells - full)}]`;
}

/** Text of at most so many columns; controls become visible before. */
function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}~`;
}
