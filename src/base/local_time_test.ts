import assert from "node:assert/strict";
import { formatLocalTime, localTime } from "./local_time.ts";

/** A moment in a zone that is `east` minutes ahead of UTC, whatever the zone of this machine. */
function inZone(east: number): Date {
  const time = new Date(2024, 0, 5, 3, 4, 9);
  time.getTimezoneOffset = () => -east;
  return time;
}

Deno.test("localTime() pads all parts", () => {
  assert.deepEqual(localTime(inZone(60)), {
    date: "2024-01-05",
    clock: "03:04:09",
    zone: "+0100",
  });
});

Deno.test("formatLocalTime() ends in the distance from UTC", () => {
  for (
    const [east, zone] of [
      [0, "+0000"],
      [-210, "-0330"],
      [765, "+1245"],
    ] as const
  ) assert.equal(formatLocalTime(inZone(east)), `2024-01-05T03:04:09${zone}`);
  const time = new Date(1_700_000_000_000);
  assert.equal(
    Date.parse(formatLocalTime(time).replace(/..$/, ":$&")),
    1_700_000_000_000,
  );
});
