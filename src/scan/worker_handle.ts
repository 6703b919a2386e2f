import { PreflightError } from "../base/mod.ts";
import type {
  WorkerFailure,
  WorkerMessage,
  WorkerPreparation,
} from "../shm/mod.ts";
import type { ScanThread } from "./transport.ts";

/** A worker of a scan. It loads its code as soon as it is made, and runs once it is started. */
export class WorkerHandle implements ScanThread {
  readonly done: Promise<void>;
  readonly closed: Promise<void>;
  readonly #worker: Worker;
  readonly #ready = Promise.withResolvers<string>();
  #backend = "";
  #backendName = "";
  #end: string | null | undefined = undefined;

  /** @param role what the worker does, for messages: `sender`, `receiver` */
  constructor(url: URL, role: string) {
    this.#worker = new Worker(url, { type: "module", name: role });
    const done = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    const fail = (failure: WorkerFailure): void => {
      this.#end = `${role}: ${failure.message}`;
      this.#ready.reject(startError(role, failure));
      done.resolve();
      closed.resolve();
    };
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerMessage>): void => {
      if (data.kind === "ready") {
        this.#backendName = data.backend;
        this.#ready.resolve(`${role}: ${data.backend}, ${data.reason}`);
      } else if (data.kind === "done") {
        this.#end = data.reason === null ? null : `${role}: ${data.reason}`;
        done.resolve();
      } else if (data.kind === "closed") closed.resolve();
      else fail(data.failure);
    };
    this.#worker.onerror = (event): void => {
      event.preventDefault();
      fail({ check: "", message: event.message, remedy: "", errno: null });
    };
    // Whoever starts the worker learns of it; a scan that ends before has no use for it.
    this.#ready.promise.catch(() => {});
    this.done = done.promise;
    this.closed = closed.promise;
  }

  /** What the worker exchanges packets with, and why this, as a sentence for the log without a final period. */
  get backend(): string {
    return this.#backend;
  }

  /** The same in one word or a few. */
  get backendName(): string {
    return this.#backendName;
  }

  get end(): string | null | undefined {
    return this.#end;
  }

  /** Has the worker make ready what it will need, before it gets its options. */
  prepare(preparation: WorkerPreparation): void {
    this.#worker.postMessage(preparation);
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

function startError(
  role: string,
  { check, message, remedy }: WorkerFailure,
): PreflightError {
  return check === ""
    ? new PreflightError(
      role,
      `Cannot start the ${role}: ${message}`,
      "Check the interface, and what pacemap doctor says of this machine",
    )
    : new PreflightError(check, message, remedy);
}
