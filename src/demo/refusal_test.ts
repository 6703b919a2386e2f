import assert from "node:assert/strict";
import { namespaceError } from "./refusal.ts";

Deno.test("namespaceError() names the calls and the errors, and what lifts the last", () => {
  const error = namespaceError([
    {
      flags: "CLONE_NEWNET",
      said: "unshare: unshare failed: Operation not permitted",
    },
    {
      flags: "CLONE_NEWUSER | CLONE_NEWNET",
      said: "unshare: unshare(0x50000000): No space left on device",
    },
  ]);
  assert.equal(
    error.message,
    "Cannot make a network namespace: unshare(CLONE_NEWNET) is refused with EPERM (Operation not permitted); " +
      "unshare(CLONE_NEWUSER | CLONE_NEWNET) is refused with ENOSPC (No space left on device)",
  );
  assert.match(error.remedy, /user\.max_user_namespaces/);
});

Deno.test("namespaceError() repeats what it does not understand", () => {
  const failed = namespaceError([{
    flags: "CLONE_NEWNET",
    said: "unshare: write failed /proc/self/uid_map: Operation not permitted",
  }]);
  assert.match(failed.message, /uid_map: Operation not permitted \(EPERM\)$/);
  assert.match(failed.remedy, /apparmor_restrict/);
  const odd = namespaceError([{ flags: "CLONE_NEWNET", said: "no idea" }]);
  assert.match(odd.message, /: no idea$/);
  assert.notEqual(odd.remedy, "");
});
