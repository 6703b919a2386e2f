import { IPV6_WORDS, scanIpv6 } from "../base/mod.ts";
import {
  isHeader,
  type ListHeader,
  located,
  withoutComment,
} from "./_entry.ts";
import { LINE_FEED, LineCutter } from "./_line_cutter.ts";
import { parsePair } from "./_pair.ts";
import {
  isLineEnd,
  nextLine,
  restOfLine,
  scanAddress,
  scanRange,
  skipBlanks,
  skipByteOrderMark,
} from "./_scan.ts";
import { type Ipv6Network, parseIpv6Network } from "./ipv6_prefix.ts";
import { type AddressRange, parsePrefix, prefixRange } from "./prefix.ts";
import type { ListOptions, ZonedNetwork } from "./prefix_list.ts";

/** What a list of addresses held. */
export interface AddressListRest {
  /** Number of IPv4 addresses, repeats included. */
  readonly addressCount: number;
  /** Number of IPv6 addresses and ranges, repeats included. */
  readonly ipv6Count: number;
  /** Those of them that have a zone. */
  readonly zoned: readonly ZonedNetwork[];
  /** What was skipped in the place of the first entry; null when that is an entry. */
  readonly header: ListHeader | null;
}

/**
 * Reads a list of addresses that is all in memory; `AddressListReader` takes it in pieces.
 *
 * @throws {ConfigError} when a line does not parse; its `option` is the file and the line
 */
export function parseAddressList(
  content: string | Uint8Array,
  options: ListOptions,
): AddressListRest {
  const reader = new AddressListReader(options);
  reader.push(
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
  return reader.finish();
}

const REMEDY =
  "Give one entry a line: 192.0.2.1, 192.0.2.1-192.0.2.9 or 2001:db8::1; comments begin with #; " +
  "prefixes are for --allowlist-file";

/**
 * Reads a list of addresses and ranges in pieces: one a line, with blank lines and comments behind "#" or ";".
 * The header of a column in the place of the first entry is skipped.
 */
export class AddressListReader {
  readonly #options: ListOptions;
  readonly #cutter: LineCutter;
  readonly #range = new Uint32Array(2);
  #header: ListHeader | null = null;
  #line = 0;
  #addressCount = 0;
  #ipv6Count = 0;
  readonly #zoned: ZonedNetwork[] = [];
  readonly #ipv6 = new Uint32Array(IPV6_WORDS);

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
  finish(): AddressListRest {
    this.#cutter.finish();
    return {
      addressCount: this.#addressCount,
      ipv6Count: this.#ipv6Count,
      zoned: this.#zoned,
      header: this.#header,
    };
  }

  #read(bytes: Uint8Array, begin: number, end: number): void {
    const range = this.#range;
    const { ranges } = this.#options;
    let at = begin;
    while (at < end) {
      this.#line++;
      if (this.#line === 1) at = skipByteOrderMark(bytes, at, end);
      // Most lines are an address and a line feed.
      const behind = scanAddress(bytes, at, end, range);
      if (behind >= 0 && behind < end && bytes[behind] === LINE_FEED) {
        ranges.addAddress(range[0]!);
        this.#addressCount++;
        at = behind + 1;
        continue;
      }
      at = skipBlanks(bytes, at, end);
      if (!isLineEnd(bytes, at, end)) at = this.#readEntry(bytes, at, end);
      at = nextLine(bytes, at, end);
    }
  }

  /** Returns an offset in the same line. */
  #readEntry(bytes: Uint8Array, at: number, end: number): number {
    const range = this.#range;
    let behind = scanAddress(bytes, at, end, range);
    if (behind >= 0) {
      behind = skipBlanks(bytes, behind, end);
      if (isLineEnd(bytes, behind, end)) {
        this.#options.ranges.addAddress(range[0]!);
        this.#addressCount++;
        return behind;
      }
    }
    behind = scanRange(bytes, at, end, range);
    if (behind >= 0) {
      behind = skipBlanks(bytes, behind, end);
      if (isLineEnd(bytes, behind, end)) {
        this.#addRange({ first: range[0]!, last: range[1]! });
        return behind;
      }
    }
    behind = scanIpv6(bytes, at, end, this.#ipv6, 0);
    if (behind >= 0) {
      behind = skipBlanks(bytes, behind, end);
      if (isLineEnd(bytes, behind, end)) {
        this.#options.ipv6?.addAddress(this.#ipv6, 0);
        this.#ipv6Count++;
        return behind;
      }
    }
    this.#readOther(restOfLine(bytes, at, end));
    return at;
  }

  #readOther(line: string): void {
    const place = `${this.#options.name}:${this.#line}`;
    try {
      const text = withoutComment(line);
      if (text === "") return;
      const isFirst = this.#addressCount === 0 && this.#ipv6Count === 0 &&
        this.#header === null;
      if (isHeader(text, { isFirst, place })) {
        this.#header = { text, line: this.#line };
        return;
      }
      const ipv6 = text.includes("/") ? null : parseIpv6Network(text);
      if (ipv6 !== null) this.#addIpv6(ipv6);
      else this.#addRange(parseRange(text));
    } catch (cause) {
      throw located(cause, place, REMEDY);
    }
  }

  #addIpv6({ range, zone }: Ipv6Network): void {
    this.#ipv6Count++;
    this.#options.ipv6?.addRange(range);
    if (zone !== null) this.#zoned.push({ range, zone });
  }

  #addRange({ first, last }: AddressRange): void {
    this.#options.ranges.addRange(first, last);
    this.#addressCount += last - first + 1;
  }
}

/** Reads the text of a line as an address or a range. */
function parseRange(text: string): AddressRange {
  const pair = parsePair(text);
  if (pair?.kind === "range") return pair.range;
  // A word of digits and dots gets the more exact message.
  if (/^[0-9.]+$/.test(text)) return prefixRange(parsePrefix(text));
  throw new SyntaxError(
    `Cannot parse ${
      JSON.stringify(text)
    }: must be one address or range on each line`,
  );
}
