import assert from "node:assert/strict";
import { availableMemory, memoryCheck, pathsAbove } from "./memory.ts";

const GIB = 2 ** 30;

function files(texts: Record<string, string>): (path: string) => string | null {
  return (path) => texts[path] ?? null;
}

Deno.test("availableMemory() is the least of system and control groups", () => {
  const system = {
    "/proc/meminfo": "MemTotal: 9 kB\nMemAvailable:    2097152 kB\n",
  };
  assert.equal(availableMemory(files(system)), 2 * GIB);
  assert.equal(availableMemory(files({})), null);
  const unified = {
    ...system,
    "/proc/self/cgroup": "0::/a/b\n",
    "/sys/fs/cgroup/a/b/memory.max": "max\n",
    "/sys/fs/cgroup/a/b/memory.current": "5\n",
    "/sys/fs/cgroup/a/memory.max": `${GIB}\n`,
    "/sys/fs/cgroup/a/memory.current": `${GIB / 4}\n`,
  };
  assert.equal(availableMemory(files(unified)), 0.75 * GIB);
  const older = {
    ...system,
    "/proc/self/cgroup": "4:cpu,memory:/x\n0::/\n",
    "/sys/fs/cgroup/memory/x/memory.limit_in_bytes": "1000\n",
    "/sys/fs/cgroup/memory/x/memory.usage_in_bytes": "2000\n",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    "/sys/fs/cgroup/memory/memory.usage_in_bytes": "5\n",
  };
  assert.equal(availableMemory(files(older)), 0);
});

Deno.test("availableMemory() counts idle copies of files as free", () => {
  const unified = {
    "/proc/self/cgroup": "0::/a\n",
    "/sys/fs/cgroup/a/memory.max": `${2 * GIB}\n`,
    "/sys/fs/cgroup/a/memory.current": `${2 * GIB}\n`,
    "/sys/fs/cgroup/a/memory.stat": `anon 5\ninactive_file ${GIB}\nslab 7\n`,
  };
  assert.equal(availableMemory(files(unified)), GIB);
  const older = {
    "/proc/self/cgroup": "4:memory:/\n",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": `${GIB}\n`,
    "/sys/fs/cgroup/memory/memory.usage_in_bytes": `${GIB}\n`,
    "/sys/fs/cgroup/memory/memory.stat": "total_inactive_file 4096\n",
  };
  assert.equal(availableMemory(files(older)), 4096);
});

Deno.test("pathsAbove() goes up to the root", () => {
  assert.deepEqual(pathsAbove("/a/b"), ["/a/b", "/a", ""]);
  assert.deepEqual(pathsAbove("/"), [""]);
});

Deno.test("memoryCheck() compares with what answers may take", () => {
  const lab = { targetCount: 131_072, isWide: false };
  assert.equal(memoryCheck(GIB, lab).status, "ok");
  assert.equal(memoryCheck(GIB, lab).found, "1 GiB available");
  assert.equal(memoryCheck(null, lab).status, "ok");
  assert.match(memoryCheck(100e6, lab).remedy, /container/);
  const internet = { targetCount: 3.7e9, isWide: false };
  const large = memoryCheck(24 * GIB, internet);
  assert.equal(large.status, "ok");
  assert.match(large.found, /enough for 64% of the targets/);
  const small = memoryCheck(2 * GIB, internet);
  assert.equal(small.status, "warning");
  assert.match(small.found, /enough for 4\.6%/);
  assert.match(small.remedy, /--shards/);
  const ports = memoryCheck(24 * GIB, { ...internet, isWide: true });
  assert.match(ports.found, /enough for 43%/);
});
