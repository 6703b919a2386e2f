/** Ends all waiting for something at once: it is given up. */
export class Surrender {
  #isDone = false;
  #end: () => void = () => {};

  /** Waits no longer, now and later. */
  giveUp(): void {
    this.#isDone = true;
    this.#end();
  }

  /** What a promise resolves to, or null as soon as it is given up. One call at a time. */
  unless<T>(promise: Promise<T>): Promise<T | null> {
    if (this.#isDone) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#end = () => resolve(null);
      promise.then(resolve, reject);
    });
  }
}
