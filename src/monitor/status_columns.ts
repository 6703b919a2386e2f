import { type Column, localTime } from "../base/mod.ts";
import type { LossEstimate } from "../loss/mod.ts";
import { type FamilyTotals, totalsByFamily } from "./by_family.ts";
import { LOSS_PLACES } from "./ledger.ts";
import {
  average,
  averageSent,
  captureDrops,
  hitRatePercent,
  percentDone,
  perSecond,
  secondsLeft,
  sentPackets,
  type Span,
  type Total,
} from "./progress.ts";

/** What one row of the status updates file is read from. */
export interface StatusRow extends Span {
  readonly wallClock: Date;
  readonly senders: number;
}

type StatusColumn = Column<StatusRow>;

/** Digits behind the point, as ZMap has them. */
const DECIMALS = 6;

/** The columns of ZMap, under its names and in its order. */
const ZMAP_COLUMNS: readonly StatusColumn[] = [
  {
    name: "real-time",
    type: "string",
    description: "Local time",
    read: ({ wallClock }) => {
      const { clock, date } = localTime(wallClock);
      return `${date} ${clock}`;
    },
  },
  int(
    "time-elapsed",
    "Seconds since sending began",
    ({ now }) => Math.floor(now.elapsedSeconds),
  ),
  int(
    "time-remaining",
    "Seconds until the end, 0 while that is not known",
    ({ now, progress }) => Math.ceil(secondsLeft(now, progress) ?? 0),
  ),
  decimal(
    "percent-complete",
    "Share of the scan that is done",
    ({ now, progress }) => percentDone(now, progress),
  ),
  decimal(
    "hit-rate",
    "Unique successes per target, percent",
    ({ now, progress }) =>
      hitRatePercent(now.ledger.receive.successUnique, progress),
  ),
  int(
    "active-send-threads",
    "Senders at work",
    (row) => row.progress.phase === "sending" ? row.senders : 0,
  ),
  ...threeColumns(
    ["sent-total", "sent"],
    "Packets sent, those that could not be included",
    sentPackets,
    averageSent,
  ),
  ...threeColumns(
    ["recv-success-total", "recv-success"],
    "Unique successes",
    (ledger) => ledger.receive.successUnique,
  ),
  ...threeColumns(
    ["recv-total", "recv-total"],
    "Packets captured",
    (ledger) => ledger.capture.received,
  ),
  ...threeColumns(
    ["pcap-drop-total", "drop"],
    "Packets that the capture lost",
    captureDrops,
  ),
  ...threeColumns(
    ["sendto-fail-total", "sendto-fail"],
    "Packets that could not be sent",
    (ledger) => ledger.send.abandoned,
  ),
];

/** What ZMap does not tell: application successes, the loss of the last second by place, and on the way. */
const OWN_COLUMNS: readonly StatusColumn[] = [
  ...threeColumns(
    ["app-success-total", "app-success"],
    "Unique application successes",
    (ledger) => ledger.receive.appSuccessUnique,
  ).map((column): StatusColumn => ({
    ...column,
    read: (row) => row.progress.hasAppSuccess ? column.read(row) : null,
  })),
  int(
    "rate-wanted",
    "Packets per second allowed, 0 for no limit",
    (row) => Math.round(row.progress.wantedRatePps),
  ),
  ...LOSS_PLACES.map((place) =>
    int(
      `lost-${place.replaceAll(/:? /g, "-")}`,
      `Lost in the last second: ${place}`,
      (row) => Math.round(perSecond(row, (ledger) => ledger.places[place])),
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
  decimal(
    "path-loss-unknown",
    "Targets probed so far of whose loss nothing is known, percent",
    ({ progress }) => 100 * progress.unknownShare,
  ),
  ...(["ipv4", "ipv6"] as const).flatMap((family) => {
    const name = family === "ipv4" ? "IPv4" : "IPv6";
    const read = ({ now, progress }: StatusRow): FamilyTotals =>
      totalsByFamily(now.ledger, progress.families)[family];
    return [
      int(
        `sent-${family}`,
        `Packets sent to ${name} targets, those that could not be included`,
        (row) => read(row).sent,
      ),
      int(
        `recv-success-${family}`,
        `Unique successes of ${name} targets`,
        (row) => read(row).successUnique,
      ),
    ];
  }),
  {
    name: "waiting-for",
    type: "string",
    description: "Why nothing is sent: the network, or the disk of an output",
    read: ({ progress }) => progress.outage ?? progress.shortage,
  },
];

/**
 * The columns of the status updates file: first those of ZMap, then more. In CSV decimals have six digits behind
 * the point, always; in JSON they are numbers.
 */
export function statusColumns(
  format: "csv" | "json",
): readonly StatusColumn[] {
  const columns = [...ZMAP_COLUMNS, ...OWN_COLUMNS];
  if (format === "json") return columns;
  return columns.map((column): StatusColumn =>
    column.type !== "float" ? column : {
      ...column,
      read: (row) => {
        const value = column.read(row);
        return typeof value === "number" ? value.toFixed(DECIMALS) : value;
      },
    }
  );
}

/** A total, and what it grew by per second: in the span of the row, rounded up, and on average. */
function threeColumns(
  [total, prefix]: readonly [total: string, prefix: string],
  description: string,
  read: Total,
  readAverage: (row: StatusRow) => number = (row) => average(row, read),
): StatusColumn[] {
  return [
    int(total, description, ({ now }) => read(now.ledger)),
    int(
      `${prefix}-last-one-sec`,
      `${description}, in the last second`,
      (row) => Math.ceil(perSecond(row, read)),
    ),
    int(
      `${prefix}-avg-per-sec`,
      `${description}, per second on average`,
      (row) => Math.round(readAverage(row)),
    ),
  ];
}

function int(
  name: string,
  description: string,
  read: (row: StatusRow) => number,
): StatusColumn {
  return { name, type: "int", description, read };
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
      return value === null ? null : Number(value.toFixed(DECIMALS));
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
