/** What a worker exchanges messages by; `T` comes in. */
export interface WorkerScope<T> {
  /** Takes each message of whoever has started the worker. */
  onmessage: ((event: MessageEvent<T>) => void) | null;
  /** Sends a message to it. */
  postMessage(message: unknown): void;
}

/** The global scope of the worker that this thread is: a package may not change the types of the global scope. */
export function workerScope<T>(): WorkerScope<T> {
  return globalThis as unknown as WorkerScope<T>;
}
