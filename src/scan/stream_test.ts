import assert from "node:assert/strict";
import type { StreamCounts } from "../targets/mod.ts";
import { streamFault, streamNotes } from "./stream.ts";

const NOTHING: StreamCounts = {
  badLines: 0,
  added: 0,
  repeats: 0,
  blocked: 0,
  unroutable: 0,
  otherFamily: 0,
  otherShards: 0,
  full: 0,
};

Deno.test("streamNotes() names each reason for which an address was not probed", () => {
  assert.deepEqual(streamNotes({ ...NOTHING, added: 5 }), []);
  const reasons = Object.keys(NOTHING).filter((key) => key !== "added");
  for (const reason of reasons) {
    const [note, ...others] = streamNotes({ ...NOTHING, [reason]: 3 });
    assert.equal(note!.count, 3, reason);
    assert.deepEqual(others, []);
  }
});

Deno.test("streamFault() is that addresses had no room, or none a route", () => {
  assert.equal(streamFault({ ...NOTHING, repeats: 7, blocked: 2 }), null);
  assert.equal(streamFault({ ...NOTHING, unroutable: 2, added: 9 }), null);
  assert.match(streamFault({ ...NOTHING, unroutable: 2 })!, /no route leads/);
  assert.match(
    streamFault({ ...NOTHING, full: 1234 })!,
    /1,234 addresses of the input were not probed/,
  );
});
