import assert from "node:assert/strict";
import { FileFate } from "./file_fate.ts";

Deno.test("FileFate.note() counts each cut once, and what is deleted stays so", () => {
  const fate = new FileFate();
  const seen = { isDeleted: false, isMoved: true };
  fate.note({ ...seen, lengthBytes: 60 }, 100);
  fate.note({ ...seen, lengthBytes: 60 }, 100);
  assert.deepEqual([fate.missingBytes, fate.isMoved], [40, true]);
  fate.note({ lengthBytes: 5, isDeleted: true, isMoved: false }, 110);
  fate.note({ lengthBytes: 5, isDeleted: false, isMoved: false }, 110);
  assert.deepEqual([fate.missingBytes, fate.isMoved], [105, false]);
  assert.ok(fate.isDeleted);
});
