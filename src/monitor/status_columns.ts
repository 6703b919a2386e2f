import { type Column, localTime } from "../base/mod.ts";
import { type Ledger, LOSS_PLACES } from "./ledger.ts";
import type { LossEstimate } from "../pace/mod.ts";
import { type Progress, secondsLeft, type Snapshot } from "./status_line.ts";

/** What one row of the status updates file is read from. */
export interface StatusRow {
  readonly now: Snapshot;
  /** The row before this one. */
  readonly before: Snapshot;
  readonly progress: Progress;
  readonly wallClock: Date;
  readonly senders: number;
}

type StatusColumn = Column<StatusRow>;

/**
 * The columns of the status updates file: first those of ZMap under its names, then the loss of the last
 * second at each place of the ledger, and on the way.
 */
export const STATUS_COLUMNS: readonly StatusColumn[] = [
  text("real-time", "Local time", ({ wallClock }) => {
    const { clock, date } = localTime(wallClock);
    return `${date} ${clock}`;
  }),
  int(
    "time-elapsed",
    "Seconds since sending began",
    ({ now }) => now.elapsedSeconds,
  ),
  {
    name: "time-remaining",
    type: "int",
    description: "Seconds until the end, as far as known",
    read: ({ now, progress }) => {
      const left = secondsLeft(now, progress);
      return left === null ? null : Math.ceil(left);
    },
  },
  decimal("percent-complete", "Share of the scan that is done", (row) => {
    const left = secondsLeft(row.now, row.progress);
    if (left === null) return 0;
    return 100 * row.now.elapsedSeconds / (row.now.elapsedSeconds + left);
  }),
  decimal(
    "hit-rate",
    "Unique successes per target, percent",
    ({ now, progress }) => {
      const { targetsProbed } = progress;
      return targetsProbed === 0
        ? 0
        : 100 * now.ledger.receive.successUnique / targetsProbed;
    },
  ),
  int(
    "active-send-threads",
    "Senders at work",
    (row) => row.progress.phase === "sending" ? row.senders : 0,
  ),
  ...threeColumns("sent", "Packets sent", (ledger) => ledger.send.accepted),
  ...threeColumns(
    "recv-success",
    "Unique successes",
    (ledger) => ledger.receive.successUnique,
  ),
  ...threeColumns(
    "recv-total",
    "Packets captured",
    (ledger) => ledger.capture.received,
  ),
  int(
    "pcap-drop-total",
    "Packets that the capture lost",
    ({ now }) => captureDrops(now.ledger),
  ),
  int(
    "drop-last-one-sec",
    "The same in the last second",
    (row) => perSecond(row, captureDrops),
  ),
  int(
    "drop-avg-per-sec",
    "The same on average",
    (row) => average(row, captureDrops),
  ),
  ...threeColumns(
    "sendto-fail",
    "Frames given up",
    (ledger) => ledger.send.abandoned,
  ),
  int(
    "rate-wanted",
    "Packets per second allowed, 0 for no limit",
    (row) => row.progress.wantedRatePps,
  ),
  ...LOSS_PLACES.map((place) =>
    int(
      `lost-${place.replaceAll(": ", "-")}`,
      `Lost in the last second: ${place}`,
      (row) => perSecond(row, (ledger) => ledger.places[place]),
    )
  ),
  path(
    "path-loss",
    "Estimated loss on the way, percent",
    (loss) => 100 * loss.rate,
  ),
  path(
    "path-loss-low",
    "Lower end of its 95% interval",
    (loss) => 100 * loss.low,
  ),
  path(
    "path-loss-high",
    "Upper end of its 95% interval",
    (loss) => 100 * loss.high,
  ),
  path(
    "path-loss-samples",
    "Follow-ups that it rests on",
    (loss) => loss.samples,
  ),
];

function captureDrops(ledger: Ledger): number {
  return ledger.places["receive: ring"];
}

function threeColumns(
  name: string,
  description: string,
  read: (ledger: Ledger) => number,
): StatusColumn[] {
  return [
    int(`${name}-total`, description, ({ now }) => read(now.ledger)),
    int(
      `${name}-last-one-sec`,
      `${description} in the last second`,
      (row) => perSecond(row, read),
    ),
    int(
      `${name}-avg-per-sec`,
      `${description} per second on average`,
      (row) => average(row, read),
    ),
  ];
}

function perSecond(row: StatusRow, read: (ledger: Ledger) => number): number {
  const seconds = row.now.elapsedSeconds - row.before.elapsedSeconds;
  const difference = read(row.now.ledger) - read(row.before.ledger);
  return seconds > 0 ? difference / seconds : 0;
}

function average(row: StatusRow, read: (ledger: Ledger) => number): number {
  const seconds = row.now.elapsedSeconds;
  return seconds > 0 ? read(row.now.ledger) / seconds : 0;
}

function int(
  name: string,
  description: string,
  read: (row: StatusRow) => number,
): StatusColumn {
  const type = "int";
  return { name, type, description, read: (row) => Math.round(read(row)) };
}

function decimal(
  name: string,
  description: string,
  read: (row: StatusRow) => number | null,
): StatusColumn {
  return {
    name,
    type: "float",
    description,
    read: (row) => {
      const value = read(row);
      return value === null ? null : Number(value.toFixed(6));
    },
  };
}

function path(
  name: string,
  description: string,
  read: (loss: LossEstimate) => number,
): StatusColumn {
  return decimal(
    name,
    description,
    ({ progress }) =>
      progress.pathLoss === null ? null : read(progress.pathLoss),
  );
}

function text(
  name: string,
  description: string,
  read: (row: StatusRow) => string,
): StatusColumn {
  return { name, type: "string", description, read };
}
