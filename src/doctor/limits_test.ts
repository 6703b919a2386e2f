import assert from "node:assert/strict";
import {
  openFilesCheck,
  socketBufferCheck,
  WANTED_SEND_BUFFER_BYTES,
} from "./limits.ts";

Deno.test("socketBufferCheck() warns of less than the sender asks for", () => {
  assert.equal(socketBufferCheck(WANTED_SEND_BUFFER_BYTES).status, "ok");
  const small = socketBufferCheck(212_992);
  assert.equal(small.status, "warning");
  assert.match(small.found, /^208 KiB/);
  assert.match(small.remedy, /net\.core\.wmem_max=4194304/);
});

Deno.test("openFilesCheck() warns of a low limit", () => {
  assert.equal(openFilesCheck(Infinity).found, "no limit");
  assert.equal(openFilesCheck(1024).status, "ok");
  const low = openFilesCheck(64);
  assert.equal(low.status, "warning");
  assert.match(low.remedy, /ulimit -n/);
});
