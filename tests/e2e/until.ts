/** Waits until something is true, as long as a program runs. */
export async function until(
  child: Deno.ChildProcess,
  isTrue: () => boolean,
): Promise<void> {
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  while (!hasEnded) {
    try {
      if (isTrue()) return;
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("The program ended before");
}

/** Collects the text of a stream as it comes. */
export class GrowingText {
  /** Settles with all of it. */
  readonly whole: Promise<string>;
  #soFar = "";

  constructor(stream: ReadableStream<Uint8Array>) {
    this.whole = this.#collect(stream);
  }

  /** What has come. */
  get soFar(): string {
    return this.#soFar;
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<string> {
    const decoder = new TextDecoder();
    for await (const bytes of stream) {
      this.#soFar += decoder.decode(bytes, { stream: true });
    }
    return this.#soFar;
  }
}
