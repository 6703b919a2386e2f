import assert from "node:assert/strict";
import {
  processorCheck,
  type ProcessorFacts,
  readProcessorFacts,
  readProcessorTimes,
} from "./cpu.ts";

const IDLE: ProcessorFacts = {
  allowed: 4,
  quota: null,
  load: 0.2,
  busyShare: 0.03,
  stolenShare: 0,
};

function files(texts: Record<string, string>): (path: string) => string | null {
  return (path) => texts[path] ?? null;
}

Deno.test("readProcessorTimes() adds up the processors that are allowed", () => {
  const stat = files({
    "/proc/stat":
      "cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 10 0 5 80 3 0 1 1 7 0\ncpu1 1 1 1 1 1 1 1 1 1 1\n" +
      "cpu10 10 0 0 90 0 0 0 0 0 0\nintr 5\n",
  });
  assert.deepEqual(readProcessorTimes(stat, [0]), {
    total: 100,
    idle: 83,
    stolen: 1,
  });
  assert.equal(readProcessorTimes(stat, [0, 10]).total, 200);
  assert.equal(readProcessorTimes(files({}), [0]).total, 0);
});

Deno.test("readProcessorFacts() takes shares of the time watched, and the tightest quota", () => {
  const before = { total: 1000, idle: 900, stolen: 10 };
  const after = { total: 1100, idle: 925, stolen: 20 };
  const read = files({
    "/proc/loadavg": "1.25 1.00 0.50 2/100 99\n",
    "/proc/self/cgroup": "0::/a/b\n1:cpuacct,cpu:/c\n",
    "/sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
    "/sys/fs/cgroup/a/cpu.max": "150000 100000\n",
    "/sys/fs/cgroup/cpu/c/cpu.cfs_quota_us": "-1\n",
    "/sys/fs/cgroup/cpu/c/cpu.cfs_period_us": "100000\n",
  });
  assert.deepEqual(readProcessorFacts(read, [0, 1], [before, after]), {
    allowed: 2,
    quota: 1.5,
    load: 1.25,
    busyShare: 0.75,
    stolenShare: 0.1,
  });
  const quick = readProcessorFacts(files({}), [0]);
  assert.deepEqual(Object.values(quick), [1, null, null, null, null]);
});

Deno.test("processorCheck() wants two free processors", () => {
  assert.equal(processorCheck(IDLE).status, "ok");
  assert.equal(processorCheck(IDLE).found, "4 allowed, 3% busy, load 0.2");
  const cases: [Partial<ProcessorFacts>, RegExp][] = [
    [{ allowed: 1 }, /taskset/],
    [{ quota: 1.5 }, /container/],
    [{ stolenShare: 0.2 }, /virtual machines/],
    [{ busyShare: 0.8 }, /other programs/],
  ];
  for (const [facts, remedy] of cases) {
    const check = processorCheck({ ...IDLE, ...facts });
    assert.equal(check.status, "warning");
    assert.match(check.remedy, remedy);
  }
});
