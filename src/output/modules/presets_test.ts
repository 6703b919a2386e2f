import assert from "node:assert/strict";
import { CLOSED, OPEN, OPEN6, textOf } from "./_test_answers.ts";
import { lzr } from "./lzr.ts";
import { zgrab2 } from "./zgrab2.ts";

Deno.test("zgrab2 leaves host name and tag empty", async () => {
  assert.equal(
    await textOf(zgrab2, [OPEN, CLOSED, OPEN6]),
    "192.0.2.9,,,443\n192.0.2.10,,,80\n2001:db8::9,,,443\n",
  );
});

Deno.test("lzr writes connections, with addresses of IPv6 in full", async () => {
  const [four, six] = (await textOf(lzr, [OPEN, OPEN6])).trim().split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    [four.saddr, four.daddr, four.sport, four.seqnum, four.window],
    ["192.0.2.9", "10.9.0.1", 443, 0x01020304, 64240],
  );
  assert.equal(six.saddr, "2001:0db8:0000:0000:0000:0000:0000:0009");
});
