import { LineCutter } from "./_line_cutter.ts";
import {
  isLineEnd,
  nextLine,
  scanAddress,
  skipBlanks,
  skipByteOrderMark,
  textOf,
  withLocation,
} from "./_scan.ts";
import { parsePrefix } from "./prefix.ts";
import type { ListOptions } from "./prefix_list.ts";

/**
 * Reads a list of single addresses that is all in memory; `AddressListReader` takes it in pieces. Returns
 * the number of addresses, repeats included.
 *
 * @throws {ConfigError} when a line does not parse; its `option` is the file and the line
 */
export function parseAddressList(
  content: string | Uint8Array,
  options: ListOptions,
): number {
  const reader = new AddressListReader(options);
  reader.push(
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
  return reader.finish();
}

/** Reads a list of single IPv4 addresses in pieces: one a line, with blank lines and "#" comments. */
export class AddressListReader {
  readonly #options: ListOptions;
  readonly #cutter: LineCutter;
  readonly #address = new Uint32Array(1);
  #line = 0;
  #addressCount = 0;

  /** Starts a file. */
  constructor(options: ListOptions) {
    this.#options = options;
    this.#cutter = new LineCutter(
      options.name,
      (bytes, at, end) => this.#read(bytes, at, end),
    );
  }

  /**
   * Takes the next piece of the file; `bytes` can be reused after the call.
   *
   * @throws {ConfigError} when a line does not parse; its `option` is the file and the line
   */
  push(bytes: Uint8Array): void {
    this.#cutter.push(bytes);
  }

  /**
   * Ends the file and returns the number of its addresses, repeats included.
   *
   * @throws {ConfigError} when the last line does not parse
   */
  finish(): number {
    this.#cutter.finish();
    return this.#addressCount;
  }

  #read(bytes: Uint8Array, begin: number, end: number): void {
    let at = begin;
    while (at < end) {
      this.#line++;
      if (this.#line === 1) at = skipByteOrderMark(bytes, at, end);
      at = skipBlanks(bytes, at, end);
      if (!isLineEnd(bytes, at, end)) {
        const behind = scanAddress(bytes, at, end, this.#address);
        const rest = behind < 0 ? at : skipBlanks(bytes, behind, end);
        if (behind < 0 || !isLineEnd(bytes, rest, end)) {
          this.#reject(bytes, at, end);
        }
        this.#options.ranges.addAddress(this.#address[0]!);
        this.#addressCount++;
        at = rest;
      }
      at = nextLine(bytes, at, end);
    }
  }

  #reject(bytes: Uint8Array, at: number, end: number): void {
    let lineEnd = at;
    while (!isLineEnd(bytes, lineEnd, end)) lineEnd++;
    const text = textOf(bytes, at, lineEnd).trimEnd();
    withLocation(`${this.#options.name}:${this.#line}`, () => {
      // A word of digits and dots gets the more exact message.
      if (/^[0-9.]+$/.test(text)) parsePrefix(text);
      throw new SyntaxError(
        `Cannot parse ${
          JSON.stringify(text)
        }: must be one IPv4 address on each line`,
      );
    });
  }
}
