import assert from "node:assert/strict";
import { Surrender } from "./surrender.ts";

Deno.test("Surrender.unless() resolves to null as soon as it is given up, and from then on", async () => {
  const surrender = new Surrender();
  assert.equal(await surrender.unless(Promise.resolve(7)), 7);
  await assert.rejects(surrender.unless(Promise.reject(new Error("no"))), /no/);
  const waiting = surrender.unless(new Promise(() => {}));
  surrender.giveUp();
  assert.equal(await waiting, null);
  assert.equal(await surrender.unless(Promise.resolve(7)), null);
});
