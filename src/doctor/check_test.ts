import assert from "node:assert/strict";
import { joinFamilies, pass, warn } from "./check.ts";

Deno.test("joinFamilies() tells families apart where their checks differ", () => {
  const same = pass("neighbours", "none");
  const complaint = { found: "small", needed: "more", remedy: "Enlarge it" };
  const joined = joinFamilies([
    { version: 4, checks: [pass("route", "to 192.0.2.1"), same] },
    {
      version: 6,
      checks: [pass("route", "to ::1"), same, warn("neighbours", complaint)],
    },
  ]);
  assert.deepEqual(
    joined.map(({ family, found, name }) => [family, name, found]),
    [
      [4, "route", "to 192.0.2.1"],
      [undefined, "neighbours", "none"],
      [6, "route", "to ::1"],
      [6, "neighbours", "small"],
    ],
  );
  assert.ok(!("family" in joined[1]!), "no key without a value");
});
