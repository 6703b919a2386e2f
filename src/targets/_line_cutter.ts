import { ConfigError } from "../base/mod.ts";

export const LINE_FEED = 10;
/** Far above what any list needs; keeps a file without line ends from filling the memory. */
const MAX_LINE_BYTES = 1 << 20;

/** Takes whole lines: the bytes from `at` to `end`, of which only the last line may lack its line feed. */
export type LineReader = (bytes: Uint8Array, at: number, end: number) => void;

/** Takes a file in pieces of any size and hands it on in whole lines, copying only lines cut in two. */
export class LineCutter {
  readonly #read: LineReader;
  readonly #name: string;
  #rest: Uint8Array = new Uint8Array(0);

  /** @param name the file, for the error */
  constructor(name: string, read: LineReader) {
    this.#name = name;
    this.#read = read;
  }

  /**
   * Takes the next piece; `bytes` can be reused after the call.
   *
   * @throws {ConfigError} when a line has more than 1 MiB
   */
  push(bytes: Uint8Array): void {
    const lastBreak = bytes.lastIndexOf(LINE_FEED);
    if (lastBreak < 0) {
      this.#rest = joined(this.#rest, bytes);
      if (this.#rest.length > MAX_LINE_BYTES) {
        throw new ConfigError(
          this.#name,
          `Cannot read ${this.#name}: a line has more than 1 MiB`,
        );
      }
      return;
    }
    let at = 0;
    if (this.#rest.length > 0) {
      at = bytes.indexOf(LINE_FEED) + 1;
      const line = joined(this.#rest, bytes.subarray(0, at));
      this.#read(line, 0, line.length);
    }
    this.#read(bytes, at, lastBreak + 1);
    this.#rest = bytes.slice(lastBreak + 1);
  }

  /** Hands on the last line if it lacks its line feed. */
  finish(): void {
    this.#read(this.#rest, 0, this.#rest.length);
    this.#rest = new Uint8Array(0);
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}
