import assert from "node:assert/strict";
import { getLogger } from "@logtape/logtape";
import { releaseCheckpoint } from "./keep_checkpoint.ts";
import type { ScanParts } from "./scan_parts.ts";
import type { Stop } from "./stop_rules.ts";

/** What becomes of a checkpoint, and whether it is left. */
async function release(
  stop: Stop | null,
  fault: string | null,
): Promise<readonly unknown[]> {
  const calls: unknown[] = [];
  const parts = {
    checkpoints: {
      fail: (reason: string) => Promise.resolve(void calls.push(reason)),
      remove: () => Promise.resolve(void calls.push("removed")),
    },
    config: { checkpoint: { path: "/rows.pacemap" } },
    logger: getLogger(["pacemap", "test"]),
  } as unknown as ScanParts;
  return [...calls, await releaseCheckpoint(parts, stop, fault), ...calls];
}

Deno.test("releaseCheckpoint() removes only the checkpoint of a scan that has all on the disk", async () => {
  assert.deepEqual(await release(null, null), [false, "removed"]);
  assert.deepEqual(await release(null, "no space"), [true, "no space"]);
  const stop = { kind: "limit", reason: "time" } as const;
  assert.deepEqual(await release(stop, null), [true]);
  // What ended it says why; that the metadata are missing too does not.
  assert.deepEqual(await release(stop, "no space"), [true]);
});
