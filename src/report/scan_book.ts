import type { PositionRange } from "../loss/mod.ts";
import { pageDocument, pagePolicy } from "../page/document.ts";
import { PAGE_ASSETS } from "../page/assets.ts";
import { sampleOf } from "../page/plots.ts";
import { parseRegion } from "../page/region.ts";
import { Series } from "../page/series.ts";
import type { PageData, ReportParts } from "../page/story.ts";
import type { TargetPlan } from "../targets/mod.ts";
import type { ScanView } from "../page/view.ts";
import { AddressMap } from "./address_map.ts";
import { type AnsweredCounts, answeredLayer } from "./tally.ts";

/** What the map of a scan is made from; its tables lie in shared memory, so that another thread can have it. */
export interface MapGround {
  /** Of the IPv4 targets; null: there are none. */
  readonly plan: TargetPlan | null;
  readonly answered: AnsweredCounts;
  /** Whether the positions of the scan are those of this plan: not where it has targets of both families, or a stream. */
  readonly hasPositions: boolean;
}

/** What a page of a scan is made from, kept while it runs: its course, and where answers come from. */
export class ScanBook {
  readonly #series = new Series();
  readonly #map: AddressMap | null;
  readonly #hasPositions: boolean;
  #view: ScanView | null = null;

  constructor({ answered, hasPositions, plan }: MapGround) {
    this.#hasPositions = hasPositions;
    this.#map = plan === null
      ? null
      : new AddressMap(plan, answeredLayer(answered));
  }

  /** Adds what was measured up to a moment: see `Series`. */
  addSample(
    atS: number,
    seconds: number,
    values: Readonly<Record<string, number | null>>,
  ): void {
    this.#series.add(atS, seconds, values);
  }

  /** Takes the view of a second. */
  update(view: ScanView): void {
    const seconds = view.elapsed_seconds - (this.#view?.elapsed_seconds ?? 0);
    if (seconds > 0 && view.phase !== "done") {
      this.#series.add(view.elapsed_seconds, seconds, sampleOf(view));
    }
    this.#view = view;
  }

  /** Content security policy of the pages. */
  get policy(): string {
    // What no element of a page can say.
    return `${pagePolicy(PAGE_ASSETS)}; frame-ancestors 'none'`;
  }

  /** The live page, with the figures of a view in it. */
  page(view: ScanView): string {
    const map = this.#map === null ? null : "live";
    const data: PageData = { view, series: this.#series.data(), map };
    return pageDocument(data, PAGE_ASSETS);
  }

  /** The course of the scan so far, as JSON. */
  series(): string {
    return JSON.stringify(this.#series.data());
  }

  /** A part of the map as JSON; null: there is none, or `prefix` is no prefix. */
  map(prefix: string): string | null {
    const region = parseRegion(prefix);
    if (this.#map === null || region === null) return null;
    return JSON.stringify(this.#map.picture(region, this.#probed()));
  }

  /** The report: the same page with everything in it. */
  report(
    view: ScanView,
    { report, uncovered }: {
      readonly report: ReportParts;
      readonly uncovered: readonly PositionRange[];
    },
  ): string {
    this.#view = view;
    if (this.#hasPositions) this.#map?.setUncovered(uncovered);
    return pageDocument({
      view,
      series: this.#series.data(),
      map: this.#map?.packed(this.#probed()) ?? null,
      report,
    }, PAGE_ASSETS);
  }

  #probed(): number {
    const { families, targets } = this.#view ?? {};
    return families?.ipv4?.targets_probed ?? targets?.by_state.probed ?? 0;
  }
}
