import { IPV6_WORDS, scanIpv6, storeIpv6 } from "../base/mod.ts";
import {
  isHeader,
  type ListHeader,
  located,
  withoutComment,
} from "./_entry.ts";
import { LINE_FEED, LineCutter } from "./_line_cutter.ts";
import {
  isLineEnd,
  isObject,
  nextLine,
  restOfLine,
  scanAddress,
  scanPort,
  scanRange,
  skipBlanks,
  skipByteOrderMark,
  wholeLine,
} from "./_scan.ts";
import { type Ipv6Network, parseIpv6Network } from "./ipv6_prefix.ts";
import {
  csvRecord,
  hostPort,
  jsonRecord,
  type ListedRecord,
  type RecordColumns,
  recordColumns,
} from "./listed_record.ts";
import { parseNetwork } from "./network.ts";
import type { Ipv4PairBuilder } from "./ipv4_pair_builder.ts";
import type { Ipv6PairBuilder } from "./ipv6_pair_builder.ts";
import { type AddressRange, parseAddress, prefixRange } from "./prefix.ts";
import type { ListOptions, ZonedNetwork } from "./prefix_list.ts";
import { ONE_ADDRESS, wrongAddress } from "./_wrong_address.ts";

/** Where pairs of address and port go. */
export interface PairSink {
  /** Those of IPv4. */
  readonly ipv4: Ipv4PairBuilder;
  /** Those of IPv6; null to count them only. */
  readonly ipv6: Ipv6PairBuilder | null;
}

/** How a list of addresses is read. */
export interface AddressListOptions extends ListOptions {
  /**
   * Takes each entry with its port, which then none may lack; the ranges get nothing then. Null: ports do not count.
   *
   * @default {null}
   */
  readonly pairs?: PairSink | null;
}

/** What a list of addresses held. */
export interface AddressListRest {
  /** Number of IPv4 addresses, repeats included. */
  readonly addressCount: number;
  /** Number of IPv6 addresses and ranges, repeats included. */
  readonly ipv6Count: number;
  /** Number of entries that name a port. */
  readonly portCount: number;
  /** Number of results of a scan that were skipped, as they were no success. */
  readonly failedCount: number;
  /** Those of IPv6 that have a zone. */
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
  options: AddressListOptions,
): AddressListRest {
  const reader = new AddressListReader(options);
  reader.push(
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
  return reader.finish();
}

const REMEDY =
  "Give one entry a line: 192.0.2.1, 192.0.2.0/24, 192.0.2.1-192.0.2.9, 2001:db8::1, 192.0.2.1:443 or " +
  "[2001:db8::1]:443, or the results of a scan as JSON or CSV with header; comments begin with #";
const NAME_FIRST = /^["a-z]/i;

/**
 * Reads a list of addresses in pieces: addresses, prefixes and ranges, one a line, with blank lines and comments behind
 * "#" or ";"; addresses with a port behind a colon or a comma; or what a scan wrote as JSON lines or CSV. The header of
 * a column in the place of the first entry is skipped.
 */
export class AddressListReader {
  readonly #options: AddressListOptions;
  readonly #pairs: PairSink | null;
  readonly #cutter: LineCutter;
  /** An address, and the last one of a range or a port. */
  readonly #range = new Uint32Array(2);
  #columns: RecordColumns | null = null;
  #header: ListHeader | null = null;
  #line = 0;
  #addressCount = 0;
  #ipv6Count = 0;
  #portCount = 0;
  #failedCount = 0;
  readonly #zoned: ZonedNetwork[] = [];
  readonly #ipv6 = new Uint32Array(IPV6_WORDS);

  /** Starts a file. */
  constructor(options: AddressListOptions) {
    this.#options = options;
    this.#pairs = options.pairs ?? null;
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
      portCount: this.#portCount,
      failedCount: this.#failedCount,
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
      const behind = this.#columns === null && this.#pairs === null
        ? scanAddress(bytes, at, end, range)
        : -1;
      if (behind >= 0 && behind < end && bytes[behind] === LINE_FEED) {
        ranges.addAddress(range[0]!);
        this.#addressCount++;
        at = behind + 1;
        continue;
      }
      at = skipBlanks(bytes, at, end);
      if (!isLineEnd(bytes, at, end)) this.#readEntry(bytes, at, end);
      at = nextLine(bytes, at, end);
    }
  }

  #readEntry(bytes: Uint8Array, at: number, end: number): void {
    if (this.#columns !== null || isObject(bytes, at)) {
      this.#readText(wholeLine(bytes, at, end), true);
      return;
    }
    const range = this.#range;
    let behind = scanAddress(bytes, at, end, range);
    if (behind >= 0) {
      const next = skipBlanks(bytes, behind, end);
      if (this.#pairs === null && isLineEnd(bytes, next, end)) {
        this.#options.ranges.addAddress(range[0]!);
        this.#addressCount++;
        return;
      }
      behind = scanPort(bytes, behind, end, range);
      if (behind >= 0 && this.#endsAt(bytes, behind, end)) {
        this.#addPair(range, range[1]!);
        return;
      }
    }
    behind = scanRange(bytes, at, end, range);
    if (
      behind >= 0 && this.#pairs === null && this.#endsAt(bytes, behind, end)
    ) {
      this.#addRange({ first: range[0]!, last: range[1]! });
      return;
    }
    behind = scanIpv6(bytes, at, end, this.#ipv6, 0);
    if (
      behind >= 0 && this.#pairs === null && this.#endsAt(bytes, behind, end)
    ) {
      this.#options.ipv6?.addAddress(this.#ipv6, 0);
      this.#ipv6Count++;
      return;
    }
    this.#readText(restOfLine(bytes, at, end), false, bytes, at, end);
  }

  #endsAt(bytes: Uint8Array, behind: number, end: number): boolean {
    return isLineEnd(bytes, skipBlanks(bytes, behind, end), end);
  }

  /** Reads a line as text: one of JSON or CSV, whole, or one without its comment. */
  #readText(
    line: string,
    isRecord: boolean,
    ...rest: [] | [bytes: Uint8Array, at: number, end: number]
  ): void {
    const { name, onError } = this.#options;
    const place = `${name}:${this.#line}`;
    try {
      if (isRecord) this.#takeRecord(this.#recordOf(line));
      else {this.#readOther(
          line,
          place,
          rest.length === 0 ? line : wholeLine(...rest),
        );}
    } catch (cause) {
      const error = located(cause, place, REMEDY);
      if (onError === undefined) throw error;
      onError(error);
    }
  }

  #recordOf(line: string): ListedRecord | null {
    const columns = this.#columns;
    if (columns === null) return jsonRecord(line);
    // Several files behind each other.
    return line === columns.header ? null : csvRecord(columns, line);
  }

  #readOther(line: string, place: string, whole: string): void {
    const text = withoutComment(line);
    if (text === "") return;
    const isFirst = this.#addressCount === 0 && this.#ipv6Count === 0 &&
      this.#failedCount === 0 && this.#header === null;
    if (isFirst && NAME_FIRST.test(text)) this.#columns = recordColumns(whole);
    if (this.#columns !== null) return;
    if (isHeader(text, { isFirst, place })) {
      this.#header = { text, line: this.#line };
      return;
    }
    const pair = hostPort(text);
    if (pair !== null) this.#takeRecord(pair);
    else this.#addNetwork(text);
  }

  #addNetwork(text: string): void {
    if (text.startsWith("[")) {
      throw new SyntaxError(
        `Cannot parse ${
          JSON.stringify(text.slice(0, 40))
        }: an array of JSON is not read; give an object a line, as jq -c '.[]' makes them`,
      );
    }
    const network = wrongAddress(text) === null ? parseNetwork(text) : null;
    if (network === null || network.kind === "host-name") {
      throw new SyntaxError(
        `Cannot parse ${JSON.stringify(text)}: ${
          wrongAddress(text) ?? ONE_ADDRESS
        }`,
      );
    }
    if (this.#pairs !== null) throw withoutPort(text);
    if (network.kind === "ipv6") this.#addIpv6(network);
    else if (network.kind === "range") this.#addRange(network.range);
    else this.#addRange(prefixRange(network.prefix));
  }

  #takeRecord(record: ListedRecord | null): void {
    if (record === null) return;
    const { address, isFailed, port } = record;
    if (isFailed) {
      this.#failedCount++;
      return;
    }
    if (port === null && this.#pairs !== null) throw withoutPort(address);
    const ipv6 = address.includes(":") ? parseIpv6Network(address) : null;
    if (ipv6 !== null && ipv6.range.first !== ipv6.range.last) {
      throw new SyntaxError(
        `${JSON.stringify(address)} is not a single address`,
      );
    }
    if (ipv6 === null) this.#range[0] = parseAddress(address, address);
    if (port === null) {
      if (ipv6 !== null) this.#addIpv6(ipv6);
      else this.#addRange({ first: this.#range[0]!, last: this.#range[0]! });
    } else if (ipv6 === null) this.#addPair(this.#range, port);
    else this.#addIpv6Pair(ipv6, port);
  }

  #addPair(address: Uint32Array, port: number): void {
    this.#portCount++;
    this.#addressCount++;
    if (this.#pairs === null) this.#options.ranges.addAddress(address[0]!);
    else this.#pairs.ipv4.add(address[0]!, port);
  }

  #addIpv6Pair(network: Ipv6Network, port: number): void {
    this.#portCount++;
    this.#addIpv6(network);
    storeIpv6(network.range.first, this.#ipv6, 0);
    this.#pairs?.ipv6?.add(this.#ipv6, 0, port);
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

/** The error for an entry without a port where only ports of entries are probed. */
function withoutPort(text: string): SyntaxError {
  return new SyntaxError(
    `${
      JSON.stringify(text)
    } has no port, and --target-ports gives none: write ADDRESS:PORT on each line, or give -p`,
  );
}
