import { readBytes } from "./bytes.ts";
import {
  DNS_COUNTS,
  DNS_FLAGS,
  DNS_HEADER_BYTES,
  DNS_ID,
  DNS_TYPES,
  readDnsName,
  readText,
} from "./dns.ts";
import { formatIpv6 } from "./ipv6_text.ts";

/** Type and class. */
const QUESTION_TAIL_BYTES = 4;
/** Type, class, time to live and length of the data (RFC 1035 section 4.1.3). */
const RECORD_TAIL_BYTES = 10;
const IPV4_BYTES = 4;
const IPV6_BYTES = 16;
const PREFERENCE_BYTES = 2;

/** A question as it was read. */
export interface DnsAskedQuestion {
  /** See `DnsName.text`. */
  readonly name: string;
  /** See `DNS_TYPES`; any 16 bits. */
  readonly type: number;
  /** 1 is the Internet. */
  readonly class: number;
}

/** A record as it was read. */
export interface DnsRecord {
  /** See `DnsName.text`. */
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
 * Reads the message from `at` to `end` up to the first thing that is not whole; `null` when not even the
 * header is. Takes time in proportion to the bytes, whatever the message claims.
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
  let from = at + DNS_HEADER_BYTES;
  let isWhole = true;
  for (let section = 0; section < counts.length && isWhole; section++) {
    for (let i = 0; i < counts[section]! && isWhole; i++) {
      const behind = section === 0
        ? readQuestion(view, { at, end, from }, questions)
        : readRecord(view, { at, end, from }, records[section - 1]!);
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

/** Where a message lies, and where to read on. */
interface Place {
  readonly at: number;
  readonly end: number;
  readonly from: number;
}

/** Reads one question; returns the offset behind it, or -1. */
function readQuestion(
  view: DataView,
  { at, end, from }: Place,
  questions: DnsAskedQuestion[],
): number {
  const name = readDnsName(view, at, end, from);
  if (name === null || name.end + QUESTION_TAIL_BYTES > end) return -1;
  questions.push({
    name: name.text,
    type: view.getUint16(name.end),
    class: view.getUint16(name.end + 2),
  });
  return name.end + QUESTION_TAIL_BYTES;
}

/** Reads one record; returns the offset behind it, or -1. */
function readRecord(
  view: DataView,
  { at, end, from }: Place,
  records: DnsRecord[],
): number {
  const name = readDnsName(view, at, end, from);
  if (name === null || name.end + RECORD_TAIL_BYTES > end) return -1;
  const type = view.getUint16(name.end);
  const dataBytes = view.getUint16(name.end + 8);
  const dataAt = name.end + RECORD_TAIL_BYTES;
  const dataEnd = dataAt + dataBytes;
  if (dataEnd > end) return -1;
  records.push({
    name: name.text,
    type,
    class: view.getUint16(name.end + 2),
    ttl: view.getUint32(name.end + 4),
    dataBytes,
    data: readData(view, { at, end: dataEnd, from: dataAt }, type) ??
      readBytes(view, dataAt, dataEnd),
  });
  return dataEnd;
}

/** The data of a record as text; null where its type is not known here, or its form is not that of its type. */
function readData(
  view: DataView,
  { at, end, from }: Place,
  type: number,
): string | null {
  const lengthBytes = end - from;
  switch (type) {
    case DNS_TYPES.A:
      return lengthBytes === IPV4_BYTES
        ? Array.from(readBytes(view, from, end)).join(".")
        : null;
    case DNS_TYPES.AAAA:
      return lengthBytes === IPV6_BYTES ? formatIpv6(view, from) : null;
    case DNS_TYPES.NS:
    case DNS_TYPES.CNAME:
      return readWholeName(view, { at, end, from });
    case DNS_TYPES.MX: {
      if (lengthBytes < PREFERENCE_BYTES) return null;
      const name = readWholeName(view, {
        at,
        end,
        from: from + PREFERENCE_BYTES,
      });
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
function readWholeName(
  view: DataView,
  { at, end, from }: Place,
): string | null {
  const name = readDnsName(view, at, end, from);
  return name !== null && name.end === end ? name.text : null;
}
