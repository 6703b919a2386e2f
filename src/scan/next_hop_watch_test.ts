import assert from "node:assert/strict";
import { NextHopWatch } from "./next_hop_watch.ts";

const MAC = Uint8Array.of(2, 0, 0, 0, 0, 1);
const OTHER_MAC = Uint8Array.of(2, 0, 0, 0, 0, 2);

function watchOf(): NextHopWatch {
  return new NextHopWatch({ address: 0xc00002fe, mac: MAC });
}

/** Times at which it is asked, in steps of 50 ms. */
function asked(
  watch: NextHopWatch,
  { fromS, toS, isSuspicious, isAnswered }: {
    readonly fromS: number;
    readonly toS: number;
    readonly isSuspicious: boolean;
    readonly isAnswered: boolean;
  },
): number[] {
  const times: number[] = [];
  for (let step = 0; fromS + step / 20 < toS; step++) {
    const nowS = fromS + step / 20;
    if (!watch.ask(nowS, isSuspicious)) continue;
    times.push(nowS);
    if (isAnswered) watch.hear(MAC, nowS);
  }
  return times;
}

/** One that has answered at 0 s. */
function answering(): NextHopWatch {
  const watch = watchOf();
  assert.equal(watch.ask(0, false), true);
  assert.equal(watch.hear(MAC, 0), null);
  return watch;
}

Deno.test("NextHopWatch.ask() asks at the start, and then only when something is wrong", () => {
  const watch = watchOf();
  const calm = { isSuspicious: false, isAnswered: true };
  assert.deepEqual(asked(watch, { fromS: 0, toS: 100, ...calm }), [0]);
  watch.doubt();
  assert.deepEqual(asked(watch, { fromS: 100, toS: 200, ...calm }), [100]);
});

Deno.test("NextHopWatch.ask() asks less and less often while it answers and nobody else does", () => {
  const times = asked(answering(), {
    ...{ fromS: 10, toS: 110, isSuspicious: true, isAnswered: true },
  });
  assert.deepEqual(times.map(Math.round), [10, 12, 16, 24, 40, 70, 100]);
});

Deno.test("NextHopWatch.isGone() needs three requests in vain, of one that has answered before", () => {
  const silent = { fromS: 10, isSuspicious: true, isAnswered: false };
  const watch = answering();
  asked(watch, { ...silent, toS: 10.7 });
  assert.equal(watch.isGone(10.7), false, "the third may be answered still");
  assert.equal(watch.isGone(11), true);
  assert.equal(asked(watch, { ...silent, fromS: 11, toS: 21 }).length, 10);
  watch.hear(MAC, 21);
  assert.equal(watch.isGone(22), false);

  const never = watchOf();
  asked(never, { ...silent, toS: 20 });
  assert.equal(never.isGone(20), false);
  assert.equal(never.canAnswer, false);
});

Deno.test("NextHopWatch.moved() believes another address when the present one does not answer", () => {
  const watch = answering();
  assert.equal(watch.hear(OTHER_MAC, 5), null);
  assert.equal(watch.moved(5), null);
  assert.equal(watch.ask(5, false), true, "the present one may object");
  const moved = watch.moved(5.2);
  assert.deepEqual(moved?.mac, OTHER_MAC);
  assert.match(moved!.text, /02:00:00:00:00:02, no longer 02:00:00:00:00:01/);
  assert.equal(watch.moved(6), null, "once");
  assert.equal(watch.isOpen, false);
});

Deno.test("NextHopWatch.hear() keeps the present address while it answers, and says once that two claim to be it", () => {
  const watch = answering();
  assert.equal(watch.hear(OTHER_MAC, 5), null);
  assert.match(watch.hear(MAC, 5.01)!, /two hosts claim to be gateway/);
  assert.equal(watch.moved(6), null);
  watch.hear(OTHER_MAC, 10);
  assert.equal(watch.hear(MAC, 10.01), null);
});

Deno.test("NextHopWatch.await() waits for one that answers, and not for one that never did", () => {
  const watch = answering();
  watch.await();
  assert.equal(watch.isAwaited, true);
  assert.ok(
    asked(watch, {
      ...{ fromS: 1, toS: 60, isSuspicious: false, isAnswered: false },
    }).length > 50,
  );
  watch.hear(MAC, 60);
  assert.equal(watch.isAwaited, false);
  const never = watchOf();
  never.await();
  assert.equal(never.isAwaited, false);
});

Deno.test("NextHopWatch.redirect() waits for the gateway that takes its place, and tells where it is", () => {
  const watch = answering();
  watch.redirect(0xc00002fd);
  assert.equal(watch.isAwaited, true);
  assert.equal(watch.ask(0.05, false), true, "at once");
  watch.hear(OTHER_MAC, 0.1);
  assert.equal(watch.isAwaited, false);
  const moved = watch.moved(0.1);
  assert.deepEqual(moved?.mac, OTHER_MAC);
  assert.equal(moved?.isExpected, true);
  assert.equal(watch.moved(1), null, "once");

  const followed = new NextHopWatch({ address: 0xc00002fe, mac: null });
  followed.redirect(0xc00002fd);
  assert.equal(followed.isAwaited, false, "the kernel follows by itself");
  followed.hear(OTHER_MAC, 1);
  assert.equal(followed.moved(1), null);
});
