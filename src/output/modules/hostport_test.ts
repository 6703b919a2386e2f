import assert from "node:assert/strict";
import { CLOSED, contextOf, OPEN, OPEN6, textOf } from "./_test_answers.ts";
import { hostport } from "./hostport.ts";

Deno.test("hostport writes addresses of IPv6 in brackets, and no port where there is none", async () => {
  assert.equal(
    await textOf(hostport, [OPEN, CLOSED, OPEN6]),
    "192.0.2.9:443\n192.0.2.10:80\n[2001:db8::9]:443\n",
  );
  assert.equal(
    await textOf(hostport, [OPEN, OPEN6], { ports: [] }),
    "192.0.2.9\n2001:db8::9\n",
  );
});

Deno.test("hostport counts its rows", async () => {
  const encoder = await hostport.open(contextOf(hostport));
  encoder.append(OPEN);
  encoder.append(CLOSED);
  assert.equal(encoder.take().rows, 2);
  assert.equal(encoder.take().rows, 0);
  assert.equal(encoder.lengthBytes, 0);
});
