import { TARGET_COUNT } from "../src/demo/mod.ts";

/** First of the ports, none of which is open: their hosts answer with resets. */
export const FIRST_PORT = 20_000;
/** The first address of the targets. */
const FIRST_ADDRESS = 0xc612_0000;
const NEWLINE = 10;

/** Counts rows `198.18.3.4,20007` behind a header, however many there are: one byte for each target. */
export class PortRows {
  readonly #portCount: number;
  readonly #seen: Uint8Array;
  #rest = new Uint8Array(0);
  #isHeader = true;
  #rows = 0;
  #repeats = 0;
  #strangers = 0;

  /** Rows of so many ports of each host, from `FIRST_PORT` on. */
  constructor(portCount: number) {
    this.#portCount = portCount;
    this.#seen = new Uint8Array(TARGET_COUNT * portCount);
  }

  /** Hosts times ports. */
  get targets(): number {
    return this.#seen.length;
  }

  /** Targets that have a row. */
  get found(): number {
    return this.#rows - this.#repeats - this.#strangers;
  }

  /** Rows of no target, and torn ones. */
  get strangers(): number {
    return this.#strangers;
  }

  /** Reads rows to their end. */
  async read(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const bytes of stream) this.#append(bytes);
    if (this.#rest.length > 0) this.#strangers++;
  }

  #append(bytes: Uint8Array): void {
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    let from = 0;
    for (
      let end = all.indexOf(NEWLINE);
      end >= 0;
      end = all.indexOf(NEWLINE, from)
    ) {
      if (!this.#isHeader) this.#count(all, from, end);
      this.#isHeader = false;
      from = end + 1;
    }
    this.#rest = all.slice(from);
  }

  #count(bytes: Uint8Array, from: number, end: number): void {
    const numbers = [0];
    for (let at = from; at < end; at++) {
      const digit = bytes[at]! - 48;
      if (digit >= 0 && digit <= 9) {
        numbers.push(numbers.pop()! * 10 + digit);
      } else numbers.push(0);
    }
    const [a = 0, b = 0, c = 0, d = 0, port = 0] = numbers;
    const host = (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) -
      FIRST_ADDRESS;
    const index = port < FIRST_PORT || port >= FIRST_PORT + this.#portCount
      ? -1
      : host * this.#portCount + port - FIRST_PORT;
    this.#rows++;
    if (this.#seen[index] === undefined) this.#strangers++;
    else if (this.#seen[index]++ > 0) this.#repeats++;
  }
}
