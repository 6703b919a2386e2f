import {
  type ConfigError,
  IPV6_WORDS,
  scanIpv6,
  storeIpv6,
} from "../base/mod.ts";
import { isHeader, withoutComment } from "./_entry.ts";
import { LINE_FEED, LineCutter } from "./_line_cutter.ts";
import {
  isLineEnd,
  isObject,
  nextLine,
  restOfLine,
  scanAddress,
  skipBlanks,
  skipByteOrderMark,
  wholeLine,
} from "./_scan.ts";
import { ipv6RangeSize } from "./ipv6_range.ts";
import { jsonRecord } from "./listed_record.ts";
import { parseNetwork } from "./network.ts";
import { prefixRange } from "./prefix.ts";

/** What becomes of the lines of a stream. */
export interface StreamLineOptions {
  /** How the input is called in messages. */
  readonly name: string;
  /** Addresses that a prefix or range may have at most. */
  readonly mostAddresses: number;
  /** Takes an address, or `count` of them from there on: one word, at 0. */
  readonly takeIpv4: (address: Uint32Array, count: number) => void;
  /** The same for IPv6: four words, at 0. */
  readonly takeIpv6: (address: Uint32Array, count: number) => void;
  /** Takes a line that is skipped, by its number from 1, and why. */
  readonly skip: (line: number, reason: string) => void;
}

/**
 * Reads the lines of a stream in pieces: an address, a prefix or a range of either family each, or a result as JSON, of
 * which the address counts, with blank lines and comments behind "#" or ";". The header of a column in the place of the first entry is skipped, and so is what does not
 * parse: a scan that has run for hours does not end with one bad line.
 */
export class StreamLines {
  readonly #options: StreamLineOptions;
  #cutter: LineCutter;
  readonly #range = new Uint32Array(2);
  readonly #ipv6 = new Uint32Array(IPV6_WORDS);
  #line = 0;
  #isFirst = true;
  /** Up to the next line end, the input belongs to a line that was too long. */
  #isTooLong = false;

  constructor(options: StreamLineOptions) {
    this.#options = options;
    this.#cutter = this.#newCutter();
  }

  /** Takes the next piece of the input; `bytes` can be reused after the call. */
  push(bytes: Uint8Array): void {
    let rest = bytes;
    if (this.#isTooLong) {
      const end = rest.indexOf(LINE_FEED);
      if (end < 0) return;
      this.#isTooLong = false;
      rest = rest.subarray(end + 1);
    }
    try {
      this.#cutter.push(rest);
    } catch (error) {
      // Nothing else throws: what does not parse is skipped.
      this.#cutter = this.#newCutter();
      this.#isTooLong = true;
      this.#line++;
      this.#options.skip(this.#line, (error as ConfigError).message);
    }
  }

  /** Ends the input. */
  finish(): void {
    if (!this.#isTooLong) this.#cutter.finish();
  }

  #newCutter(): LineCutter {
    return new LineCutter(
      this.#options.name,
      (bytes, at, end) => this.#read(bytes, at, end),
    );
  }

  #read(bytes: Uint8Array, begin: number, end: number): void {
    let at = begin;
    while (at < end) {
      this.#line++;
      if (this.#line === 1) at = skipByteOrderMark(bytes, at, end);
      at = skipBlanks(bytes, at, end);
      if (!isLineEnd(bytes, at, end) && !this.#takeAddress(bytes, at, end)) {
        if (isObject(bytes, at)) this.#readRecord(wholeLine(bytes, at, end));
        else this.#readOther(restOfLine(bytes, at, end));
      }
      at = nextLine(bytes, at, end);
    }
  }

  /** Takes the line if it is an address and nothing else. */
  #takeAddress(bytes: Uint8Array, at: number, end: number): boolean {
    let behind = scanAddress(bytes, at, end, this.#range);
    const isIpv4 = behind >= 0;
    if (!isIpv4) behind = scanIpv6(bytes, at, end, this.#ipv6, 0);
    if (behind < 0) return false;
    if (!isLineEnd(bytes, skipBlanks(bytes, behind, end), end)) return false;
    this.#isFirst = false;
    if (isIpv4) this.#options.takeIpv4(this.#range, 1);
    else this.#options.takeIpv6(this.#ipv6, 1);
    return true;
  }

  /** Takes the address of a result that was a success. */
  #readRecord(line: string): void {
    this.#isFirst = false;
    try {
      const { address, isFailed } = jsonRecord(line);
      if (isFailed) this.#skip(`the result for ${address} is no success`);
      else this.#takeNetwork(address);
    } catch (error) {
      this.#skip(error instanceof Error ? error.message : String(error));
    }
  }

  #readOther(line: string): void {
    try {
      const text = withoutComment(line);
      if (text === "") return;
      const place = `${this.#options.name}:${this.#line}`;
      const isFirst = this.#isFirst;
      this.#isFirst = false;
      if (isHeader(text, { isFirst, place })) {
        this.#skip(`${JSON.stringify(text)} skipped as a header`);
      } else this.#takeNetwork(text);
    } catch (error) {
      this.#skip(error instanceof Error ? error.message : String(error));
    }
  }

  #takeNetwork(text: string): void {
    const network = parseNetwork(text);
    if (network.kind === "host-name") {
      this.#skip(
        `${
          JSON.stringify(text)
        } is no address: names are not looked up while a scan runs`,
      );
    } else if (network.kind === "ipv6") {
      if (network.zone !== null) {
        this.#skip(
          `${
            JSON.stringify(text)
          } has a zone: name the interface with -i instead`,
        );
        return;
      }
      const size = ipv6RangeSize(network.range);
      if (!this.#isSmall(text, Number(size))) return;
      storeIpv6(network.range.first, this.#ipv6, 0);
      this.#options.takeIpv6(this.#ipv6, Number(size));
    } else {
      const { first, last } = network.kind === "prefix"
        ? prefixRange(network.prefix)
        : network.range;
      if (!this.#isSmall(text, last - first + 1)) return;
      this.#range[0] = first;
      this.#options.takeIpv4(this.#range, last - first + 1);
    }
  }

  #isSmall(text: string, size: number): boolean {
    const { mostAddresses } = this.#options;
    if (size <= mostAddresses) return true;
    this.#skip(
      `${
        JSON.stringify(text)
      } has more than the ${mostAddresses} addresses that a line of a stream may have`,
    );
    return false;
  }

  #skip(reason: string): void {
    this.#options.skip(this.#line, reason);
  }
}
