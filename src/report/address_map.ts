import type { PositionRange } from "../loss/mod.ts";
import { countWithin, ipv4TargetsOf, type TargetPlan } from "../targets/mod.ts";
import { blockBits, MapLayer, type Region } from "../page/map_layer.ts";
import { packCounts } from "../page/packed_counts.ts";
import type { MapPicture, PackedMap } from "../page/story.ts";

const COARSE_SIZE = 1 << 16;
const FINE_SIZE = 256;
/** Positions that are looked up at a time, and all together at most; of more only every n-th is. */
const CHUNK = 4096;
const MOST_LOOKED_UP = 1 << 20;
/** Bytes of a report that the /24 of each layer may take. */
const REPORT_BYTES = {
  answered: 900_000,
  planned: 300_000,
  uncovered: 300_000,
};

/** The IPv4 address space as a scan sees it: which targets it has where, and what became of them. */
export class AddressMap {
  readonly #plan: TargetPlan;
  readonly #answered: MapLayer;
  #planned: MapLayer | null = null;
  readonly #pages = new Map<number, Uint16Array>();
  #uncovered = MapLayer.empty();

  /** @param answered hosts that answered with success; it may grow */
  constructor(plan: TargetPlan, answered: MapLayer) {
    this.#plan = plan;
    this.#answered = answered;
  }

  /** Says which positions were not covered. Those of a very long list are looked up in part, and weighed. */
  setUncovered(ranges: readonly PositionRange[]): void {
    const count = ranges.reduce((sum, { end, first }) => sum + end - first, 0);
    const step = Math.max(1, Math.ceil(count / MOST_LOOKED_UP));
    const coarse = new Uint32Array(COARSE_SIZE);
    const pages = new Map<number, Uint32Array>();
    for (const address of this.#addressesOf(ranges, step)) {
      const block = address >>> 16;
      coarse[block] = coarse[block]! + step;
      const page = pages.get(block) ?? new Uint32Array(FINE_SIZE);
      pages.set(block, page);
      const within = (address >>> 8) & 0xff;
      page[within] = page[within]! + step;
    }
    this.#uncovered = new MapLayer(coarse, (block) => pages.get(block));
  }

  /**
   * A part of the map as it stands.
   *
   * @param probed targets that were probed
   */
  picture(region: Region, probed: number): MapPicture {
    const planned = this.#plannedLayer();
    const bits = blockBits(region);
    if (bits > 16) {
      const first = Math.floor(region.first / COARSE_SIZE);
      const count = Math.max(1, 2 ** (16 - region.length));
      this.#refine(first, first + count);
    }
    return {
      first: region.first,
      length: region.length,
      block_bits: bits,
      ...this.#shares(probed),
      planned: packCounts(planned.counts(region)),
      answered: packCounts(this.#answered.counts(region)),
      uncovered: packCounts(this.#uncovered.counts(region)),
    };
  }

  /** The whole map: each /16, and as many /24 as a report has room for. */
  packed(probed: number): PackedMap {
    const planned = this.#plannedLayer();
    // One page takes some ten bytes or more.
    const most = REPORT_BYTES.planned / 10;
    for (let block = 0; block < COARSE_SIZE; block++) {
      if (this.#pages.size >= most) break;
      this.#refine(block, block + 1);
    }
    return {
      ...this.#shares(probed),
      planned: planned.packed(REPORT_BYTES.planned),
      answered: this.#answered.packed(REPORT_BYTES.answered),
      uncovered: this.#uncovered.packed(REPORT_BYTES.uncovered),
    };
  }

  #shares(
    probed: number,
  ): Pick<MapPicture, "probed_share" | "targets_per_address"> {
    const { addresses, positionCount } = this.#plan;
    return {
      probed_share: Math.min(1, probed / positionCount),
      targets_per_address: positionCount / addresses.count,
    };
  }

  #plannedLayer(): MapLayer {
    if (this.#planned !== null) return this.#planned;
    const { addresses } = this.#plan;
    const coarse = new Uint32Array(COARSE_SIZE);
    for (let block = 0; block < COARSE_SIZE; block++) {
      const first = block * COARSE_SIZE;
      const last = first + COARSE_SIZE - 1;
      coarse[block] = countWithin(addresses, { first, last });
    }
    return this.#planned = new MapLayer(
      coarse,
      (block) => this.#pages.get(block),
    );
  }

  /** Counts the targets of each /24 of those /16 that are targets in part. */
  #refine(from: number, to: number): void {
    const planned = this.#plannedLayer();
    for (let block = from; block < to; block++) {
      const count = planned.coarse[block]!;
      if (count === 0 || count === COARSE_SIZE || this.#pages.has(block)) {
        continue;
      }
      const page = new Uint16Array(FINE_SIZE);
      for (let i = 0; i < FINE_SIZE; i++) {
        const first = block * COARSE_SIZE + i * FINE_SIZE;
        const last = first + FINE_SIZE - 1;
        page[i] = countWithin(this.#plan.addresses, { first, last });
      }
      this.#pages.set(block, page);
    }
  }

  *#addressesOf(
    ranges: readonly PositionRange[],
    step: number,
  ): Generator<number> {
    const plan = this.#plan;
    const space = ipv4TargetsOf(plan);
    const positions = new Float64Array(CHUNK);
    const addresses = new Uint32Array(CHUNK);
    const ports = new Uint32Array(CHUNK);
    let count = 0;
    for (const { end, first } of ranges) {
      for (let position = first; position < end; position += step) {
        positions[count++] = position;
        if (count < CHUNK) continue;
        space.locate(positions, count, addresses, ports);
        yield* addresses;
        count = 0;
      }
    }
    space.locate(positions, count, addresses, ports);
    yield* addresses.subarray(0, count);
  }
}
