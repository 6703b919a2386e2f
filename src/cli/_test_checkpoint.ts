import { type CheckpointPhase, createCheckpoint } from "../checkpoint/mod.ts";
import { TEST_CONTENT } from "../checkpoint/_test_content.ts";
import type { ProgramSignals } from "../signals/mod.ts";
import { make } from "./_test_scan_config.ts";

/** Signals of a program that gets none. */
export const SIGNALS = {
  ends: { listen: () => {} },
  status: { answerWith: () => {} },
} as unknown as ProgramSignals;

/** Makes the checkpoint that a scan with these arguments would have left; returns its path. */
export async function leaveCheckpoint(
  args: readonly string[],
  phase: CheckpointPhase = "sending",
): Promise<string> {
  const { config } = await make(...args);
  const { job, path } = config.checkpoint!;
  const state = { ...TEST_CONTENT.state, phase };
  (await createCheckpoint(path, { job, state }))[Symbol.dispose]();
  return path;
}
