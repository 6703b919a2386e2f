import { formatCount, formatRate } from "../monitor/format.ts";

/** What stands where nothing is known. */
export const UNKNOWN = "–";

/** A whole number, or the sign for what is not known. */
export function countText(count: number | null): string {
  return count === null ? UNKNOWN : formatCount(count);
}

/** Packets per second. */
export function rateText(packetsPerSecond: number | null): string {
  return packetsPerSecond === null ? UNKNOWN : formatRate(packetsPerSecond);
}

/**
 * A share of 1 as a percentage: with so many digits that what is there is not 0, and what is missing does not make 100.
 */
export function shareText(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return UNKNOWN;
  const percent = 100 * share;
  if (percent === 0) return "0%";
  if (percent < 0.01) return "<0.01%";
  if (percent < 100 && percent > 99.99) return ">99.99%";
  return `${percent.toFixed(percent < 10 || percent > 90 ? 2 : 1)}%`;
}

/** A number of bytes in units of 1024. */
export function bytesText(bytes: number | null): string {
  if (bytes === null) return UNKNOWN;
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  let value = bytes;
  for (const unit of ["KiB", "MiB", "GiB"]) {
    value /= 1024;
    if (value < 1024 || unit === "GiB") {
      return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
    }
  }
  return UNKNOWN;
}
