import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { openSystemLibc } from "../../ffi/system_call.ts";
import {
  boundSendBuffers,
  currentThreadId,
  ProcessStatus,
  threadProcessorSeconds,
} from "../../ffi/thread_facts.ts";

// They stay open with the thread, which Deno 2.6 takes for a leak of the test that opens them.
completeLibc();
openSystemLibc();

/** A number that no thread has: larger than the kernel's limit, <linux/threads.h>. */
const NO_THREAD = 1 << 23;

Deno.test("threadProcessorSeconds() grows with what a thread does, and is null for none", () => {
  const id = currentThreadId();
  assert.ok(id > 0);
  const before = threadProcessorSeconds(id)!;
  let sum = 0;
  while (threadProcessorSeconds(id)! < before + 0.02) sum += Math.sqrt(sum + 1);
  assert.ok(sum > 0);
  assert.equal(threadProcessorSeconds(NO_THREAD), null);
  assert.equal(threadProcessorSeconds(0), null);
});

Deno.test("ProcessStatus.memory() follows what the process uses", () => {
  using status = ProcessStatus.open()!;
  const before = status.memory()!;
  assert.ok(before.residentBytes > 1 << 20);
  assert.ok(before.peakBytes >= before.residentBytes);
  const held = new Uint8Array(1 << 28).fill(1);
  const after = status.memory()!;
  assert.ok(after.peakBytes >= before.residentBytes + held.length / 2);
  assert.equal(held[held.length - 1], 1);
});

Deno.test("boundSendBuffers() bounds what waits for a client that reads nothing", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  boundSendBuffers(65_536, 4096);
  using client = await Deno.connect({ port: listener.addr.port });
  using conn = await listener.accept();
  const piece = new Uint8Array(65_536);
  let taken = 0;
  for (;;) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), 300);
    });
    const written = await Promise.race([conn.write(piece), late]);
    clearTimeout(timer);
    if (written === null) break;
    taken += written;
  }
  // The buffer of this end, twice, and that of the other: without, it takes megabytes.
  assert.ok(taken < 1 << 20, `${taken} bytes`);
  assert.ok(client.remoteAddr !== null);
});
