/** What a thread that stores rows says once it is ready, and of each message: null when that is done, else why not. */
export interface StoreReply {
  readonly fault: string | null;
  /** Whether the disk is full: the message may be sent again. */
  readonly isFull: boolean;
}

/** The end of a thread that stores rows at which they come. One message at a time. */
export class StoreThread {
  readonly #worker: Worker;
  /** Settles when the thread has answered to what it was sent last. */
  #reply = Promise.withResolvers<void>();

  /** Starts the thread of a module that calls `serveStore()`. */
  constructor(url: URL) {
    this.#worker = new Worker(url, { type: "module" });
    this.#worker.onmessage = (
      { data: { fault, isFull } }: MessageEvent<StoreReply>,
    ): void => {
      if (fault === null) this.#reply.resolve();
      else {
        const error = new Error(fault);
        this.#reply.reject(
          isFull ? Object.assign(error, { code: "ENOSPC" }) : error,
        );
      }
    };
    this.#worker.onerror = (event: ErrorEvent): void => {
      event.preventDefault();
      this.#reply.reject(new Error(event.message));
    };
  }

  /**
   * Sends a message; resolves when it is done.
   *
   * @throws {Error} why it is not, with the code ENOSPC where the disk is full
   */
  send(message: unknown): Promise<void> {
    this.#reply = Promise.withResolvers<void>();
    this.#worker.postMessage(message);
    return this.#reply.promise;
  }

  /** Ends the thread at once. */
  close(): void {
    this.#worker.terminate();
  }
}
