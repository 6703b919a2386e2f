const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = [
  ...["Jan", "Feb", "Mar", "Apr", "May", "Jun"],
  ...["Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
];

/** A time as C's `asctime` writes it, UTC: `Tue Nov 14 22:13:20 2023`. */
export function cTime(time: Date): string {
  const clock = time.toISOString().slice(11, 19);
  const day = String(time.getUTCDate()).padStart(2);
  return `${DAYS[time.getUTCDay()]} ${
    MONTHS[time.getUTCMonth()]
  } ${day} ${clock} ${time.getUTCFullYear()}`;
}

/** A time as `2023-11-14 22:13:20`, UTC. */
export function plainTime(time: Date): string {
  return time.toISOString().slice(0, 19).replace("T", " ");
}

/** Unix seconds. */
export function unixSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
