/** Writes a rate in three digits with a decimal prefix: `934 p/s`, `9.34 Kp/s`, `1.25 Mp/s`. */
export function formatRate(packetsPerSecond: number): string {
  if (packetsPerSecond < 1000) return `${Math.round(packetsPerSecond)} p/s`;
  const [scaled, prefix] = packetsPerSecond < 1e6
    ? [packetsPerSecond / 1e3, "K"]
    : [packetsPerSecond / 1e6, "M"];
  const decimals = scaled < 10 ? 2 : scaled < 100 ? 1 : 0;
  return `${scaled.toFixed(decimals)} ${prefix}p/s`;
}

/** Writes elapsed time: `0:05`, `1:00:05`, `2d3:00:05`. */
export function formatElapsed(seconds: number): string {
  const whole = Math.floor(seconds);
  const pad = (value: number): string => String(value).padStart(2, "0");
  const [days, hours, minutes] = [
    Math.floor(whole / 86400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  const rest = pad(whole % 60);
  if (days > 0) return `${days}d${hours}:${pad(minutes)}:${rest}`;
  return hours > 0 ? `${hours}:${pad(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** Writes time left, coarser the longer it is: `9s`, `4m05s`, `25m`, `3h20m`, `2d06h`. */
export function formatTimeLeft(seconds: number): string {
  const whole = Math.ceil(seconds);
  const pad = (value: number): string => String(value).padStart(2, "0");
  if (whole < 60) return `${whole}s`;
  if (whole < 600) return `${Math.floor(whole / 60)}m${pad(whole % 60)}s`;
  if (whole < 3600) return `${Math.ceil(whole / 60)}m`;
  if (whole < 86400) {
    return `${Math.floor(whole / 3600)}h${pad(Math.floor(whole / 60) % 60)}m`;
  }
  return `${Math.floor(whole / 86400)}d${pad(Math.floor(whole / 3600) % 24)}h`;
}

/** Writes a whole number with a comma between thousands. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Writes a share as a percentage with two decimals; `-` when there is nothing to divide by. */
export function formatPercent(part: number, whole: number): string {
  return whole > 0 ? `${(100 * part / whole).toFixed(2)}%` : "-";
}
