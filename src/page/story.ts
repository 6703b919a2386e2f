import type { ScanView } from "./view.ts";
import type { PackedLayer } from "./map_layer.ts";
import type { SeriesData } from "./series.ts";

/** How much a finding matters. */
export type FindingLevel = "good" | "note" | "warning" | "bad";

/** One thing that is to be known of a scan, in plain words. */
export interface Finding {
  readonly level: FindingLevel;
  readonly title: string;
  readonly text: string;
  /** What to do about it; empty: nothing. */
  readonly remedy: string;
}

/** What a report has that a running scan has not. */
export interface ReportParts {
  readonly findings: readonly Finding[];
  /** How the scan was run, by name. */
  readonly facts: readonly (readonly [name: string, text: string])[];
}

/** A part of the address space, its blocks in the order of their addresses, for the page. */
export interface MapPicture {
  readonly first: number;
  readonly length: number;
  /** Prefix length of the blocks. */
  readonly block_bits: number;
  /** Share of the targets of each block that has been probed: the order is random over all of them. */
  readonly probed_share: number;
  /** Ports of an address that are targets, on average. */
  readonly targets_per_address: number;
  /** Addresses of targets, hosts that answered with success, and targets that were not covered, as `packCounts` packs them. */
  readonly planned: string;
  readonly answered: string;
  readonly uncovered: string;
}

/** The whole map, for a report. */
export interface PackedMap {
  readonly probed_share: number;
  readonly targets_per_address: number;
  readonly planned: PackedLayer;
  readonly answered: PackedLayer;
  readonly uncovered: PackedLayer;
}

/** All that a page shows, as plain JSON. */
export interface PageData {
  readonly view: ScanView;
  readonly series: SeriesData;
  /** The map of the whole address space; `live`: it is asked for in parts; null: there is none. */
  readonly map: PackedMap | "live" | null;
  /**
   * What only a report has.
   *
   * @default {undefined} the scan is running
   */
  readonly report?: ReportParts;
}
