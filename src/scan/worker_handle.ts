import { PreflightError } from "../base/mod.ts";

/** What the workers of a scan post. */
type WorkerMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "done"; readonly reason: string | null }
  | { readonly kind: "failed"; readonly cause: unknown };

/** A running worker of a scan. */
export class WorkerHandle {
  readonly #worker: Worker;
  /** Settles when the worker's loop has ended: null, or why it ended by itself. Never rejects. */
  readonly done: Promise<string | null>;

  private constructor(worker: Worker, done: Promise<string | null>) {
    this.#worker = worker;
    this.done = done;
  }

  /**
   * Starts a worker and waits until it has opened all that it needs.
   *
   * @param role what the worker does, for messages: `sender`, `receiver`
   * @throws {PreflightError} when it cannot open something
   */
  static async start(
    url: URL,
    role: string,
    options: unknown,
  ): Promise<WorkerHandle> {
    const worker = new Worker(url, { type: "module", name: role });
    const ready = Promise.withResolvers<void>();
    const done = Promise.withResolvers<string | null>();
    const fail = (text: string, cause: unknown): void => {
      const remedy = "Check rights, libraries and the interface";
      ready.reject(
        new PreflightError(
          role,
          `Cannot start the ${role}: ${text}`,
          remedy,
          cause,
        ),
      );
      done.resolve(`${role}: ${text}`);
    };
    worker.onmessage = ({ data }: MessageEvent<WorkerMessage>): void => {
      if (data.kind === "ready") ready.resolve();
      else if (data.kind === "done") done.resolve(data.reason);
      else fail(messageOf(data.cause), data.cause);
    };
    worker.onerror = (event): void => {
      event.preventDefault();
      fail(event.message, event.error);
    };
    worker.postMessage(options);
    try {
      await ready.promise;
    } catch (error) {
      worker.terminate();
      throw error;
    }
    return new WorkerHandle(worker, done.promise);
  }

  /** Ends the worker at once. */
  terminate(): void {
    this.#worker.terminate();
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
