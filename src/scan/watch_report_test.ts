import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import type { ScanIdentity, ScanView } from "../watch/view.ts";
import type { ViewSink } from "../watch/view_sink.ts";
import { COOLDOWN_S, linkDown, runCourse, TARGETS } from "./_test_run.ts";
import { WatchReport } from "./watch_report.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

const IDENTITY: ScanIdentity = {
  command_line: ["-p", "80"],
  version: "0.1.0",
  seed_digest: "0123456789abcdef",
  started_at: "2026-01-02T03:04:05.678Z",
  probe_module: "tcp_synscan",
  target_ports: [80],
  interface: "",
  shard: 0,
  shards: 1,
  is_dry_run: false,
};

/** Keeps what it is shown. */
class ViewKeeper implements ViewSink {
  readonly views: ScanView[] = [];
  readonly last: (ScanView | null)[] = [];
  readonly threads = {};
  readonly hasMap = false;
  readonly fault = null;

  begin(): void {}

  show({ view }: { readonly view: ScanView }): void {
    this.views.push(view);
  }

  confine(): void {}

  finish(shown: { readonly view: ScanView } | null): Promise<void> {
    this.last.push(shown?.view ?? null);
    return Promise.resolve();
  }
}

function watchWith(
  keeper: ViewKeeper,
  log: () => readonly [] = () => [],
): WatchReport {
  return new WatchReport({ sinks: [keeper], identity: IDENTITY, log });
}

Deno.test("WatchReport shows a view each second, and in the end what the summary has", async () => {
  const keeper = new ViewKeeper();
  const watch = watchWith(keeper);
  const { seconds, summary } = await runCourse({ watch });
  await watch.close();
  const { last, views } = keeper;
  assert.ok(views.length >= Math.floor(seconds), `${views.length} views`);
  const phases = views.map(({ phase }) => phase);
  assert.deepEqual([...new Set(phases)], ["sending", "cooldown"]);
  for (const [i, view] of views.entries()) {
    assert.ok(i === 0 || view.elapsed_seconds > views[i - 1]!.elapsed_seconds);
    assert.ok(view.progress >= 0 && view.progress <= 1);
    assert.equal(view.exit_reason, null);
    const { by_state, planned } = view.targets;
    assert.equal(by_state.probed + by_state.waiting, planned);
  }
  const cooling = views.find(({ phase }) => phase === "cooldown")!;
  assert.equal(cooling.limit.key, "cooldown");
  assert.match(cooling.phase_text, /^Waiting for late answers, another \d s$/);
  // Once with the final figures, and once more since nobody else knows that.
  const [view = null, closed] = last;
  assert.equal(closed, null);
  assert.equal(view?.phase, "done");
  assert.equal(view.exit_reason, "completed");
  assert.equal(view.packets_sent, TARGETS);
  assert.deepEqual(view.ledger, summary.ledger);
  assert.equal(view.seconds_left, 0);
  assert.equal(view.coverage, null);
  assert.equal(view.path_loss_reason, "a test");
});

Deno.test("WatchReport says what is waited for", async () => {
  const keeper = new ViewKeeper();
  const watch = watchWith(keeper);
  await runCourse({ watch, network: linkDown(0.2, 4) });
  await watch.close();
  const held = keeper.views.filter(({ limit }) => limit.key === "network");
  assert.ok(held.length >= 2);
  assert.match(held[0]!.limit.text, /the link is down/);
  assert.match(held[0]!.phase_text, /waiting: .*the link is down/);
});

Deno.test("WatchReport with a fault shows nothing more, and the scan goes on", async () => {
  const keeper = new ViewKeeper();
  let lines = 0;
  const watch = watchWith(keeper, () => {
    if (++lines > 2) throw new Error("no line");
    return [];
  });
  const { outcome, seconds, sent } = await runCourse({ watch });
  await watch.close();
  assert.deepEqual(outcome, { exitCode: 0, reason: "completed" });
  assert.equal(sent, TARGETS);
  assert.ok(seconds >= COOLDOWN_S);
  assert.equal(keeper.views.length, 2);
  assert.deepEqual(keeper.last, [null, null]);
});
