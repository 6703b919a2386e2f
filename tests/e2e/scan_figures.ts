import type { ScanOutcome } from "./network_fixture.ts";

/** What a scan whose measurement of loss is put to the test has found, and says about it. */
export interface ScanFigures {
  readonly code: number;
  /** Different addresses in the result; the scan has to write the column `saddr` first. */
  readonly found: number;
  /** Estimated share of the round trips that were lost; null: not known. */
  readonly loss: number | null;
  /** Estimated share of the hosts that were heard; null: not known. */
  readonly coverage: number | null;
  /** Packets and rows that this machine lost itself, by all places of the ledger. */
  readonly lostHere: number;
  readonly packetsSent: number;
  /** Further probes to hosts that had answered. */
  readonly followUps: number;
  /** How often the scan went through its targets. */
  readonly passes: number;
  /** Packets per second while there was something to send. */
  readonly meanPps: number;
  readonly exitReason: string;
}

/** The parts of the metadata that these figures come from. */
interface Metadata {
  readonly packets_sent: number;
  readonly passes: number;
  readonly exit_reason: string;
  readonly loss: {
    readonly path: { readonly rate: number } | null;
    readonly coverage_estimate: number | null;
    readonly places: Readonly<Record<string, number>>;
  };
  readonly rate_control: { readonly mean: number };
  readonly ledger: { readonly send: { readonly followUps: number } };
}

/** Picks the figures; a scan that broke off has no metadata, and not a number for what is not known. */
export function figuresOf(
  { code, metadata, rows, stderr }: ScanOutcome,
): ScanFigures {
  const found = new Set(rows.map((row) => row.split(",")[0])).size;
  const { ledger, loss, ...rest } = metadata as Partial<Metadata>;
  return {
    code,
    found,
    loss: loss?.path?.rate ?? null,
    coverage: loss?.coverage_estimate ?? null,
    lostHere: Object.entries(loss?.places ?? {})
      // What was refused has been sent again.
      .filter(([place]) => place !== "send: refused")
      .reduce((sum, [, count]) => sum + count, 0),
    packetsSent: rest.packets_sent ?? NaN,
    followUps: ledger?.send.followUps ?? NaN,
    passes: rest.passes ?? NaN,
    meanPps: rest.rate_control?.mean ?? NaN,
    exitReason: rest.exit_reason ?? stderr.trim().split("\n").at(-1) ?? "",
  };
}
