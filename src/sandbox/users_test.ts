import assert from "node:assert/strict";
import { findUser } from "./users.ts";

const FILES: Readonly<Record<string, string>> = {
  "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n" +
    "scanner:x:997:996::/:/usr/sbin/nologin\nbroken:x\n",
  "/etc/group": "root:x:0:\nwriters:x:50:scanner\n",
};
const read = (path: string): string | null => FILES[path] ?? null;

Deno.test("findUser() knows users by name and number", () => {
  const scanner = { userId: 997, groupId: 996 };
  assert.deepEqual(findUser("scanner", read), scanner);
  assert.deepEqual(findUser("997", read), scanner);
  assert.deepEqual(findUser("1234", read), { userId: 1234, groupId: 1234 });
  assert.deepEqual(findUser("1234", () => null), {
    userId: 1234,
    groupId: 1234,
  });
});

Deno.test("findUser() takes a group besides", () => {
  assert.deepEqual(findUser("scanner:writers", read), {
    userId: 997,
    groupId: 50,
  });
  assert.deepEqual(findUser("5:7", read), { userId: 5, groupId: 7 });
});

Deno.test("findUser() refuses whom it does not find, and says whom", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["nobody-here", /no user is "nobody-here"/],
    ["broken", /no user is "broken"/],
    ["", /no user is ""/],
    ["4294967295", /no user/],
    ["scanner:", /no group is ""/],
    ["scanner:none", /no group is "none"/],
    [":writers", /no user is ""/],
    ["-1", /no user/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => findUser(text, read), { name: "RangeError", message });
  }
});
