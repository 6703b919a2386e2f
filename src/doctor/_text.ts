import { formatCount } from "../base/mod.ts";

const UNITS = ["", "K", "M", "G", "T", "P"];

/** A rate in packets per second with two significant digits, as measured ones deserve: `680,000`. */
export function roughly(value: number): string {
  if (value < 100) return String(Math.round(value));
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return formatCount(Math.floor(value / unit) * unit);
}

/** Bytes with a binary prefix: `64 MiB`. */
export function bytes(value: number): string {
  return scaled(value, 1024, (unit) => unit === "" ? " B" : ` ${unit}iB`);
}

/** Bits per second with a decimal prefix: `10 Gbit/s`. */
export function bits(perSecond: number): string {
  return scaled(perSecond, 1000, (unit) => ` ${unit}bit/s`);
}

/** A share as a percentage with at most two significant digits: `37%`, `0.4%`. */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(share < 0.995 ? 2 : 3))}%`;
}

function scaled(
  value: number,
  base: number,
  name: (unit: string) => string,
): string {
  let index = 0;
  while (value >= base * 0.9995 && index < UNITS.length - 1) {
    value /= base;
    index++;
  }
  return `${Number(value.toPrecision(3))}${name(UNITS[index]!)}`;
}
