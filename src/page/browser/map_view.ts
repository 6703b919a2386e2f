import { markup } from "../markup.ts";
import { blockCount, type Region } from "../map_layer.ts";
import {
  blockAt,
  EVERYTHING,
  outward,
  parseRegion,
  pictureSide,
  regionAround,
  regionOf,
  regionText,
  ZOOM_BITS,
} from "../region.ts";
import { color } from "./colors.ts";
import { paintBlocks } from "./map_paint.ts";
import type { MapSource, RegionBlocks } from "./map_source.ts";
import { blocksTable, blockText, regionTotals } from "./map_text.ts";

/** Squares on a side into which one zooms. */
const SQUARES = 4;
/** Pixels that the name of a square needs. */
const LABEL_COLUMNS = 100;

const CONTROLS = markup`
  <div class="map-bar">
  <button type="button" data-zoom="all">All</button><button type="button" data-zoom="out">Zoom out</button><button type="button" data-zoom="in">Zoom in</button>
  <form><label>Go to <input name="prefix" size="18" placeholder="198.51.100.0/24" autocomplete="off" spellcheck="false"></label></form>
  <output></output></div>
  <canvas tabindex="0" role="application" aria-roledescription="map"
    aria-describedby="map-help"></canvas>
  <p id="map-help"
    class="muted">Each point is a block of addresses, along a Hilbert curve: neighbours in the map are neighbours in number. Click or press Enter to zoom in, Backspace to zoom out, arrows to move, Home for all.</p>
  <ul class="legend" aria-hidden="true">
    <li><i class="excluded"></i>not a target</li>
    <li><i class="planned"></i>to be probed</li>
    <li><i class="probed"></i>probed, silent</li>
    <li><i class="few"></i><i class="many"></i>answered, few to many</li>
    <li><i class="uncovered"></i>not covered</li>
  </ul>
  <p class="where" data-where></p>
  <details>
    <summary>Map as a table</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Map as a table"
      data-table></div>
  </details>
`;

/** The map of the address space on the page. */
export class MapView {
  readonly #place: HTMLElement;
  readonly #source: MapSource;
  readonly #canvas: HTMLCanvasElement;
  #region: Region = EVERYTHING;
  #blocks: RegionBlocks | null = null;
  /** The square that the keyboard is at. */
  #cursor = { x: 0, y: 0 };
  #hasChosen = false;
  #isAsking = false;

  constructor(place: HTMLElement, source: MapSource) {
    this.#place = place;
    this.#source = source;
    place.innerHTML = CONTROLS.text;
    this.#canvas = place.querySelector("canvas")!;
    this.#listen();
    new ResizeObserver(() => this.paint()).observe(this.#canvas);
  }

  /** Asks for what is shown, and shows it. */
  async refresh(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      const blocks = await this.#source(this.#region);
      if (blocks === null) return;
      this.#blocks = blocks;
      if (!this.#hasChosen) {
        this.#hasChosen = true;
        const around = regionAround(this.#region, blocks.planned);
        if (around.length > 0) {
          this.#region = around;
          this.#blocks = await this.#source(around) ?? blocks;
        }
      }
      this.paint();
    } finally {
      this.#isAsking = false;
    }
  }

  /** Draws what is known. */
  paint(): void {
    const blocks = this.#blocks;
    if (blocks === null) return;
    const scale = devicePixelRatio || 1;
    const side = Math.max(64, Math.round(this.#canvas.clientWidth * scale));
    if (this.#canvas.width !== side) {
      this.#canvas.width = this.#canvas.height = side;
    }
    const context = this.#canvas.getContext("2d")!;
    context.imageSmoothingEnabled = false;
    context.drawImage(paintBlocks(blocks), 0, 0, side, side);
    this.#grid(context, side, scale);
    this.#tell();
  }

  #grid(
    context: CanvasRenderingContext2D,
    side: number,
    scale: number,
  ): void {
    const step = side / SQUARES;
    const deepest = this.#deeper({ x: 0, y: 0 }) === null;
    for (let y = 0; y < SQUARES && !deepest; y++) {
      for (let x = 0; x < SQUARES; x++) {
        context.lineWidth = scale;
        context.strokeStyle = color("map-grid");
        context.strokeRect(x * step, y * step, step, step);
        if (step > LABEL_COLUMNS * scale) {
          const text = regionText(this.#deeper({ x, y })!);
          label(context, text, { x: x * step, y: y * step, scale });
        }
      }
    }
    if (document.activeElement === this.#canvas && !deepest) {
      context.lineWidth = 3 * scale;
      context.strokeStyle = color("focus");
      const { x, y } = this.#cursor;
      context.strokeRect(x * step, y * step, step, step);
    }
  }

  /** The region of a square; null: there is nothing smaller. */
  #deeper(square: { readonly x: number; readonly y: number }): Region | null {
    const region = this.#region;
    if (region.length + ZOOM_BITS > 24) return null;
    const blocksPerSquare = pictureSide(region) / SQUARES;
    const block = blockAt(region, {
      x: Math.floor(square.x * blocksPerSquare),
      y: Math.floor(square.y * blocksPerSquare),
    });
    const size = 2 ** (32 - region.length) / blockCount(region);
    return regionOf(region.first + block * size, region.length + ZOOM_BITS);
  }

  #show(region: Region | null): void {
    if (region === null) return;
    this.#region = region;
    this.#hasChosen = true;
    void this.refresh();
  }

  #listen(): void {
    const canvas = this.#canvas;
    this.#place.addEventListener("click", ({ target }) => {
      const { zoom } = (target as HTMLElement).dataset;
      if (zoom === "all") this.#show(EVERYTHING);
      if (zoom === "out") this.#show(outward(this.#region));
      if (zoom === "in") this.#show(this.#deeper(this.#cursor));
    });
    const form = this.#place.querySelector("form")!;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const input = form.querySelector("input")!;
      const region = parseRegion(input.value);
      input.setAttribute("aria-invalid", String(region === null));
      this.#show(region);
    });
    canvas.addEventListener("click", (event) => {
      this.#cursor = this.#squareAt(event);
      this.#show(this.#deeper(this.#cursor));
    });
    canvas.addEventListener("pointermove", (event) => this.#point(event));
    canvas.addEventListener("pointerleave", () => this.#tell());
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("focus", () => this.paint());
    canvas.addEventListener("blur", () => this.paint());
    const details = this.#place.querySelector("details")!;
    details.addEventListener("toggle", () => this.#tell());
  }

  #squareAt({ offsetX, offsetY }: MouseEvent): { x: number; y: number } {
    const step = this.#canvas.clientWidth / SQUARES;
    const within = (value: number): number =>
      Math.max(0, Math.min(SQUARES - 1, Math.floor(value / step)));
    return { x: within(offsetX), y: within(offsetY) };
  }

  #point({ offsetX, offsetY }: PointerEvent): void {
    const blocks = this.#blocks;
    if (blocks === null) return;
    const side = pictureSide(blocks.region);
    const within = (value: number): number =>
      Math.max(
        0,
        Math.min(
          side - 1,
          Math.floor(value / this.#canvas.clientWidth * side),
        ),
      );
    const block = blockAt(blocks.region, {
      x: within(offsetX),
      y: within(offsetY),
    });
    this.#say(blockText(blocks, block));
  }

  #key(event: KeyboardEvent): void {
    const { x, y } = this.#cursor;
    const moved: Readonly<Record<string, { x: number; y: number }>> = {
      ArrowLeft: { x: Math.max(0, x - 1), y },
      ArrowRight: { x: Math.min(SQUARES - 1, x + 1), y },
      ArrowUp: { x, y: Math.max(0, y - 1) },
      ArrowDown: { x, y: Math.min(SQUARES - 1, y + 1) },
    };
    const to = moved[event.key];
    if (to !== undefined) this.#cursor = to;
    else if (["Enter", "+", " "].includes(event.key)) {
      this.#show(this.#deeper(this.#cursor));
    } else if (["Backspace", "-", "Escape"].includes(event.key)) {
      this.#show(outward(this.#region));
    } else if (event.key === "Home") this.#show(EVERYTHING);
    else return;
    event.preventDefault();
    this.paint();
  }

  /** Says what is shown, and where the cursor is. */
  #tell(): void {
    const blocks = this.#blocks;
    if (blocks === null) return;
    const text = regionTotals(blocks);
    this.#place.querySelector("output")!.textContent = regionText(
      blocks.region,
    );
    this.#say(text);
    const square = this.#deeper(this.#cursor);
    const at = square === null
      ? ""
      : `; the cursor is at ${regionText(square)}`;
    this.#canvas.setAttribute("aria-label", `Map of ${text}${at}`);
    if (this.#place.querySelector("details")!.open) {
      const place = this.#place.querySelector("[data-table]")!;
      place.innerHTML = blocksTable(blocks);
    }
  }

  #say(text: string): void {
    this.#place.querySelector("[data-where]")!.textContent = text;
  }
}

/** The name of a square, legible on any colour. */
function label(
  context: CanvasRenderingContext2D,
  text: string,
  { scale, x, y }: {
    readonly x: number;
    readonly y: number;
    readonly scale: number;
  },
): void {
  const at = [x + 5 * scale, y + 5 * scale] as const;
  context.font = `${Math.round(11 * scale)}px system-ui, sans-serif`;
  context.textBaseline = "top";
  context.lineJoin = "round";
  context.lineWidth = 3 * scale;
  context.strokeStyle = color("map-excluded");
  context.strokeText(text, ...at);
  context.fillStyle = color("map-text");
  context.fillText(text, ...at);
}
