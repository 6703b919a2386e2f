import { allowedProcessors, pinThread } from "../../ffi/machine_limits.ts";
import { PreflightError } from "../base/mod.ts";

/** Processors by what runs on them; null: wherever the kernel likes. */
export interface ProcessorPlan {
  readonly receiver: number | null;
  readonly senders: readonly (number | null)[];
  /** Of the main thread, which reports and writes. */
  readonly monitor: number | null;
}

/**
 * Gives each thread of a scan a processor of the list: the receiver takes first, then the senders, then the
 * monitor, from the start again when the list is too short. An empty list leaves it to the kernel.
 *
 * @throws {PreflightError} when this program may not use one of them
 */
export function planProcessors(
  processors: readonly number[],
  senderCount: number,
): ProcessorPlan {
  if (processors.length === 0) {
    const senders = Array.from({ length: senderCount }, () => null);
    return { receiver: null, senders, monitor: null };
  }
  const allowed = allowedProcessors();
  const missing = processors.find((number) => !allowed.includes(number));
  if (missing !== undefined) {
    throw new PreflightError(
      "cores",
      `Cannot use processor ${missing}: it does not exist, or is not for this program`,
      `Choose among ${allowed.join(", ")}`,
    );
  }
  const take = (index: number): number =>
    processors[index % processors.length]!;
  return {
    receiver: take(0),
    senders: Array.from({ length: senderCount }, (_, i) => take(1 + i)),
    monitor: take(1 + senderCount),
  };
}

/** Lets the calling thread run on this processor only; null changes nothing. */
export function runOn(processor: number | null): void {
  if (processor !== null) pinThread(processor);
}
