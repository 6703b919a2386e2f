const DAY_SECONDS = 86_400;
/** Mean length of a year of the calendar. */
const YEAR_SECONDS = 365.24 * DAY_SECONDS;

/** Writes a rate as ZMap does: `934 p/s`, `9.34 Kp/s`, `28.0 Kp/s`, `934 Kp/s`, `12.34 Mp/s`. */
export function formatRate(packetsPerSecond: number): string {
  const whole = Math.round(packetsPerSecond);
  if (whole < 1000) return `${whole} p/s`;
  if (whole >= 1e6) return `${(whole / 1e6).toFixed(2)} Mp/s`;
  const decimals = whole < 1e4 ? 2 : whole < 1e5 ? 1 : 0;
  return `${(whole / 1e3).toFixed(decimals)} Kp/s`;
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

/** Writes time left as ZMap does, coarser the longer it is: `9s`, `4m05s`, `25m`, `3h20m`, `15h`, `2d06h`, `12d`. */
export function formatTimeLeft(seconds: number): string {
  const whole = Math.ceil(seconds);
  const pad = (value: number): string => String(value).padStart(2, "0");
  const years = Math.floor(whole / YEAR_SECONDS);
  if (years > 0) return `${years} years`;
  const days = Math.floor(whole / DAY_SECONDS);
  if (days > 9) return `${days}d`;
  const hours = Math.floor(whole / 3600) % 24;
  if (days > 0) return `${days}d${pad(hours)}h`;
  if (hours > 9) return `${hours}h`;
  const minutes = Math.floor(whole / 60) % 60;
  if (hours > 0) return `${hours}h${pad(minutes)}m`;
  if (minutes > 9) return `${minutes}m`;
  const rest = whole % 60;
  return minutes > 0 ? `${minutes}m${pad(rest)}s` : `${rest}s`;
}

/** Writes a whole number with a comma between thousands. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Writes a share as a percentage with two decimals; `-` when there is nothing to divide by. */
export function formatPercent(part: number, whole: number): string {
  return whole > 0 ? `${(100 * part / whole).toFixed(2)}%` : "-";
}
