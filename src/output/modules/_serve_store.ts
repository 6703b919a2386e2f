/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import type { StoreReply } from "./_store_thread.ts";

/**
 * Answers the messages that a `StoreThread` sends to this thread.
 *
 * @param handle does what a message asks for, or throws
 * @param isFull tells whether it has thrown as the disk is full, and changed nothing
 */
export function serveStore<M>(
  handle: (message: M) => void | Promise<void>,
  isFull: (error: unknown) => boolean,
): void {
  self.onmessage = async ({ data }: MessageEvent<M>): Promise<void> => {
    try {
      await handle(data);
      self.postMessage({ fault: null, isFull: false } satisfies StoreReply);
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      self.postMessage(
        { fault, isFull: isFull(error) } satisfies StoreReply,
      );
    }
  };
}
