import assert from "node:assert/strict";
import { HoldNotice, type Holds } from "./hold_notice.ts";

/** Levels of what is told as the pauses go on like this. */
function levels(course: readonly Holds[]): (string | undefined)[] {
  const notice = new HoldNotice();
  return course.map((holds) => notice.update(holds)?.level);
}

Deno.test("HoldNotice.update() tells a pause and its end once, of all senders together", () => {
  assert.deepEqual(
    levels([
      { held: 0, holds: 0 },
      { held: 1, holds: 1 },
      { held: 2, holds: 2 },
      { held: 1, holds: 2 },
      { held: 0, holds: 2 },
      { held: 0, holds: 2 },
      { held: 1, holds: 3 },
    ]),
    [
      ...[undefined, "warn", undefined, undefined, "info", undefined],
      "warn",
    ],
  );
});

Deno.test("HoldNotice.update() tells a pause that was over before it was looked for", () => {
  const course = [{ held: 0, holds: 1 }, { held: 0, holds: 1 }];
  assert.deepEqual(levels(course), ["warn", "info"]);
});
