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

/** A worker of a scan. It loads its code as soon as it is made, and runs once it is started. */
export class WorkerHandle {
  /** Settles when the worker's loop has ended: null, or why it ended by itself. Never rejects. */
  readonly done: Promise<string | null>;
  readonly #worker: Worker;
  readonly #ready = Promise.withResolvers<string>();
  #backend = "";

  /** @param role what the worker does, for messages: `sender`, `receiver` */
  constructor(url: URL, role: string) {
    const worker = new Worker(url, { type: "module", name: role });
    const done = Promise.withResolvers<string | null>();
    const fail = (text: string, cause: unknown): void => {
      const remedy = "Check rights, libraries and the interface";
      const message = `Cannot start the ${role}: ${text}`;
      this.#ready.reject(new PreflightError(role, message, remedy, cause));
      done.resolve(`${role}: ${text}`);
    };
    worker.onmessage = ({ data }: MessageEvent<WorkerMessage>): void => {
      if (data.kind === "ready") {
        this.#ready.resolve(`${role}: ${data.backend}, ${data.reason}`);
      } else if (data.kind === "done") done.resolve(data.reason);
      else fail(messageOf(data.cause), data.cause);
    };
    worker.onerror = (event): void => {
      event.preventDefault();
      fail(event.message, event.error);
    };
    // Whoever starts the worker learns of it; a scan that ends before has no use for it.
    this.#ready.promise.catch(() => {});
    this.#worker = worker;
    this.done = done.promise;
  }

  /** What the worker exchanges packets with, and why this, as a sentence for the log without a final period. */
  get backend(): string {
    return this.#backend;
  }

  /** Gives the worker its options. */
  start(options: unknown): void {
    this.#worker.postMessage(options);
  }

  /**
   * Waits until the worker has opened all that it needs.
   *
   * @throws {PreflightError} when it cannot open something
   */
  async ready(): Promise<void> {
    this.#backend = await this.#ready.promise;
  }

  /** Ends the worker at once. */
  terminate(): void {
    this.#worker.terminate();
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
