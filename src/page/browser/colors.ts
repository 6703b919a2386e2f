import type { PlotLine } from "../plots.ts";

/** Number of colours for any number of lines; their names in the style are --line-0 and so on. */
const LINE_COLORS = 9;

/** A colour of the style, as it is in light or dark. */
export function color(name: string): string {
  return getComputedStyle(document.documentElement)
    .getPropertyValue(`--${name}`).trim();
}

/** The colour of a line. */
export function lineColor({ tone }: PlotLine): string {
  return typeof tone === "number"
    ? color(`line-${tone % LINE_COLORS}`)
    : color(`tone-${tone}`);
}

/** A colour of the style as its three bytes. */
export function colorBytes(name: string): readonly [number, number, number] {
  const value = Number.parseInt(color(name).slice(1), 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}
