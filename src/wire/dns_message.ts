import { formatIpv4, formatIpv6At } from "../base/mod.ts";
import { readBytes } from "./bytes.ts";
import {
  DNS_COUNTS,
  DNS_FLAGS,
  DNS_HEADER_BYTES,
  DNS_ID,
  DNS_TYPES,
  readText,
} from "./dns.ts";
import { DnsNameReader } from "./dns_name.ts";

/** Type and class. */
const QUESTION_TAIL_BYTES = 4;
/** Type, class, time to live and length of the data (RFC 1035 section 4.1.3). */
const RECORD_TAIL_BYTES = 10;
const IPV4_BYTES = 4;
const IPV6_BYTES = 16;
const PREFERENCE_BYTES = 2;

/** A question as it was read. */
export interface DnsAskedQuestion {
  /** See `DnsNameReader.read`. */
  readonly name: string;
  /** See `DNS_TYPES`; any 16 bits. */
  readonly type: number;
  /** 1 is the Internet. */
  readonly class: number;
}

/** A record as it was read. */
export interface DnsRecord {
  /** See `DnsNameReader.read`. */
  readonly name: string;
  /** See `DNS_TYPES`; any 16 bits. */
  readonly type: number;
  /** 1 is the Internet. */
  readonly class: number;
  /** Seconds. */
  readonly ttl: number;
  /** Bytes of the data. */
  readonly dataBytes: number;
  /** The data as text if its type and form are known, as bytes otherwise. */
  readonly data: string | Uint8Array;
}

/** A message as far as it can be read. */
export interface DnsMessage {
  /** Identifier of the query. */
  readonly id: number;
  /** All bits of the second word of the header. */
  readonly flags: number;
  /** How many questions, answers, authorities and additional records it claims to have. */
  readonly counts: readonly [number, number, number, number];
  /** As many as could be read. */
  readonly questions: readonly DnsAskedQuestion[];
  /** Answers, authorities and additional records, as many as could be read. */
  readonly records: readonly [DnsRecord[], DnsRecord[], DnsRecord[]];
  /** Nothing failed. There can still be unconsumed bytes. */
  readonly isWhole: boolean;
  /** Bytes behind what could be read. */
  readonly unconsumedBytes: number;
}

/**
 * Reads the message from `at` to `end` up to the first thing that is not whole, or with which its names would
 * take more text than `maxDnsTextBytes`; `null` when not even the header is whole. Takes time and memory in
 * proportion to the bytes, whatever the message claims.
 */
export function parseDnsMessage(
  view: DataView,
  at: number,
  end: number,
): DnsMessage | null {
  if (end - at < DNS_HEADER_BYTES) return null;
  const count = (section: number): number =>
    view.getUint16(at + DNS_COUNTS + 2 * section);
  const counts = [count(0), count(1), count(2), count(3)] as const;
  const questions: DnsAskedQuestion[] = [];
  const records: [DnsRecord[], DnsRecord[], DnsRecord[]] = [[], [], []];
  const source = { view, end, names: new DnsNameReader(view, at, end) };
  let from = at + DNS_HEADER_BYTES;
  let isWhole = true;
  for (let section = 0; section < counts.length && isWhole; section++) {
    for (let i = 0; i < counts[section]! && isWhole; i++) {
      const behind = section === 0
        ? readQuestion(source, from, questions)
        : readRecord(source, from, records[section - 1]!);
      if (behind < 0) isWhole = false;
      else from = behind;
    }
  }
  return {
    id: view.getUint16(at + DNS_ID),
    flags: view.getUint16(at + DNS_FLAGS),
    counts,
    questions,
    records,
    isWhole,
    unconsumedBytes: end - from,
  };
}

/** A message, or the part of it that may be looked at. */
interface Source {
  readonly view: DataView;
  readonly end: number;
  readonly names: DnsNameReader;
}

/** Reads one question; returns the offset behind it, or -1. */
function readQuestion(
  { view, end, names }: Source,
  from: number,
  questions: DnsAskedQuestion[],
): number {
  const name = names.read(from, end);
  const at = names.end;
  if (name === null || at + QUESTION_TAIL_BYTES > end) return -1;
  questions.push({
    name,
    type: view.getUint16(at),
    class: view.getUint16(at + 2),
  });
  return at + QUESTION_TAIL_BYTES;
}

/** Reads one record; returns the offset behind it, or -1. */
function readRecord(
  { view, end, names }: Source,
  from: number,
  records: DnsRecord[],
): number {
  const name = names.read(from, end);
  const at = names.end;
  if (name === null || at + RECORD_TAIL_BYTES > end) return -1;
  const type = view.getUint16(at);
  const dataBytes = view.getUint16(at + 8);
  const dataAt = at + RECORD_TAIL_BYTES;
  const dataEnd = dataAt + dataBytes;
  if (dataEnd > end) return -1;
  const text = readData({ view, end: dataEnd, names }, dataAt, type);
  if (names.isExhausted) return -1;
  records.push({
    name,
    type,
    class: view.getUint16(at + 2),
    ttl: view.getUint32(at + 4),
    dataBytes,
    data: text ?? readBytes(view, dataAt, dataEnd),
  });
  return dataEnd;
}

/** The data of a record as text; null where its type is not known here, or its form is not that of its type. */
function readData(source: Source, from: number, type: number): string | null {
  const { end, view } = source;
  const lengthBytes = end - from;
  switch (type) {
    case DNS_TYPES.A:
      return lengthBytes === IPV4_BYTES
        ? formatIpv4(view.getUint32(from))
        : null;
    case DNS_TYPES.AAAA:
      return lengthBytes === IPV6_BYTES ? formatIpv6At(view, from) : null;
    case DNS_TYPES.NS:
    case DNS_TYPES.CNAME:
      return readWholeName(source, from);
    case DNS_TYPES.MX: {
      if (lengthBytes < PREFERENCE_BYTES) return null;
      const name = readWholeName(source, from + PREFERENCE_BYTES);
      return name === null ? null : `${view.getUint16(from)} ${name}`;
    }
    case DNS_TYPES.TXT:
      return lengthBytes > 0 && view.getUint8(from) === lengthBytes - 1
        ? readText(view, from + 1, end)
        : null;
    default:
      return null;
  }
}

/** A name that ends where the data ends. */
function readWholeName({ end, names }: Source, from: number): string | null {
  const name = names.read(from, end);
  return names.end === end ? name : null;
}
