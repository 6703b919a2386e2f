import assert from "node:assert/strict";
import { FakeSignals } from "./_fake_signals.ts";
import { EndSignals } from "./end_signals.ts";

Deno.test("EndSignals.listen() tells what has come before, and what comes", () => {
  const source = new FakeSignals();
  const ends = new EndSignals(source, new Set());
  source.raise("SIGTERM");
  const heard: string[] = [];
  ends.listen((name) => heard.push(name));
  assert.deepEqual(heard, ["SIGTERM"]);
  source.raise("SIGHUP");
  source.raise("SIGINT");
  assert.deepEqual(heard, ["SIGTERM", "SIGHUP", "SIGINT"]);
});

Deno.test("EndSignals leaves alone what the program was started to ignore", () => {
  const source = new FakeSignals();
  new EndSignals(source, new Set(["SIGHUP"]));
  assert.deepEqual(source.names, ["SIGINT", "SIGTERM"]);
});

Deno.test("EndSignals.release() listens no longer and returns the first that has come", () => {
  const source = new FakeSignals();
  assert.equal(new EndSignals(source, new Set()).release(), null);
  assert.deepEqual(source.names, []);
  const ends = new EndSignals(source, new Set());
  source.raise("SIGHUP");
  source.raise("SIGINT");
  assert.equal(ends.release(), "SIGHUP");
});
