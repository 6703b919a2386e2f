import assert from "node:assert/strict";
import { PreflightError } from "../base/mod.ts";
import {
  failureOf,
  runWorkerJob,
  type WorkerJob,
  type WorkerMessage,
} from "./worker_protocol.ts";

function job(run: () => string | null, events: string[]): WorkerJob {
  return {
    backend: "ring",
    reason: "as asked",
    run,
    [Symbol.dispose]: () => events.push("disposed"),
  };
}

Deno.test("runWorkerJob() says closed once everything is disposed", () => {
  const events: string[] = [];
  runWorkerJob(
    () => job(() => null, events),
    (message) => events.push(message.kind),
  );
  assert.deepEqual(events, ["ready", "done", "disposed", "closed"]);
});

Deno.test("runWorkerJob() reports a loop that throws, after it has disposed everything", () => {
  const events: string[] = [];
  const messages: WorkerMessage[] = [];
  const broken = job(() => {
    throw new TypeError("Cannot go on");
  }, events);
  runWorkerJob(() => broken, (message) => messages.push(message));
  assert.deepEqual(events, ["disposed"]);
  const failure = {
    check: "",
    message: "Cannot go on",
    remedy: "",
    errno: null,
  };
  assert.deepEqual(messages.at(-1), { kind: "failed", failure });
});

Deno.test("failureOf() keeps check, message, remedy and errno through structuredClone", () => {
  const cause = Object.assign(new Error("bind: EPERM"), { errno: 1 });
  const error = new PreflightError("rights", "No right", "Be root", cause);
  assert.deepEqual(structuredClone(failureOf(error)), {
    check: "rights",
    message: "No right",
    remedy: "Be root",
    errno: 1,
  });
});
