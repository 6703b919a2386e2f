import assert from "node:assert/strict";

/** Warnings name each place once when it begins to lose and once when it has ended, and are few. */
export function assertWarned(stderr: string, place: string): void {
  const lines = stderr.split("\n").filter((line) =>
    line.includes("[WARN] scan:")
  );
  assert.ok(lines.length < 30, stderr);
  const ofPlace = lines.filter((line) => line.includes(` ${place}: `));
  const begins = /(losing (packets|rows)|refuses frames), [\d,]+ in the last/;
  assert.match(ofPlace[0] ?? "", begins);
  assert.match(ofPlace.at(-1)!, /has ended, [\d,]+ in \d+ s$/);
  for (const how of [begins, /has ended/]) {
    assert.equal(ofPlace.filter((line) => how.test(line)).length, 1, stderr);
  }
}
