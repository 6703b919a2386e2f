import { ConfigError, IPV6_WORDS, ipv6OfWords } from "../base/mod.ts";
import { LineCutter } from "./_line_cutter.ts";
import {
  isHeader,
  type ListHeader,
  located,
  withoutComment,
} from "./_entry.ts";
import {
  isLineEnd,
  nextLine,
  restOfLine,
  scanIpv6Prefix,
  scanPrefix,
  scanRange,
  skipBlanks,
  skipByteOrderMark,
} from "./_scan.ts";
import type { Ipv6Builder } from "./ipv6_builder.ts";
import { IPV6_LENGTH, type Ipv6Network } from "./ipv6_prefix.ts";
import { ipv6PrefixRange, type Ipv6Range } from "./ipv6_range.ts";
import { type HostName, type Network, parseNetwork } from "./network.ts";
import { hasBadLength } from "./prefix.ts";
import type { RangeBuilder } from "./range_builder.ts";

/** What a list is read into, and how its file is called in errors. */
export interface ListOptions {
  /** Name of the file. */
  readonly name: string;
  /** Gets all addresses, prefixes and ranges of IPv4. */
  readonly ranges: RangeBuilder;
  /**
   * Gets those of IPv6, or null to count them only.
   *
   * @default {null}
   */
  readonly ipv6?: Ipv6Builder | null;
  /**
   * Takes the error of each line that does not parse, of which then only an entry before other text counts, if it
   * begins with one; without it the error is thrown, and always for an impossible prefix length.
   */
  readonly onError?: (error: ConfigError) => void;
  /**
   * Throws the error of a line of which nothing would count, as of a blocklist, which would block less then.
   *
   * @default {false}
   */
  readonly mustRead?: boolean;
}

/** A host name from a list. */
export interface ListedHostName extends HostName {
  /** Line in the file, from 1. */
  readonly line: number;
  /** Ranges that there were before this line. */
  readonly rangesBefore: number;
}

/** A link-local address, prefix or range with the interface that it belongs to. */
export interface ZonedNetwork {
  /** The addresses, which the others of IPv6 have among them. */
  readonly range: Ipv6Range;
  /** Name or index of the interface. */
  readonly zone: string;
}

/** What a list of prefixes holds besides addresses, prefixes and ranges. */
export interface PrefixListRest {
  /** Names for the caller to look up, in the order of the file. */
  readonly hostNames: readonly ListedHostName[];
  /** Number of IPv6 addresses, prefixes and ranges. */
  readonly ipv6Count: number;
  /** Those of them that have a zone. */
  readonly zoned: readonly ZonedNetwork[];
  /** What was skipped in the place of the first entry; null when that is an entry. */
  readonly header: ListHeader | null;
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

/** A word, and behind it something that does not make it the beginning of a range or a prefix. */
const BEGINNING = /^([^ \t\v\f;]+)[ \t\v\f;]+([^/ \t\v\f;-])/;
const REMEDY =
  "Give one entry a line: 192.0.2.1, 192.0.2.0/24, 192.0.2.1-192.0.2.9, " +
  "192.0.2.0 255.255.255.0, 2001:db8::1, 2001:db8::/48 or a host name; comments begin with #";

/**
 * Reads an allowlist or blocklist in pieces. A line holds nothing but one entry, as `parseNetwork` reads it, and a
 * comment behind "#" or ";". The header of a column in the place of the first entry is skipped.
 */
export class PrefixListReader {
  readonly #options: ListOptions;
  readonly #cutter: LineCutter;
  readonly #hostNames: ListedHostName[] = [];
  readonly #zoned: ZonedNetwork[] = [];
  readonly #pair = new Uint32Array(2);
  /** An IPv6 address and a prefix length. */
  readonly #ipv6 = new Uint32Array(IPV6_WORDS + 1);
  readonly #rangesBefore: number;
  #header: ListHeader | null = null;
  #ipv6Count = 0;
  /** Lines with an entry that is neither a prefix nor a range in the usual form. */
  #otherCount = 0;
  #line = 0;

  /** Starts a file. */
  constructor(options: ListOptions) {
    this.#options = options;
    this.#rangesBefore = options.ranges.length;
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
    return {
      hostNames: this.#hostNames,
      ipv6Count: this.#ipv6Count,
      zoned: this.#zoned,
      header: this.#header,
    };
  }

  #read(bytes: Uint8Array, begin: number, end: number): void {
    let at = begin;
    while (at < end) {
      this.#line++;
      if (this.#line === 1) at = skipByteOrderMark(bytes, at, end);
      at = skipBlanks(bytes, at, end);
      if (!isLineEnd(bytes, at, end)) at = this.#readEntry(bytes, at, end);
      at = nextLine(bytes, at, end);
    }
  }

  /** Returns an offset in the same line. */
  #readEntry(bytes: Uint8Array, at: number, end: number): number {
    const pair = this.#pair;
    const { ranges } = this.#options;
    let behind = scanPrefix(bytes, at, end, pair);
    if (behind >= 0) {
      behind = skipBlanks(bytes, behind, end);
      if (isLineEnd(bytes, behind, end)) {
        const length = pair[1]!;
        if (length === 32) ranges.addAddress(pair[0]!);
        else ranges.addPrefix({ address: pair[0]!, length });
        return behind;
      }
    }
    behind = scanRange(bytes, at, end, pair);
    if (behind >= 0) {
      behind = skipBlanks(bytes, behind, end);
      if (isLineEnd(bytes, behind, end)) {
        ranges.addRange(pair[0]!, pair[1]!);
        return behind;
      }
    }
    behind = scanIpv6Prefix(bytes, at, end, this.#ipv6);
    if (behind >= 0) {
      behind = skipBlanks(bytes, behind, end);
      if (isLineEnd(bytes, behind, end)) {
        this.#addIpv6Prefix();
        return behind;
      }
    }
    this.#readOther(restOfLine(bytes, at, end));
    return at;
  }

  #addIpv6Prefix(): void {
    this.#ipv6Count++;
    const { ipv6 } = this.#options;
    if (ipv6 === null || ipv6 === undefined) return;
    const length = this.#ipv6[IPV6_WORDS]!;
    if (length === IPV6_LENGTH) ipv6.addAddress(this.#ipv6, 0);
    else ipv6.addRange(ipv6PrefixRange(ipv6OfWords(this.#ipv6, 0), length));
  }

  #addIpv6({ range, zone }: Ipv6Network): void {
    this.#ipv6Count++;
    this.#options.ipv6?.addRange(range);
    if (zone !== null) this.#zoned.push({ range, zone });
  }

  #readOther(line: string): void {
    const network = this.#parse(line);
    if (network === null) return;
    const { ranges } = this.#options;
    if (network.kind === "prefix") ranges.addPrefix(network.prefix);
    else if (network.kind === "range") {
      ranges.addRange(network.range.first, network.range.last);
    } else if (network.kind === "ipv6") this.#addIpv6(network);
    else {this.#hostNames.push({
        name: network.name,
        length: network.length,
        line: this.#line,
        rangesBefore: ranges.length,
      });}
  }

  /** What a line names; null for nothing, or when it does not parse and this is no reason to stop. */
  #parse(line: string): Network | null {
    const { mustRead = false, name, onError, ranges } = this.#options;
    const place = `${name}:${this.#line}`;
    try {
      const text = withoutComment(line);
      if (text === "") return null;
      const isFirst = this.#otherCount++ === 0 && this.#ipv6Count === 0 &&
        ranges.length === this.#rangesBefore;
      if (!isHeader(text, { isFirst, place })) return parseNetwork(text);
      this.#header = { text, line: this.#line };
      return null;
    } catch (cause) {
      const error = located(cause, place, REMEDY);
      if (onError === undefined || hasBadLength(line)) throw error;
      const first = beginningOf(line);
      if (first === null && mustRead) throw error;
      const end = first === null ? "" : `; read as ${JSON.stringify(first)}`;
      onError(new ConfigError(place, error.message + end, error.remedy, error));
      return first === null ? null : parseNetwork(first);
    }
  }
}

/** The entry that a line which does not parse begins with, before other text; null when it begins with none. */
function beginningOf(line: string): string | null {
  const [, first, rest] = BEGINNING.exec(line) ?? [];
  if (first === undefined || rest === undefined) return null;
  try {
    parseNetwork(first);
    return first;
  } catch {
    return null;
  }
}
