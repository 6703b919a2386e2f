import type {
  ScanResult,
  TracePoint,
} from "../tests/property/_simulated_scan.ts";

const WIDTH = 960;
const HEIGHT = 520;
const LEFT = 80;
const RIGHT = 20;
const RATE_TOP = 50;
const RATE_BOTTOM = 330;
const LOSS_TOP = 370;
const LOSS_BOTTOM = 480;
/** Highest loss that is drawn. */
const MOST_LOSS = 0.2;
/** Points of the trace that are drawn as one. */
const POINTS = 600;

/** A drawing of rate, capacity and loss over time, as an SVG document. */
export function plotScan(
  title: string,
  { trace, report: { changes } }: ScanResult,
): string {
  const endS = trace.at(-1)!.timeS;
  const rates = trace.flatMap(({ ratePps, capacityPps }) => [
    ratePps,
    Math.min(capacityPps, 1e7),
  ]);
  const lowest = 10 ** Math.floor(Math.log10(Math.min(...rates)));
  const highest = Math.max(...rates) * 1.2;
  const x = (timeS: number): number =>
    LEFT + (WIDTH - LEFT - RIGHT) * timeS / endS;
  const rateY = (pps: number): number =>
    RATE_BOTTOM - (RATE_BOTTOM - RATE_TOP) * Math.log(pps / lowest) /
      Math.log(highest / lowest);
  const lossY = (share: number): number =>
    LOSS_BOTTOM - (LOSS_BOTTOM - LOSS_TOP) * Math.min(1, share / MOST_LOSS);
  const points = grouped(trace);
  const parts = [
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    text(LEFT, 30, title, 16),
    ...rateTicks(lowest, highest).map((pps) =>
      gridLine(rateY(pps), pps.toLocaleString("en"))
    ),
    ...[0, 0.05, 0.1, 0.15, 0.2].map((share) =>
      gridLine(lossY(share), `${Math.round(share * 100)}%`)
    ),
    ...timeTicks(endS).map((timeS) =>
      text(x(timeS) - 8, LOSS_BOTTOM + 18, `${timeS} s`, 11)
    ),
    text(LEFT, RATE_TOP - 6, "packets/s: capacity (grey), rate (blue)", 11),
    text(
      LEFT,
      LOSS_TOP - 6,
      "loss: true (red), measured by follow-ups (green)",
      11,
    ),
    line(
      trace,
      (p) => [x(p.timeS), rateY(Math.min(p.capacityPps, highest))],
      "#999",
      3,
    ),
    line(trace, (p) => [x(p.timeS), rateY(p.ratePps)], "#1f5fbf", 1.5),
    line(
      points,
      (p) => [x(p.timeS), lossY(p.lost / Math.max(1, p.packets))],
      "#c33",
      1.2,
    ),
    line(
      trace.filter(({ estimate }) => estimate !== null),
      (p) => [x(p.timeS), lossY(p.estimate!)],
      "#2a8f3c",
      1,
    ),
    ...changes.map(({ atS, ratePps, cause }) =>
      `<circle cx="${x(atS).toFixed(1)}" cy="${
        rateY(ratePps || highest).toFixed(1)
      }" r="2" fill="${cause === "search" ? "#1f5fbf" : "#c33"}"/>`
    ),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif">\n${
    parts.join("\n")
  }\n</svg>\n`;
}

function grouped(trace: readonly TracePoint[]): TracePoint[] {
  const size = Math.ceil(trace.length / POINTS);
  const groups: TracePoint[] = [];
  for (let at = 0; at < trace.length; at += size) {
    const part = trace.slice(at, at + size);
    groups.push({
      ...part[0]!,
      packets: part.reduce((sum, { packets }) => sum + packets, 0),
      lost: part.reduce((sum, { lost }) => sum + lost, 0),
    });
  }
  return groups;
}

function rateTicks(lowest: number, highest: number): number[] {
  const ticks: number[] = [];
  for (let decade = lowest; decade < highest; decade *= 10) {
    for (const digit of [1, 2, 5]) {
      if (decade * digit <= highest) ticks.push(decade * digit);
    }
  }
  return ticks;
}

function timeTicks(endS: number): number[] {
  const step = endS > 30 ? 10 : endS > 12 ? 2 : 1;
  const count = Math.floor(endS / step);
  return Array.from({ length: count + 1 }, (_, at) => at * step);
}

function line(
  points: readonly TracePoint[],
  place: (point: TracePoint) => readonly [number, number],
  color: string,
  width: number,
): string {
  const path = points.map((point) =>
    place(point).map((value) => value.toFixed(1)).join(",")
  );
  return `<polyline points="${
    path.join(" ")
  }" fill="none" stroke="${color}" stroke-width="${width}"/>`;
}

function gridLine(y: number, label: string): string {
  return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y.toFixed(1)}" y2="${
    y.toFixed(1)
  }" stroke="#eee"/>` +
    text(6, y + 4, label, 11);
}

function text(x: number, y: number, content: string, size: number): string {
  return `<text x="${x.toFixed(1)}" y="${
    y.toFixed(1)
  }" font-size="${size}">${content}</text>`;
}
