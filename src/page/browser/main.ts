import type { ScanView } from "../view.ts";
import { PARTS } from "../parts.ts";
import { PLOTS, sampleOf } from "../plots.ts";
import { Series } from "../series.ts";
import { seriesTable } from "../series_table.ts";
import type { PageData } from "../story.ts";
import { liveMap, reportMap } from "./map_source.ts";
import { MapView } from "./map_view.ts";
import { PlotView } from "./plot_view.ts";

/** Time between two looks at the map of a running scan. */
const MAP_MS = 3000;

let data: PageData = JSON.parse(document.querySelector("#data")!.textContent!);
const series = Series.restore(data.series);
const plots = PLOTS.flatMap((spec) => {
  const place = document.querySelector<HTMLElement>(
    `[data-plot="${spec.id}"]`,
  );
  if (place === null) return [];
  place.replaceChildren();
  place.setAttribute("role", "img");
  return [{ spec, view: new PlotView(spec, place) }];
});
const texts = new Map<Element, string>();
const mapPlace = document.querySelector<HTMLElement>("[data-map]");
const map = mapPlace === null || data.map === null
  ? null
  : new MapView(mapPlace, data.map === "live" ? liveMap : reportMap(data.map));

function showParts(): void {
  for (const place of document.querySelectorAll("[data-part]")) {
    const { part } = (place as HTMLElement).dataset;
    const { text } = PARTS[part!]!(data);
    if (texts.get(place) === text) continue;
    texts.set(place, text);
    place.innerHTML = text;
  }
}

function showSeries(): void {
  const course = series.data();
  for (const { view } of plots) view.draw(course);
  for (const { spec } of plots) {
    const place = document.querySelector(`[data-series="${spec.id}"]`)!;
    if (place.closest("details")!.open) {
      place.innerHTML = seriesTable(spec, course).text;
    }
  }
}

function say(text: string): void {
  document.querySelector("#connection")!.textContent = text;
}

function take(view: ScanView): void {
  if (view.updated_at === data.view.updated_at) return;
  const seconds = view.elapsed_seconds - data.view.elapsed_seconds;
  if (seconds > 0) series.add(view.elapsed_seconds, seconds, sampleOf(view));
  data = { ...data, view };
  showParts();
  showSeries();
  if (view.phase === "done") void map?.refresh();
}

function follow(): void {
  const events = new EventSource("api/events");
  const read = ({ data: text }: MessageEvent<string>): void =>
    take(JSON.parse(text));
  events.addEventListener("open", () => say(""));
  events.addEventListener("view", read);
  events.addEventListener("end", () => {
    events.close();
    say("The scan has ended; these are its last figures.");
  });
  events.addEventListener("error", () => {
    if (data.view.phase === "done") {
      events.close();
      return;
    }
    say("No connection to the scan; these are its last figures.");
  });
  setInterval(() => {
    if (!document.hidden && data.view.phase !== "done") void map?.refresh();
  }, MAP_MS);
}

for (const details of document.querySelectorAll("details")) {
  details.addEventListener("toggle", showSeries);
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const { view } of plots) view.recolor(series.data());
  map?.paint();
});
showParts();
showSeries();
void map?.refresh();
if (data.report === undefined) follow();
