import assert from "node:assert/strict";
import fc from "fast-check";
import { Series } from "./series.ts";

Deno.test("Series keeps each second of a short scan as it was", () => {
  const series = new Series();
  for (let second = 1; second <= 5; second++) {
    series.add(second, 1, { sent: second * 10, loss: second < 3 ? null : 0.5 });
  }
  assert.deepEqual(series.data(), {
    step_seconds: 1,
    length: 5,
    channels: {
      sent: { mean: [10, 20, 30, 40, 50] },
      loss: { mean: [null, null, 0.5, 0.5, 0.5] },
    },
  });
});

Deno.test("Series shows the one second of ten hours in which something was lost", () => {
  const series = new Series();
  const seconds = 36_000;
  for (let second = 1; second <= seconds; second++) {
    series.add(second, 1, { lost: second === 12_345 ? 777 : 0 });
  }
  const { channels, length, step_seconds } = series.data();
  assert.ok(length <= 2000);
  assert.equal(step_seconds, 32);
  const { high, low, mean } = channels.lost!;
  const bin = Math.ceil(12_345 / step_seconds) - 1;
  assert.equal(high![bin], 777);
  assert.equal(low![bin], 0);
  assert.equal(high!.filter((value) => value !== 0).length, 1);
  const total = mean.reduce<number>((sum, value) => sum + value!, 0) *
    step_seconds;
  assert.ok(Math.abs(total - 777) < 1);
});

Deno.test("Series never loses a lowest or highest value, nor a mean", () => {
  const values = fc.array(fc.integer({ min: 1, max: 999 }), {
    minLength: 1,
    maxLength: 300,
  });
  fc.assert(fc.property(values, (list) => {
    const series = new Series({ most: 16 });
    list.forEach((value, at) => series.add(at + 1, 1, { value }));
    const { channels, length, step_seconds } = series.data();
    assert.ok(length <= 16);
    const { high, low, mean } = channels.value!;
    assert.equal(Math.max(...(high ?? mean) as number[]), Math.max(...list));
    assert.equal(Math.min(...(low ?? mean) as number[]), Math.min(...list));
    const first = list.slice(0, step_seconds);
    const wanted = first.reduce((sum, value) => sum + value, 0) / first.length;
    assert.ok(Math.abs(mean[0]! - wanted) <= wanted / 1000);
  }));
});

Deno.test("Series.restore() goes on where plain data ended", () => {
  const whole = new Series();
  let series = new Series();
  for (let second = 1; second <= 5000; second++) {
    const sample = { sent: second % 7, loss: second < 9 ? null : 1 };
    whole.add(second, 1, sample);
    series.add(second, 1, sample);
    if (second % 1777 === 0) {
      series = Series.restore(JSON.parse(JSON.stringify(series.data())));
    }
  }
  const [a, b] = [whole.data(), series.data()];
  assert.equal(b.length, a.length);
  assert.equal(b.step_seconds, a.step_seconds);
  assert.deepEqual(b.channels.sent!.high, a.channels.sent!.high);
  assert.deepEqual(b.channels.sent!.low, a.channels.sent!.low);
});
