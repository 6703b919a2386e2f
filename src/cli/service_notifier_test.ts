import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { openNotifier, ServiceNotifier } from "./service_notifier.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

/** A notifier whose time stands, and what it sends. */
function scene(watchdogMs: number | null, send: () => void = () => {}): {
  readonly clock: { nowMs: number };
  readonly failures: readonly unknown[];
  readonly notifier: ServiceNotifier;
  readonly take: () => string[];
} {
  const sent: string[] = [];
  const failures: unknown[] = [];
  const clock = { nowMs: 0 };
  const notifier = new ServiceNotifier({
    socket: {
      send(text): void {
        send();
        sent.push(...text.trimEnd().split("\n"));
      },
      close: () => sent.push("closed"),
    },
    watchdogMs,
    report: () => "0:01 50%\nReading \x1b lists",
    nowMs: () => clock.nowMs,
    onFailure: (error) => failures.push(error),
  });
  return { clock, failures, notifier, take: () => sent.splice(0) };
}

Deno.test("ServiceNotifier tells start, readiness, status, life and end", () => {
  const { clock, notifier, take } = scene(4000);
  notifier.starting();
  assert.deepEqual(take(), [
    "WATCHDOG=1",
    "EXTEND_TIMEOUT_USEC=30000000",
    "STATUS=Reading   lists",
  ]);
  clock.nowMs = 2500;
  notifier.sending();
  assert.deepEqual(take(), ["READY=1", "STATUS=Sending", "WATCHDOG=1"]);
  for (
    const [nowMs, expected] of [[4400, []], [4500, ["WATCHDOG=1"]]] as const
  ) {
    clock.nowMs = nowMs;
    notifier.alive();
    assert.deepEqual(take(), expected);
  }
  notifier.status(" 0:02 51%");
  clock.nowMs += 999;
  notifier.status("too soon");
  clock.nowMs += 1;
  notifier.status("soon enough");
  assert.deepEqual(take(), ["STATUS=0:02 51%", "STATUS=soon enough"]);
  clock.nowMs = 20_000;
  notifier.stopping();
  notifier.stopping();
  assert.deepEqual(take(), [
    "STOPPING=1",
    "WATCHDOG=1",
    "EXTEND_TIMEOUT_USEC=30000000",
    "STATUS=Reading   lists",
  ]);
  notifier.close();
  notifier.stopping();
  assert.deepEqual(take(), ["closed"]);
});

Deno.test("ServiceNotifier gives no sign of life that nobody waits for", () => {
  const { notifier, take } = scene(null);
  notifier.sending();
  notifier.alive();
  assert.deepEqual(take(), ["READY=1", "STATUS=Sending"]);
  notifier.close();
  notifier.stopping();
  assert.deepEqual(take(), ["closed"]);
});

Deno.test("ServiceNotifier goes on where it cannot send, and says so once", () => {
  const { failures, notifier } = scene(10, () => {
    throw new Error("nobody listens");
  });
  notifier.sending();
  notifier.status("one");
  notifier.stopping();
  notifier.close();
  assert.equal(failures.length, 1);
});

Deno.test("openNotifier() warns of a socket that it cannot use", () => {
  const cases: [Record<string, string>, RegExp | null][] = [
    [{}, null],
    [{ NOTIFY_SOCKET: "" }, null],
    [{ NOTIFY_SOCKET: "vsock:2:1" }, /neither an absolute path nor/],
    [{ NOTIFY_SOCKET: `/${"x".repeat(107)}` }, /longer than a path may be/],
    [{ NOTIFY_SOCKET: "/nowhere/socket" }, /connect.*ENOENT/],
    [{ NOTIFY_SOCKET: "@nobody-listens-here" }, /connect.*ECONNREFUSED/],
    [{ NOTIFY_SOCKET: "@x", WATCHDOG_USEC: "1s" }, /WATCHDOG_USEC is no/],
  ];
  for (const [variables, expected] of cases) {
    const told: unknown[] = [];
    const problems = { tell: (error: unknown) => void told.push(error) };
    const environment = {
      names: () => [],
      get: (name: string) => variables[name],
    };
    assert.equal(openNotifier(() => "", problems, environment), null);
    if (expected === null) assert.deepEqual(told, []);
    else assert.match(String(told), expected);
  }
});
