import assert from "node:assert/strict";
import { FakeSignals } from "./_fake_signals.ts";
import { StatusRequests } from "./status_requests.ts";

Deno.test("StatusRequests.answerWith() answers each request, and the one that waits", () => {
  const source = new FakeSignals();
  const requests = new StatusRequests(source);
  source.raise("SIGQUIT");
  source.raise("SIGQUIT");
  let answers = 0;
  requests.answerWith(() => void answers++);
  assert.equal(answers, 1);
  source.raise("SIGQUIT");
  assert.equal(answers, 2);
  requests.answerWith(() => {});
  source.raise("SIGQUIT");
  assert.equal(answers, 2);
});

Deno.test("StatusRequests.release() leaves the signal to the system", () => {
  const source = new FakeSignals();
  new StatusRequests(source).release();
  assert.deepEqual(source.names, []);
});
