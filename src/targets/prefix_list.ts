import { ConfigError } from "../base/mod.ts";
import { LineCutter } from "./_line_cutter.ts";
import {
  endOfWord,
  nextLine,
  scanPrefix,
  skipBlanks,
  skipByteOrderMark,
  textOf,
  withLocation,
} from "./_scan.ts";
import { type HostName, type Network, parseNetwork } from "./network.ts";
import { hasBadLength } from "./prefix.ts";
import type { RangeBuilder } from "./range_builder.ts";

/** What a list is read into, and how its file is called in errors. */
export interface ListOptions {
  /** Name of the file. */
  readonly name: string;
  /** Gets all addresses and prefixes of the list. */
  readonly ranges: RangeBuilder;
  /**
   * Takes the error of each line that does not parse, which is then skipped; without it the error is thrown, and
   * always for an impossible prefix length.
   */
  readonly onError?: (error: ConfigError) => void;
}

/** A host name from a list. */
export interface ListedHostName extends HostName {
  /** Line in the file, from 1. */
  readonly line: number;
  /** Ranges that there were before this line. */
  readonly rangesBefore: number;
}

/** What a list of prefixes holds besides addresses and prefixes. */
export interface PrefixListRest {
  /** Names for the caller to look up, in the order of the file. */
  readonly hostNames: readonly ListedHostName[];
  /** Number of IPv6 addresses and prefixes, which were skipped. */
  readonly ipv6Count: number;
}

/**
 * Reads an allowlist or blocklist that is all in memory; `PrefixListReader` takes it in pieces.
 *
 * @throws {ConfigError} when a line does not parse; its `option` is the file and the line
 */
export function parsePrefixList(
  content: string | Uint8Array,
  options: ListOptions,
): PrefixListRest {
  const reader = new PrefixListReader(options);
  reader.push(
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
  return reader.finish();
}

/**
 * Reads an allowlist or blocklist in pieces. Of each line counts the first word, up to a blank or a
 * "#": an IPv4 address, a prefix, a host name with or without a length, or something from IPv6.
 */
export class PrefixListReader {
  readonly #options: ListOptions;
  readonly #cutter: LineCutter;
  readonly #hostNames: ListedHostName[] = [];
  readonly #prefix = new Uint32Array(2);
  #ipv6Count = 0;
  #line = 0;

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
   * Ends the file.
   *
   * @throws {ConfigError} when the last line does not parse
   */
  finish(): PrefixListRest {
    this.#cutter.finish();
    return { hostNames: this.#hostNames, ipv6Count: this.#ipv6Count };
  }

  #read(bytes: Uint8Array, begin: number, end: number): void {
    let at = begin;
    while (at < end) {
      this.#line++;
      if (this.#line === 1) at = skipByteOrderMark(bytes, at, end);
      at = skipBlanks(bytes, at, end);
      const wordEnd = endOfWord(bytes, at, end);
      if (scanPrefix(bytes, at, wordEnd, this.#prefix) === wordEnd) {
        this.#addPrefix();
      } else if (wordEnd > at) this.#addOther(textOf(bytes, at, wordEnd));
      at = nextLine(bytes, wordEnd, end);
    }
  }

  #parse(word: string): Network | null {
    const { name, onError } = this.#options;
    try {
      return withLocation(`${name}:${this.#line}`, () => parseNetwork(word));
    } catch (error) {
      if (
        onError === undefined || hasBadLength(word) ||
        !(error instanceof ConfigError)
      ) throw error;
      onError(error);
      return null;
    }
  }

  #addPrefix(): void {
    const address = this.#prefix[0]!;
    const length = this.#prefix[1]!;
    if (length === 32) this.#options.ranges.addAddress(address);
    else this.#options.ranges.addPrefix({ address, length });
  }

  #addOther(word: string): void {
    const network = this.#parse(word);
    if (network === null) return;
    if (network.kind === "prefix") {
      this.#options.ranges.addPrefix(network.prefix);
    } else if (network.kind === "ipv6") this.#ipv6Count++;
    else {this.#hostNames.push({
        name: network.name,
        length: network.length,
        line: this.#line,
        rangesBefore: this.#options.ranges.length,
      });}
  }
}
