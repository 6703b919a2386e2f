/** Local time in parts, for the forms in which logs, results and metadata have it. */
export interface LocalTime {
  /** `2024-01-31` */
  readonly date: string;
  /** `23:59:59` */
  readonly clock: string;
  /** Distance from UTC: `+0100`. */
  readonly zone: string;
}

/** Takes a moment apart as the clocks on the wall show it. */
export function localTime(time: Date): LocalTime {
  const east = -time.getTimezoneOffset();
  const zone = Math.abs(east);
  return {
    date: [time.getFullYear(), time.getMonth() + 1, time.getDate()]
      .map(two).join("-"),
    clock: [time.getHours(), time.getMinutes(), time.getSeconds()]
      .map(two).join(":"),
    zone: `${east < 0 ? "-" : "+"}${two(Math.floor(zone / 60))}${
      two(zone % 60)
    }`,
  };
}

/** Local time with its distance from UTC, ISO 8601: `2024-01-31T23:59:59+0100`. */
export function formatLocalTime(time: Date): string {
  const { clock, date, zone } = localTime(time);
  return `${date}T${clock}${zone}`;
}

function two(part: number): string {
  return String(part).padStart(2, "0");
}
