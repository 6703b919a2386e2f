import { PreflightError } from "../base/mod.ts";

/** What the workers of a scan post. */
type WorkerMessage =
  | {
    readonly kind: "ready";
    readonly backend: string;
    readonly reason: string;
  }
  | { readonly kind: "done"; readonly reason: string | null }
  | { readonly kind: "failed"; readonly cause: unknown };

/** A running worker of a scan. */
export class WorkerHandle {
  readonly #worker: Worker;
  /** Settles when the worker's loop has ended: null, or why it ended by itself. Never rejects. */
  readonly done: Promise<string | null>;

  /** What the worker exchanges packets with, and why this, as a sentence for the log without a final period. */
  readonly backend: string;

  private constructor(
    worker: Worker,
    done: Promise<string | null>,
    backend: string,
  ) {
    this.#worker = worker;
    this.done = done;
    this.backend = backend;
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
    const ready = Promise.withResolvers<string>();
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
      if (data.kind === "ready") {
        ready.resolve(`${role}: ${data.backend}, ${data.reason}`);
      } else if (data.kind === "done") done.resolve(data.reason);
      else fail(messageOf(data.cause), data.cause);
    };
    worker.onerror = (event): void => {
      event.preventDefault();
      fail(event.message, event.error);
    };
    worker.postMessage(options);
    try {
      return new WorkerHandle(worker, done.promise, await ready.promise);
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  /** Ends the worker at once. */
  terminate(): void {
    this.#worker.terminate();
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
