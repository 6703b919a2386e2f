import assert from "node:assert/strict";
import { faultOf, type Remains } from "./remains.ts";

const END = { signal: "SIGTERM", afterMs: 100 } as const;
const STOPPED: Remains = {
  code: 1,
  killedBy: null,
  stderr: "stopped by SIGTERM",
  rows: "saddr\n198.18.0.1\n",
  metadata: '{"exit_reason":"stopped by SIGTERM","success_unique":1}',
};
const DONE: Remains = {
  ...STOPPED,
  code: 0,
  stderr: "",
  metadata: '{"exit_reason":"completed","success_unique":1}',
};
const NOTHING = { rows: null, metadata: null };
const KILLED: Remains = {
  ...{ code: 143, killedBy: "SIGTERM", stderr: "" },
  ...NOTHING,
};

Deno.test("faultOf() finds nothing wrong with a right end", () => {
  for (const remains of [STOPPED, DONE, KILLED, { ...STOPPED, ...NOTHING }]) {
    assert.equal(faultOf(remains, END), null);
  }
  assert.equal(faultOf(DONE, null), null);
});

Deno.test("faultOf() finds what is wrong", () => {
  const wrong: [Partial<Remains>, RegExp][] = [
    [{ metadata: "" }, /do not parse/],
    [{ rows: "saddr\n198.18.0.1\n198.1" }, /not whole/],
    [{ rows: "saddr\n" }, /0 rows for 1/],
    [{ rows: null }, /not whole/],
    [{ code: 3 }, /code 3/],
    [{ code: 130 }, /code 130/],
    [{ killedBy: "SIGSEGV" }, /killed by SIGSEGV/],
    [{ killedBy: "SIGTERM" }, /killed by SIGTERM/],
    [{ code: 0 }, /reason stopped/],
    [{ metadata: null, stderr: "" }, /code 1/],
  ];
  for (const [change, fault] of wrong) {
    assert.match(faultOf({ ...STOPPED, ...change }, END) ?? "", fault);
  }
  assert.match(faultOf(STOPPED, null) ?? "", /code 1/);
  assert.match(faultOf(KILLED, null) ?? "", /killed/);
});
